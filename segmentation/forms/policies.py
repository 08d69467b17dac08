"""What operations are asked for when they publish a tier policy."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.setup import Day
from crm.base.ids import uuid7
from crm.base.lists import ListForm
from crm.base.refusals import Asking

LONGEST = 20_000  # characters of a document
STATES = (("now", gettext_lazy("In force")), ("later", gettext_lazy("Planned")), ("over", gettext_lazy("Replaced")))


class PublishForm(Asking):
    """The document as its writer typed it; what it may say is checked where it is published. `id` is made where the
    form is opened: sent twice, it publishes once."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    document = forms.CharField(
        label=gettext_lazy("Policy as a JSON document"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 18, "spellcheck": "false"}),
    )
    first_night = Day(gettext_lazy("In force from the night of"))

    def renew_id(self, sentence: str) -> None:
        """The id was used for other contents: the entries stay, under a new id."""
        self.data = {**self.data.dict(), "id": str(uuid7())}  # type: ignore[attr-defined]
        self.add_error(None, sentence)

    def clean_document(self) -> Any:
        try:
            document = json.loads(self.cleaned_data["document"])
            json.dumps(document, ensure_ascii=False).encode()
            return document
        except RecursionError:
            raise forms.ValidationError(_("This is no policy: it is nested too deeply.")) from None
        except json.JSONDecodeError as error:
            raise forms.ValidationError(
                _("This is not JSON: look at line %(line)d, character %(column)d.")
                % {"line": error.lineno, "column": error.colno}
            ) from None
        except UnicodeEncodeError:
            raise forms.ValidationError(_("This is no policy: it holds half a character.")) from None
        except ValueError:  # a number of thousands of digits
            raise forms.ValidationError(_("This is no policy: it holds a number without end.")) from None


class PolicyFilter(ListForm):
    status = forms.ChoiceField(choices=STATES)
