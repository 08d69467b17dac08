"""Uploads go to disk as they arrive; one that is too large is not kept, and its form says so."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

MEGABYTE = 1024 * 1024


class LimitedUpload(FileUploadHandler):
    """The first in line: drops the rest of a file that is larger than the setting allows."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._received += len(raw_data)
        if self._received > settings.UPLOAD_MOST_MB * MEGABYTE:
            assert self.request is not None
            self.request.META["rounds.upload_too_large"] = True
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def was_too_large(request: HttpRequest) -> bool:
    """After the form was read: a file of it was dropped."""
    return bool(request.META.get("rounds.upload_too_large"))
