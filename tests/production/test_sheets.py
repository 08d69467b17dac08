"""What a page loads of its look arrives as one file."""

import json
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command

COLLECTED = {"staticfiles": {"BACKEND": "crm.base.sheets.SheetStorage"}}


def test_a_sheet_is_collected_with_all_it_imports(tmp_path: Path, settings: Any) -> None:
    settings.STATIC_ROOT, settings.STORAGES = tmp_path, settings.STORAGES | COLLECTED
    call_command("collectstatic", interactive=False, verbosity=0)
    named = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    house = (tmp_path / named["css/house.css"]).read_text()
    imported = re.findall(r'@import url\("(?:\.\./)?([^"]+)"\)', _source("css/house.css"))
    assert len(imported) == 5
    assert "@import" not in house
    assert "@charset" not in house
    places = [house.index(_middle(sheet if "/" in sheet else f"css/{sheet}")) for sheet in imported]
    assert places == sorted(places)
    assert "@media print {\n" in house[places[-2] : places[-1]]
    assert (tmp_path / f"{named['css/house.css']}.gz").exists()


def _source(name: str) -> str:
    return (Path(settings.BASE_DIR) / "static" / name).read_text()


def _middle(name: str) -> str:
    """What tells a sheet from the others. Addresses in it are written anew, so none is in it."""
    text = _source(name)
    return text[len(text) // 2 :][:80]
