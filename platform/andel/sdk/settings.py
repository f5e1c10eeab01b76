"""Settings of a plugin: described in both languages, strict, exported as JSON Schema."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
)
from pydantic.config import JsonDict
from pydantic_core import ErrorDetails

from andel.sdk.errors import Complaint, SettingsError, did_you_mean
from andel.sdk.money import MoneyError, kronor_text, parse_kronor
from andel.sdk.text import Text
from andel.sdk.workings import canonical_json

_PERCENT = 100


def described(sv: str, en: str, *, help_sv: str, help_en: str, **constraints: Any) -> Any:  # noqa: ANN401  (as pydantic's Field)
    """Declare a setting with its name and help text in Swedish and English; constraints as ``pydantic.Field``."""
    words: JsonDict = {"title": {"sv": sv, "en": en}, "help": {"sv": help_sv, "en": help_en}}
    return Field(title=en, description=help_en, json_schema_extra={"x-andel": words}, **constraints)


def _ore(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value * _PERCENT
    if isinstance(value, str):
        try:
            return parse_kronor(value)
        except MoneyError as error:
            raise ValueError(str(error)) from error
    message = 'kronor are written as whole numbers or as text, "5000.00"; a float is never exact'
    raise ValueError(message)


def _fraction(value: object) -> Fraction:
    if isinstance(value, (Fraction, int)) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, str):
        text = value.replace(" ", "").replace("\u00a0", "").replace(",", ".")
        try:
            return Fraction(text[:-1]) / _PERCENT if text.endswith("%") else Fraction(text)
        except (ValueError, ZeroDivisionError) as error:
            message = f'"{value}" is not a part; write "30 %" or "3/10"'
            raise ValueError(message) from error
    message = 'a part is written as text, "30 %" or "3/10"; a float is never exact'
    raise ValueError(message)


Kronor = Annotated[
    int,
    BeforeValidator(_ore),
    PlainSerializer(kronor_text, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d{1,2})?$", "x-andel-unit": "krona"}),
]
"""An amount that settings write in kronor and code reads in öre."""

Part = Annotated[
    Fraction,
    BeforeValidator(_fraction),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["30 %", "3/10"], "x-andel-unit": "share"}),
]
"""An exact part of a whole, ``"30 %"`` or ``"3/10"``."""


class PluginSettings(BaseModel):
    """Base of every plugin's settings: frozen, unknown keys refused, every field declared with ``described``."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, validate_default=True)

    @classmethod
    def read(cls, values: Mapping[str, object], *, where: str = "") -> Self:
        """Read settings from plain data.

        Raises:
            SettingsError: with a complaint for every field that is wrong, its place and the remedy.
        """
        try:
            return cls.model_validate(dict(values))
        except ValidationError as error:
            complaints = [_complaint(cls, detail, where) for detail in error.errors(include_url=False)]
            raise SettingsError.of(complaints) from None

    def plain(self) -> dict[str, Any]:
        """Return the settings as plain data, which ``read`` takes back."""
        return self.model_dump(mode="json")

    @property
    def digest(self) -> str:
        """SHA-256 of the settings as canonical JSON: the stamp on every result made with them."""
        return hashlib.sha256(canonical_json(self.plain())).hexdigest()

    @classmethod
    def schema_words(cls) -> dict[str, tuple[Text, Text]]:
        """Return each field's name and help text."""
        properties: dict[str, dict[str, Any]] = cls.model_json_schema().get("properties", {})
        return {
            name: (Text(**field["x-andel"]["title"]), Text(**field["x-andel"]["help"]))
            for name, field in properties.items()
            if "x-andel" in field
        }


def _complaint(cls: type[PluginSettings], detail: ErrorDetails, where: str) -> Complaint:
    path = ".".join(str(step) for step in detail["loc"])
    place = f"{where}.{path}" if where and path else where or path
    words = cls.schema_words().get(str(detail["loc"][0])) if detail["loc"] else None
    help_text = words[1] if words else ""
    match detail["type"]:
        case "extra_forbidden":
            remedy = did_you_mean(str(detail["loc"][-1]), cls.model_fields)
            return Complaint(f'There is no setting "{detail["loc"][-1]}".', place, remedy)
        case "missing":
            return Complaint(f'The setting "{path}" is missing.', place, help_text)
        case _:
            message = detail["msg"].removeprefix("Value error, ")
            return Complaint(f"{message[:1].upper()}{message[1:].rstrip('.')}.", place, help_text)
