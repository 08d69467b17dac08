"""What a kind of file looks like, in words and as JSON."""

from typing import Any

from django.utils.translation import gettext as _

from crm.base.exchange.columns import Code, Column
from crm.base.exchange.kinds import Kind
from crm.base.exchange.references import References


def as_json(kind: Kind) -> dict[str, Any]:
    return {
        "kind": kind.name,
        "title": str(kind.title),
        "import": kind.write is not None,
        "key": list(kind.key),
        "columns": [_column(column) for column in kind.written(whole=False)],
    }


def _column(column: Column) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": column.name,
        "required": column.required,
        "default": column.default,
        "help": str(column.help),
        "values": column.what,
    }
    if isinstance(column, Code):
        described["choices"] = list(column.choices)
    if isinstance(column, References) and column.marks:
        described["marks"] = list(column.marks)
    return described


def as_words(kind: Kind) -> str:
    width = max(len(column.name) for column in kind.written(whole=False))
    lines = [f"{kind.title} ({kind.name})", ""]
    for column in kind.written(whole=False):
        needed = _("needed") if column.required else _("optional")
        if column.default:
            needed += ", " + _("otherwise %s") % column.default
        lines.append(f"  {column.name:<{width}}  {column.help}: {column.what} ({needed})")
    lines += [
        "",
        _("An id of another source is written SOURCE:ID, one of Rounds itself rounds:UUID."),
        _("A column that the file leaves out keeps what is stored; an empty cell empties it."),
    ]
    return "\n".join(lines)
