"""Nothing untranslated: the catalogs match the code, text for text, placeholder for placeholder."""

import re
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import translation

from accounts.templatetags import rounds
from crm.management.commands.words import catalogs, messages

ROOT = Path(settings.BASE_DIR)
PLACEHOLDER = re.compile(r"%%|%\(\w+\)[sd]|%[sd]|\{\w*\}")
CATALOGS = catalogs()


def _placeholders(text: str) -> Counter[str]:
    return Counter(PLACEHOLDER.findall(text))


def test_there_is_a_catalog_for_every_language_but_that_of_the_code() -> None:
    assert {path.parent.parent.name for path in CATALOGS} == {
        translation.to_locale(code) for code, _name in settings.LANGUAGES if code != "en"
    }


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parent.parent.name)
def test_a_catalog_is_whole(path: Path) -> None:
    catalog = polib.pofile(str(path))
    assert not catalog.fuzzy_entries()
    assert not catalog.obsolete_entries()
    assert not [entry.msgid for entry in catalog.untranslated_entries()]
    here = {(entry.msgctxt, entry.msgid, entry.msgid_plural or None) for entry in catalog}
    missing = messages(ROOT).keys() - here
    unused = here - messages(ROOT).keys()
    assert not missing, "run ./dev manage words --collect and translate"
    assert not unused, "run ./dev manage words --collect"


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parent.parent.name)
def test_whoever_serves_may_read_what_another_compiled(path: Path) -> None:
    call_command("words")
    assert path.with_suffix(".mo").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parent.parent.name)
def test_placeholders_survive_translation(path: Path) -> None:
    for entry in polib.pofile(str(path)):
        for translated in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            wanted = _placeholders(entry.msgid_plural or entry.msgid)
            assert _placeholders(translated) == wanted, entry.msgid


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parent.parent.name)
def test_chinese_has_its_own_punctuation(path: Path) -> None:
    for entry in polib.pofile(str(path)):
        for text in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            assert not re.search(r"[一-鿿][,;:?!.]|[,;:?!][一-鿿]", text), text


def test_dates_and_figures() -> None:
    day, moment = date(2026, 11, 20), datetime(2026, 11, 20, 5, 10, tzinfo=settings.COMPANY_TIME_ZONE)
    written = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            written[language] = (
                rounds.day(day), rounds.short_day(day, day), rounds.short_day(day, date(2027, 1, 1)),
                rounds.long_day(day), rounds.month(day), rounds.moment(moment),
                rounds.figure(-1234567), rounds.figure(None), rounds.day(None),
            )  # fmt: skip
    assert written["en"] == (
        "20 Nov 2026", "20 Nov", "20 Nov 2026", "Friday 20 November", "Nov 2026", "20 Nov 2026, 05:10",
        "−1,234,567", "—", "—",
    )  # fmt: skip
    assert written["zh-hans"] == (
        "2026年11月20日 周五", "11月20日", "2026年11月20日", "11月20日 周五", "2026年11月", "2026年11月20日 05:10",
        "−1,234,567", "—", "—",
    )  # fmt: skip
