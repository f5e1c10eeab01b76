"""Settings of a plugin: described in both languages, strict, exported as JSON Schema."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Annotated, Any, Self, get_args

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
_PART = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15}%?|%|/0*[1-9][0-9]{0,14})?")


def described(sv: str, en: str, *, help_sv: str, help_en: str, **constraints: Any) -> Any:  # noqa: ANN401  (as pydantic's Field)
    """Declare a setting with its name and help text in Swedish and English; constraints as ``pydantic.Field``."""
    words: JsonDict = {"title": {"sv": sv, "en": en}, "help": {"sv": help_sv, "en": help_en}}
    return Field(title=en, description=help_en, json_schema_extra={"x-andel": words}, **constraints)


class SettingRefused(ValueError):  # noqa: N818  (a refusal that pydantic collects, never the error a user meets)
    """Raised by a plugin's validator: why the value is refused, in both languages."""

    def __init__(self, what: Text) -> None:
        super().__init__(what.en)
        self.what = what


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
        if _PART.fullmatch(text) is None:
            message = f'"{value}" is not a part; write "30 %" or "3/10"'
            raise ValueError(message)
        return Fraction(text.removesuffix("%")) / (_PERCENT if text.endswith("%") else 1)
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
        floats = [_float_complaint(path, value, where) for path, value in _floats(values)]
        if floats:
            raise SettingsError.of(floats)
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


def _floats(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], float]]:
    if isinstance(value, float):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _floats(inner, (*path, str(key)))
    elif isinstance(value, (list, tuple)):
        for place, inner in enumerate(value):
            yield from _floats(inner, (*path, str(place)))


def _float_complaint(path: tuple[str, ...], value: float, where: str) -> Complaint:
    place = ".".join((where, *path) if where else path)
    return Complaint(f"{value!r} is a float, which is never exact.", place, f'Write it as text: "{value!r}".')


def _known(cls: type[BaseModel], steps: tuple[int | str, ...]) -> set[str]:
    """Return the names of the fields at the place that an error's path ends in."""
    models = {cls}
    for step in steps:
        if isinstance(step, str):
            fields = [model.model_fields[step] for model in models if step in model.model_fields]
            models = {model for field in fields for model in _models_in(field.annotation)} or models
    return {name for model in models for name in model.model_fields}


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def _complaint(cls: type[PluginSettings], detail: ErrorDetails, where: str) -> Complaint:
    path = ".".join(str(step) for step in detail["loc"])
    place = f"{where}.{path}" if where and path else where or path
    words = cls.schema_words().get(str(detail["loc"][0])) if detail["loc"] else None
    help_text = words[1] if words else ""
    match detail["type"]:
        case "extra_forbidden":
            remedy = did_you_mean(str(detail["loc"][-1]), _known(cls, detail["loc"][:-1]))
            return Complaint(f'There is no setting "{detail["loc"][-1]}".', place, remedy)
        case "missing":
            return Complaint(f'The setting "{path}" is missing.', place, help_text)
        case _:
            refusal = detail.get("ctx", {}).get("error")
            if isinstance(refusal, SettingRefused):
                return Complaint(refusal.what, place, help_text)
            message = detail["msg"].removeprefix("Value error, ")
            return Complaint(f"{message[:1].upper()}{message[1:].rstrip('.')}.", place, help_text)
