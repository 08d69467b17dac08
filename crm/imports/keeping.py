"""Where the files of imports lie: in the private storage, under names that say nothing about them."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.core.files.storage import FileSystemStorage, storages

from crm.base.models import ImportRun

FOLDER = "imports"
# An upload lies here before its row is committed: what is younger is nobody's leftover.
LEFT_OVER_AFTER = timedelta(hours=6)


def storage() -> FileSystemStorage:
    private = storages["private"]
    assert isinstance(private, FileSystemStorage)
    return private


def upload_name(run: UUID) -> str:
    return f"{FOLDER}/{run}.upload"


def upload_path(run: UUID) -> Path:
    return Path(storage().path(upload_name(run)))


def rejects_path(run: UUID) -> Path:
    return Path(storage().path(f"{FOLDER}/{run}.rejects.csv"))


def sweep(at: datetime) -> int:
    """Remove files whose run is gone or let them go; returns how many."""
    if not storage().exists(FOLDER):
        return 0
    kept = {str(pk) for pk in ImportRun.objects.filter(files_kept=True).values_list("pk", flat=True)}
    removed = 0
    for name in storage().listdir(FOLDER)[1]:
        path = f"{FOLDER}/{name}"
        if name.split(".")[0] not in kept and storage().get_modified_time(path) < at - LEFT_OVER_AFTER:
            storage().delete(path)
            removed += 1
    return removed
