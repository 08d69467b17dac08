"""What is asked of somebody who brings a file, takes one, or looks for one that was brought."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.base.exchange.references import is_source
from crm.base.lists import ListForm
from crm.base.models import ImportRun
from crm.exchange import DEFAULT_SOURCE
from crm.imports.queries import importable
from crm.imports.uploads import was_too_large


class SourceField(forms.CharField):
    """Whose ids a file speaks."""

    def __init__(self, help_text: Any) -> None:
        super().__init__(
            label=_("Source"),
            max_length=32,
            initial=DEFAULT_SOURCE,
            help_text=help_text,
            widget=forms.TextInput(attrs={"list": "sources", "autocapitalize": "none", "spellcheck": "false"}),
        )

    def clean(self, value: str) -> str:
        source = super().clean(value).strip()
        if not is_source(source):
            raise forms.ValidationError(_("Write small letters, digits, - and _; a letter first; at most 32."))
        return source


class UploadForm(forms.Form):
    source = SourceField(_("Whose ids the file speaks, such as crm or erp: small letters, digits, - and _."))
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,  # the check says what is wrong with it, as with any other file
        error_messages={"required": _("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def refuse_if_too_large(self, request: HttpRequest, most: int) -> None:
        if was_too_large(request):
            self.errors.pop("file", None)
            self.add_error(
                "file",
                _("The file is larger than %(most)d MB. Split it, or load it with ./dev manage import_data.")
                % {"most": most},
            )


class TakingForm(forms.Form):
    """Which rows of an export, and whose ids."""

    on = forms.DateField(
        label=_("In force on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty: every row there is, with its dates."),
        error_messages={"invalid": _("is not a date; write it as 2026-11-21.")},
    )
    source = SourceField(_("Whose ids stand plainly; others are written SOURCE:ID."))


class ImportFilter(ListForm):
    """What the address of the list of imports may ask for."""

    kind = forms.ChoiceField(label=_("Kind"), choices=lambda: [(kind.name, kind.title) for kind in importable()])
    status = forms.ChoiceField(label=_("State"), choices=ImportRun.State.choices)
