"""What a page loads of its look arrives as one file."""

import json
import os
import re
import subprocess
import sys
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
    assert len(imported) == _source("css/house.css").count("@import") > 1
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


def test_collected_for_the_first_time_pages_find_their_files(tmp_path: Path) -> None:
    """As the image is built: the folder is not there yet, and neither is a database."""
    given = {"SECRET_KEY": "x" * 50, "DATABASE_URL": "postgresql://x:x@localhost/x", "REDIS_URL": "redis://localhost"}
    house = os.environ | given | {"ROUNDS_STATIC": str(tmp_path / "new"), "DJANGO_SETTINGS_MODULE": "crm.settings"}

    def run(*command: str) -> str:
        made = subprocess.run(
            [sys.executable, *command], cwd=settings.BASE_DIR, env=house, capture_output=True, text=True, check=True
        )
        return made.stdout

    run("manage.py", "collectstatic", "--noinput")
    asked = "from django.templatetags.static import static; print(static('css/house.css'))"
    named = run("-c", f"import django; django.setup(); {asked}")
    assert re.fullmatch(r"/static/css/house\.[0-9a-f]{12}\.css\n", named)
