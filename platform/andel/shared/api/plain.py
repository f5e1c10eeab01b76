"""Values as the API writes them: JSON that is exact, and the same bytes for the same data."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from enum import StrEnum
from fractions import Fraction
from functools import singledispatch
from uuid import UUID

from andel.sdk.facts import Source
from andel.sdk.money import Money, kronor_text
from andel.sdk.period import Period
from andel.sdk.text import Text


def as_json(data: object) -> bytes:
    """Write data as JSON in UTF-8. Money, days, moments and words have one form each; a float is refused.

    Raises:
        TypeError: somewhere stands a value that has no form.
    """
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=plain).encode()


@singledispatch
def plain(value: object) -> object:
    """Return a value as plain data.

    Raises:
        TypeError: it has no form.
    """
    message = f"{type(value).__name__} has no form in the API."
    raise TypeError(message)


@plain.register
def _(value: Money) -> object:
    return {"amount": kronor_text(value.ore), "currency": value.currency}


@plain.register
def _(value: Period) -> object:
    return {"start": value.start.isoformat(), "end": value.end.isoformat()}


@plain.register
def _(value: Text) -> object:
    return {"sv": value.sv, "en": value.en}


@plain.register
def _(value: Source) -> object:
    return {"title": value.title, "date": value.date.isoformat() if value.date else None, "example": value.example}


@plain.register
def _(value: date) -> object:
    return value.isoformat()


@plain.register
def _(value: datetime) -> object:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


@plain.register
def _(value: UUID) -> object:
    return str(value)


@plain.register
def _(value: Fraction) -> object:
    return str(value)


@plain.register
def _(value: StrEnum) -> object:
    return value.value
