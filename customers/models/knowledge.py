"""What we know of a person, from whom and since when, and what he agreed to."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.base import audit
from crm.base.ids import uuid7
from customers.models.customer import Person


@audit.tracked(by=("person",))
class Fact(models.Model):
    """One of the facts that `customers.models.facts` lists, as it was learned on a day. The newest that was not
    withdrawn holds; earlier ones stay."""

    class Source(models.TextChoices):
        TOLD = "told", _("told by the person")
        COLLEAGUE = "colleague", _("told by a colleague of the person")
        SEEN = "seen", _("seen in a visit")
        PUBLIC = "public", _("public source")
        REGISTER = "register", _("register or purchased list")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="facts")
    key = models.CharField(_("fact"), max_length=32)
    value = models.CharField(_("value"), max_length=500)
    source = models.CharField(_("source"), max_length=16, choices=Source.choices)
    learned_on = models.DateField(_("learned on"))
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "key", "learned_on"], name="fact_once_a_day"),
            models.CheckConstraint(condition=~Q(value=""), name="fact_says_something"),
            models.CheckConstraint(
                condition=Q(source__in=["told", "colleague", "seen", "public", "register"]), name="fact_source_known"
            ),
            models.CheckConstraint(  # months have their days; a year is nobody's business
                condition=~Q(key="birthday")
                | Q(
                    value__regex=r"^(0[13578]|1[02])-(0[1-9]|[12]\d|3[01])$|^(0[469]|11)-(0[1-9]|[12]\d|30)$|^02-(0[1-9]|[12]\d)$"
                ),
                name="fact_birthday_is_a_day",
            ),
        ]


@audit.tracked(by=("person",))
class Consent(models.Model):
    """A person agreed to something for a time, by the words of a version. Withdrawn means ended."""

    class Purpose(models.TextChoices):
        PROCESSING = "processing", _("keeping personal data")
        PHONE = "phone", _("calls and text messages")
        WECHAT = "wechat", _("WeChat")
        EMAIL = "email", _("e-mail")
        MEETINGS = "meetings", _("invitations to meetings")
        FAMILY = "family", _("facts about the family")
        DISCLOSURE = "disclosure", _("disclosure of transfers of value")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose.choices)
    wording = models.CharField(_("version of the wording"), max_length=60)
    evidence = models.CharField(_("evidence"), max_length=300, blank=True, default="")
    during = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="consent_no_overlap",
                deferrable=Deferrable.IMMEDIATE,
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("purpose", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=["processing", "phone", "wechat", "email", "meetings", "family", "disclosure"]),
                name="consent_purpose_known",
            ),
            models.CheckConstraint(
                condition=Q(during__isempty=False, during__lower_inf=False), name="consent_has_a_beginning"
            ),
        ]
