"""Who may be known already when somebody is about to be entered."""

import re

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import User
from customers.models import Customer
from customers.queries.keys import search_columns

MOST = 5  # that one compares at a glance
ALIKE = 0.5  # of the trigrams of two names
_SHORTEST_PHONE = 5  # digits; fewer are an extension

# Each is served by an index: customer_by_folded, customer_by_pinyin, customer_name_trigrams, person_by_phone_tail.
_SAME_NAME = "SELECT id FROM customers_customer WHERE folded = %s"
_SAME_SOUND = "SELECT id FROM customers_customer WHERE pinyin = %s AND pinyin <> ''"
_LIKE_NAME = "SELECT id FROM customers_customer WHERE name %% %s AND similarity(name, %s) >= %s"
_SAME_PHONE = "SELECT customer_id FROM customers_person WHERE phone_reversed = %s AND phone_reversed <> ''"


def alike(user: User, kind: str, name: str, phone: str = "") -> QuerySet[Customer]:
    """Those of this kind whom `user` sees with the same name, a name that sounds the same or differs in little, or
    the same phone."""
    follows = search_columns(name, kind)
    arms: list[tuple[str, list[object]]] = [
        (_SAME_NAME, [follows["folded"]]),
        (_SAME_SOUND, [follows["pinyin"]]),
        (_LIKE_NAME, [name, name, ALIKE]),
    ]
    digits = re.sub("[^0-9]", "", phone)
    if len(digits) >= _SHORTEST_PHONE:
        arms.append((_SAME_PHONE, [digits[::-1]]))
    found = RawSQL(  # noqa: S611  # our constants
        " UNION ".join(sql for sql, _params in arms), [param for _sql, params in arms for param in params]
    )
    return Customer.objects.for_user(user).current().filter(pk__in=found, kind=kind).order_by("pinyin", "pk")[:MOST]
