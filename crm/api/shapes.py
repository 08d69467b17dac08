"""What bodies are made of: serializers that take JSON by its word. A number is no text; what is not known is said."""

import math
import re
from datetime import date
from typing import Any
from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from crm.base.bidi import TURNED, TURNING, is_seen
from crm.base.currencies import CODES

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
UUID_TEXT = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
DAY_TEXT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOST_MINOR = 10**15
_UNKNOWN = _("This field is not known here.")


class Body(serializers.Serializer):
    """Refuses fields that it does not know: a misspelt one would be lost silently."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := [name for name in data if name not in self.fields]):
            raise serializers.ValidationError({name: [ErrorDetail(_UNKNOWN, "unknown_field")] for name in unknown})
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """Several lines, as they are but for blanks around them."""

    default_error_messages = {"turning": TURNED}

    def __init__(self, most: int, **more: Any) -> None:
        super().__init__(max_length=most, allow_blank=not more.get("required", False), **more)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text = str(super().to_internal_value(data))
        if TURNING.search(text):
            self.fail("turning")
        return text


class Line(Text):
    """One line; what is invisible in it would only keep two apart that look alike."""

    default_error_messages = {"invisible": _("holds a character that can't be seen; type it anew.")}

    def to_internal_value(self, data: Any) -> str:
        line = " ".join(super().to_internal_value(data).split())
        if not is_seen(line):
            self.fail("invisible")
        return line


class Key(serializers.UUIDField):
    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str) or not UUID_TEXT.fullmatch(data):
            self.fail("invalid", value=data)
        key: UUID = super().to_internal_value(data)
        return key


class Whole(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class Degrees(serializers.FloatField):
    def to_internal_value(self, data: Any) -> float:
        if not isinstance(data, int | float) or isinstance(data, bool) or not math.isfinite(data):
            self.fail("invalid")
        return float(super().to_internal_value(data))


class YesNo(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Day(serializers.DateField):
    def __init__(self, **more: Any) -> None:
        validators = [MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]
        super().__init__(input_formats=["%Y-%m-%d"], validators=validators, **more)

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str) or not DAY_TEXT.fullmatch(value):
            self.fail("invalid", format="YYYY-MM-DD")
        day: date = super().to_internal_value(value)
        return day


class Code(serializers.ChoiceField):
    """One of a few codes, exactly as they are written."""

    def to_internal_value(self, data: Any) -> Any:
        if type(data) is not type(next(iter(self.choices))) or data not in self.choices:
            self.fail("invalid_choice", input=data)
        return data


class Money(Body):
    minor = Whole(min_value=0, max_value=MOST_MINOR, help_text="The amount in minor units: 1250 is 12.50 of CNY.")
    currency = Code([(code, code) for code in sorted(CODES)], help_text="By ISO 4217.")
