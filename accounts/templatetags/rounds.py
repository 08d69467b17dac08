"""How pages write dates, figures, tiers and icons. One way each, in every language."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from crm.base import bidi
from crm.base.exchange.columns import decimals_of
from crm.base.periods import last_day

register = template.Library()

NOTHING = "—"
# The first mark that is found says it: most browsers claim to be others, too.
_BROWSERS = (("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"),
             ("Chrome/", "Chrome"), ("CriOS/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
_SYSTEMS = (("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
            ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux"))  # fmt: skip
_ZH_WEEKDAYS = "一二三四五六日"


def _chinese() -> bool:
    return (translation.get_language() or "").startswith("zh")


def _weekday(value: date) -> str:
    return " 周" + _ZH_WEEKDAYS[value.weekday()] if _chinese() else ""


def in_a_row(sentences: Iterable[str]) -> str:
    """Chinese sentences follow each other without a space."""
    return ("" if _chinese() else " ").join(sentences)


@register.filter
def day(value: date | None) -> str:
    """`20 Nov 2026`, `2026年11月20日 周五`."""
    return format_date(value, pgettext("date", "j M Y")) + _weekday(value) if value else NOTHING


@register.filter
def short_day(value: date | None, on: date | None = None) -> str:
    """Within the year of `on`: `20 Nov`, `11月20日`; else with the year."""
    if not value:
        return NOTHING
    if on and value.year == on.year:
        return format_date(value, pgettext("date within the year", "j M"))
    return format_date(value, pgettext("date", "j M Y"))


@register.filter
def long_day(value: date) -> str:
    """A heading: `Friday 20 November`, `11月20日 周五`."""
    return format_date(value, pgettext("date as a heading", "l j F")) + _weekday(value)


@register.filter
def month(value: date) -> str:
    return format_date(value, pgettext("month", "M Y"))


@register.filter
def moment(value: datetime) -> str:
    """`20 Nov 2026, 05:10` in the company's zone."""
    local = timezone.localtime(value)
    return format_date(local, pgettext("moment", "j M Y, H:i"))


@register.filter
def figure(value: int | float | None) -> str:
    """Thousands in threes in every language, a true minus, a dash for nothing."""
    return NOTHING if value is None else f"{value:,}".replace("-", "−")


@register.filter
def money(minor: int, currency: str) -> str:
    """`CNY 1,234.50`: minor units shown in major ones with as many decimals as the currency has; round sums without."""
    decimals = decimals_of(currency)
    major, rest = divmod(abs(minor), 10**decimals)
    return f"{currency} {'−' if minor < 0 else ''}{major:,}" + (f".{rest:0{decimals}}" if rest else "")


@register.filter
def duration(seconds: float) -> str:
    """`40 s`, `3 min`, `2 h`: as exact as one needs to decide whether to wait."""
    if seconds < 60:
        return _("%d s") % seconds
    if seconds < 3600:
        return _("%d min") % round(seconds / 60)
    return _("%d h") % round(seconds / 3600)


@register.filter
def from_iso(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


@register.filter
def apart(value: Any) -> Any:
    """Names within a sentence of ours, one or a list: what runs from right to left moves nothing beside it."""
    if isinstance(value, list | tuple):
        return [apart(one) for one in value]
    text = str(value or "")
    return format_html("<bdi>{}</bdi>", bidi.upright(text)) if bidi.runs_leftward(text) else text


@register.filter
def upright(sentence: Any) -> str:
    """A sentence that was put together elsewhere, with a name in it."""
    return bidi.upright(str(sentence))


@register.simple_tag
def icon(name: str, small: str = "") -> SafeString:
    """An icon of the sprite; it never stands without a word."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f" icon-{small}" if small else "",
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def tier(letter: str, size: str = "", provisional: bool = False) -> SafeString:
    """Always a letter: never colour alone."""
    sized = f" tier-{size}" if size else ""
    if not letter:
        return format_html(
            '<span class="tier tier-none{}"><span aria-hidden="true">{}</span>'
            '<span class="visually-hidden">{}</span></span>',
            *(sized, NOTHING, _("no tier yet")),
        )
    if not provisional:
        return format_html(
            '<span class="tier tier-{}{}"><span class="visually-hidden">{} </span>{}</span>',
            *(letter.lower(), sized, _("Tier"), letter),
        )
    return format_html(
        '<span class="tier tier-{}{} tier-provisional" title="{}"><span class="visually-hidden">{} </span>{}'
        '<span class="visually-hidden"> {}</span></span>',
        *(letter.lower(), sized, _("provisional"), _("Tier"), letter, _("provisional")),
    )


@register.simple_tag
def due(value: date | None, on: date) -> str:
    """When something is due, seen from `on`: overdue, today, or the date."""
    if value is None:
        return NOTHING
    late = (on - value).days
    if late < 0:
        return short_day(value, on)
    if late == 0:
        return format_html('<span class="chip chip-due">{}</span>', _("Today"))
    text = ngettext("%(days)s day overdue", "%(days)s days overdue", late) % {"days": figure(late)}
    return format_html('<span class="chip chip-bad">{}</span>', text)


@register.simple_tag
def as_json(value: Any) -> str:
    """For an attribute that a script reads; escaped as any text."""
    return json.dumps(value)


@register.filter
def device(agent: str) -> str:
    """`Chrome, Android`: what a browser says it is, as far as people care."""
    browser = next((word for mark, word in _BROWSERS if mark in agent), _("Unknown browser"))
    system = next((word for mark, word in _SYSTEMS if mark in agent), "")
    return f"{browser}, {system}" if system else str(browser)


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    """What a page was given for this key, e.g. for a line."""
    return mapping.get(key)


@register.filter(name="last_day")
def last_day_of(during: Any) -> date | None:
    return last_day(during)
