"""Commands that end in one JSON line, whatever happens (exit 0 done, 3 some rows rejected, 2 refused)."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from crm.base.exchange.references import is_source
from crm.base.exchange.table import BadFile
from segmentation.models.document import BadPolicy

REFUSED, SOME_REJECTED = 2, 3
OWN_IDS = "rounds"


class AnsweringCommand(BaseCommand):
    """Subclasses `answer`; what refuses the work becomes a sentence on stderr and a line on stdout."""

    def answer(self, **options: Any) -> None:
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.answer(**options)
        except BadPolicy as bad:
            self.refuse(bad.sentences)
        except BadFile as bad:
            self.refuse([str(bad)], code=SOME_REJECTED if bad.rows_written else REFUSED, rows_written=bad.rows_written)
        except OSError as error:
            self.refuse([f"{error.filename or 'A file'} can't be used: {error.strerror}."])
        except DatabaseError as error:
            # Its text may hold values of rows: the type says enough for a log.
            self.refuse([f"The database refused or did not answer ({type(error).__name__})."])

    def refuse(self, sentences: list[str], *, code: int = REFUSED, **figures: Any) -> None:
        for sentence in sentences:
            self.stderr.write(sentence)
        print(json.dumps({"refused": sentences, **figures}, ensure_ascii=False))
        sys.exit(code)


def check_source(name: str) -> None:
    if name != OWN_IDS and not is_source(name):
        raise BadFile(f"{name} is no name of a source: write small letters, digits, - and _, at most 32.")
