"""The kinds of text, number and day that a tenant document is written with."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from andel.sdk.errors import AndelError
from andel.sdk.money import kronor_text, parse_kronor
from andel.sdk.party import check_organization_number

KEY = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
"""A stable name: lower case a to z, digits, and single hyphens between words."""

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
_KRONOR = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,2})?")
_COUNT = 10**12


def is_key(text: str) -> bool:
    """Tell whether the text can be a key."""
    return KEY.fullmatch(text) is not None


def unprintable(text: str) -> str:
    """Return the first character that has no place in a text (control, invisible, lone surrogate), or nothing."""
    return next((char for char in text if unicodedata.category(char) in {"Cc", "Cf", "Cs"}), "")


def _key(text: str) -> str:
    if not is_key(text):
        message = f'"{text}" is not a key; write lower case a to z, digits and single hyphens, as in "upplands-vasby"'
        raise ValueError(message)
    return text


def _words(text: str) -> str:
    if text != text.strip():
        message = "the text begins or ends with a space; remove it"
        raise ValueError(message)
    return unicodedata.normalize("NFC", text)


def _trimmed(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip())


def _day(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        message = f"{day} cannot be right; write a day between {FIRST_DAY} and {LAST_DAY}"
        raise ValueError(message)
    return day


def _amount(text: str) -> str:
    if _KRONOR.fullmatch(text) is None:
        message = f'"{text}" is not an amount in kronor; write digits and at most two decimals, as in "439451.00"'
        raise ValueError(message)
    return kronor_text(parse_kronor(text))


def _organization_number(text: str) -> str:
    try:
        return check_organization_number(text)
    except AndelError as error:
        message = f"{error.what}; {error.remedy}"
        raise ValueError(message) from error


def _identifiers(values: dict[str, Any]) -> dict[str, Any]:
    for name in values:
        if not name.isidentifier():
            message = f'"{name}" cannot be the name of a setting; use letters, digits and _'
            raise ValueError(message)
    if _has_null(values):
        message = "a setting is null, which no tenant.toml can say; leave it out"
        raise ValueError(message)
    return values


def _has_null(data: object) -> bool:
    if isinstance(data, dict | list):
        return any(map(_has_null, data.values() if isinstance(data, dict) else data))
    return data is None


Key = Annotated[str, Field(max_length=80), AfterValidator(_key)]
"""A stable name that other parts refer to."""

Words = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_words)]
"""Text for people, never empty."""

Line = Annotated[str, AfterValidator(_trimmed)]
"""Text for people that may be empty; spaces round it do not count."""

Day = Annotated[date, AfterValidator(_day)]
"""A day, written YYYY-MM-DD."""

Amount = Annotated[str, Field(max_length=20), AfterValidator(_amount)]
"""Kronor from zero, exact: ``"439451.00"``."""

Count = Annotated[int, Field(ge=0, lt=_COUNT)]
"""A whole number from zero."""

OrganizationNumber = Annotated[str, AfterValidator(_organization_number)]
"""NNNNNN-NNNN with a right check digit. Entered and checked, never guessed."""

Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
"""A colour written ``#rrggbb`` in lower case."""

CountyCode = Annotated[str, Field(pattern=r"^[0-9]{2}$")]
"""The county's two digits in the national numbering."""

MunicipalityCode = Annotated[str, Field(pattern=r"^[0-9]{4}$")]
"""The municipality's four digits in the national numbering."""

Version = Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+){0,3}$")]
"""The version of a cost model, digits and dots."""

Values = Annotated[dict[str, Any], AfterValidator(_identifiers)]
"""Settings as plain data; the model that they are for says what they may be."""
