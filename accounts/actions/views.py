"""What people keep for themselves: their language, and views of lists."""

from django.utils.translation import gettext as _

from accounts.models import SavedView, User
from crm.base.actor import acting

MOST_VIEWS = 20  # of one list; more tabs than that nobody reads


def speak(*, actor: User, language: str) -> None:
    """From now on, on every device. `language` is a code of settings.LANGUAGES."""
    with acting(actor.pk):
        User.objects.filter(pk=actor.pk).update(language=language)


class TooManyViews(Exception):
    def __str__(self) -> str:
        return _("You keep %d views of this list already; delete one first.") % MOST_VIEWS


def save_view(*, actor: User, list_name: str, name: str, query: str) -> SavedView:
    """Keep filters and order under a name; the same name again holds the new ones. Raises TooManyViews."""
    with acting(actor.pk):
        kept = actor.saved_views.filter(list_name=list_name)
        if kept.exclude(name=name).count() >= MOST_VIEWS:
            raise TooManyViews
        view, _created = actor.saved_views.update_or_create(list_name=list_name, name=name, defaults={"query": query})
        return view


def rename_view(*, actor: User, view: SavedView, name: str) -> None:
    """Another view of the same name gives way."""
    with acting(actor.pk):
        actor.saved_views.filter(list_name=view.list_name, name=name).exclude(pk=view.pk).delete()
        actor.saved_views.filter(pk=view.pk).update(name=name)


def delete_view(*, actor: User, view: SavedView) -> None:
    with acting(actor.pk):
        actor.saved_views.filter(pk=view.pk).delete()
