"""What operations are asked for when they publish a tier policy."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.setup import PLAIN, Currency, Day, Ground, Name
from accounts.models import Product
from accounts.queries import Node
from crm.base.currencies import CODES
from crm.base.exchange.references import OWN, is_source
from crm.base.ids import uuid7
from crm.base.lists import ListForm
from crm.base.refusals import Asking
from segmentation.forms.figures import ROLES as _ROLES
from segmentation.models import TierPolicy, TierPolicyVersion
from segmentation.models.document import DEFAULT_CALLS, MONEY, SALES, read_document
from segmentation.queries.pages import MEASURES

STATES = (("now", gettext_lazy("In force")), ("later", gettext_lazy("Planned")), ("over", gettext_lazy("Replaced")))
USUAL_MONTHS = 12
ROLES = dict(_ROLES)
KINDS = {
    TierPolicy.Customers.PERSONS: ["person"],
    TierPolicy.Customers.INSTITUTIONS: ["institution"],
    TierPolicy.Customers.BOTH: ["person", "institution"],
}


class Whole(forms.IntegerField):
    def __init__(self, label: Any, low: int, high: int, **more: Any) -> None:
        super().__init__(label=label, min_value=low, max_value=high, **more)


class PublishForm(Asking):
    """The words of a policy's document (segmentation.models.document). `id` is made where the form is opened: sent
    twice, it publishes once."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    name = Name(gettext_lazy("Name"))
    customers = forms.ChoiceField(
        label=gettext_lazy("Whom"),
        choices=[(kind.value, capfirst(kind.label)) for kind in TierPolicy.Customers],
        widget=forms.RadioSelect({"class": "btn-check"}),
    )
    measure = forms.ChoiceField(
        label=gettext_lazy("Ranked by"), choices=[(name, capfirst(word)) for name, word in MEASURES.items()]
    )
    currency = Currency(gettext_lazy("Of revenue and collected revenue: three capitals such as CNY."))
    months = Whole(
        gettext_lazy("Months"),
        1,
        120,
        help_text=gettext_lazy("So many whole months before the night; not of potential."),
    )
    products = forms.MultipleChoiceField(
        label=gettext_lazy("Products"),
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "btn-check"}),
        help_text=gettext_lazy("Whose sales count; none chosen: all. Not of potential."),
    )
    share_a = Whole(gettext_lazy("A up to (%)"), 1, 99)
    share_b = Whole(gettext_lazy("B up to (%)"), 1, 99)
    source = forms.CharField(
        label=gettext_lazy("Source of IDs"),
        max_length=120,
        widget=forms.TextInput(PLAIN),
        help_text=gettext_lazy("Of two who are equal, the one with the smaller ID of this source comes first."),
    )
    first_night = Day(gettext_lazy("In force from the night of"))

    def __init__(self, *args: Any, nodes: Iterable[Node], products: Iterable[Product], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["territory"] = Ground(
            gettext_lazy("Territory"),
            nodes,
            help_text=gettext_lazy("With all below it that have no policy of their own."),
        )
        self.fields["products"].choices = [(str(one.pk), one.name) for one in products]  # type: ignore[attr-defined]
        for role, word in ROLES.items():
            for tier in "ABC":
                self.fields[f"{role}_{tier}"] = Whole(f"{capfirst(word)} {tier}", 0, 99)

    @property
    def calls(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Visits a cycle: a row for each role, a field for each tier."""
        return [(word, [self[f"{role}_{tier}"] for tier in "ABC"]) for role, word in ROLES.items()]

    def renew_id(self, sentence: str) -> None:
        """The id was used for other contents: the entries stay, under a new id."""
        self.renew_entry("id", str(uuid7()))
        self.add_error(None, sentence)

    def clean_currency(self) -> str:
        currency: str = self.cleaned_data["currency"]
        if currency and currency not in CODES:
            raise forms.ValidationError(_("is not a currency; write three capitals such as CNY."))
        return currency

    def clean_source(self) -> str:
        source: str = self.cleaned_data["source"]
        if not is_source(source):
            raise forms.ValidationError(_("Write small letters, digits, - and _."))
        return source

    def clean(self) -> None:
        cleaned = self.cleaned_data
        if cleaned.get("measure") == "potential":
            self._forget_sales(cleaned)
        if cleaned.get("measure") in MONEY and not cleaned.get("currency") and "currency" not in self.errors:
            self.add_error("currency", _("Say in which currency: three capitals such as CNY."))
        if "share_a" in cleaned and "share_b" in cleaned and cleaned["share_a"] >= cleaned["share_b"]:
            self.add_error("share_b", _("B ends above A: write a larger share."))

    def _forget_sales(self, cleaned: dict[str, Any]) -> None:
        """What is asked of sales alone is out of sight: no fault of it may stop anybody."""
        for name in ("currency", "months", "products"):
            self.errors.pop(name, None)
        cleaned.setdefault("months", USUAL_MONTHS)

    def document(self) -> dict[str, Any]:
        """What was filled in, as a document."""
        said = self.cleaned_data
        document = {
            "name": said["name"],
            "territory": f"{OWN}:{said['territory']}",
            "source": said["source"],
            "customers": KINDS[TierPolicy.Customers(said["customers"])],
            "measure": said["measure"],
            "months": said["months"],
            "shares": {"A": said["share_a"], "B": said["share_b"]},
            "calls": {role: {tier: said[f"{role}_{tier}"] for tier in "ABC"} for role in ROLES},
        }
        if said["measure"] in MONEY:
            document["currency"] = said["currency"]
        if said["measure"] in SALES and said["products"]:
            document["products"] = [f"{OWN}:{product}" for product in said["products"]]
        return document


def entries_of(version: TierPolicyVersion) -> dict[str, Any]:
    """What stands in the form of whoever starts from a version."""
    document = read_document(version.document)
    return {
        "name": document.name,
        "territory": version.policy.territory_id,
        "customers": version.policy.customers,
        "measure": document.measure,
        "currency": document.currency,
        "months": document.months,
        "products": [str(product) for product in version.products],
        "share_a": document.shares["A"],
        "share_b": document.shares["B"],
        "source": document.source,
        **_calls(document.calls),
    }


def first_entries(territory: Any) -> dict[str, Any]:
    """What stands in the form of whoever begins: decision 19's cuts, and the usual visits."""
    return {
        "territory": territory,
        "customers": TierPolicy.Customers.PERSONS.value,
        "measure": "potential",
        "months": USUAL_MONTHS,
        "share_a": 50,
        "share_b": 85,
        "source": "file",
        **_calls(DEFAULT_CALLS),
    }


def _calls(calls: dict[str, dict[str, int]]) -> dict[str, int]:
    return {f"{role}_{tier}": calls[role][tier] for role in ROLES for tier in "ABC"}


class PolicyFilter(ListForm):
    status = forms.ChoiceField(choices=STATES)
