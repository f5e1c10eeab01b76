"""The kinds of field that the API's schemas are made of: strict, documented, and refusing in both languages.

What a field accepts is what its JSON Schema says; whatever more is needed, the region's own rules refuse.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, NoReturn, cast
from uuid import UUID

from marshmallow import Schema, ValidationError, fields

from andel.sdk.text import Text
from andel.shared.api.errors import Fault

FIRST_DAY: Final = "1900-01-01"
LAST_DAY: Final = "2199-12-31"
KEY: Final = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
"""A stable name: lower case a to z, digits, and single hyphens between words."""

_UNSEEN: Final = (
    r"\u0000-\u001f\u007f-\u009f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e"
    r"\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
)
LINE: Final = rf"^[^{_UNSEEN}]*$"
"""A text of one line, which may be empty: no control characters, none that is invisible."""

WORDS: Final = rf"^[^\s{_UNSEEN}]([^{_UNSEEN}]*[^\s{_UNSEEN}])?$"
"""A text of one line that says something: it neither begins nor ends with a space."""

AMOUNT: Final = r"^[0-9]{1,12}(\.[0-9]{1,2})?$"
_DAY: Final = r"^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$"
_WHOLE: Final = r"^[0-9]{1,6}$"
_UUID: Final = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"

_REQUIRED: Final = Fault(Text("Uppgiften saknas.", "The field is missing."), Text("Lägg till den.", "Add it."))
_NULL: Final = Fault(
    Text("Uppgiften får inte vara null.", "The field may not be null."), Text("Ge den ett värde.", "Give it a value.")
)
UNKNOWN: Final = Fault(
    Text("Det finns ingen sådan uppgift.", "There is no such field."),
    Text("Ta bort den, eller rätta namnet.", "Remove it, or correct its name."),
)


def refuse(sv: str, en: str, remedy_sv: str, remedy_en: str) -> NoReturn:
    """Refuse the value of one field: what is wrong and what to do, in both languages."""
    raise ValidationError([Fault(Text(sv, en), Text(remedy_sv, remedy_en))])


class _Field(fields.Field[Any]):
    """Words for what every field can lack. Metadata become part of the JSON Schema."""

    default_error_messages = {  # noqa: RUF012  (as the base declares it)
        "required": [_REQUIRED],
        "null": [_NULL],
    }


class Line(_Field):
    """A text of one line that may be empty; what looks the same is the same (NFC)."""

    def __init__(self, *, least: int = 0, most: int = 200, pattern: str = LINE, **options: Any) -> None:  # noqa: ANN401
        self._least, self._most, self._pattern = least, most, re.compile(pattern)
        described = {"type": "string", "maxLength": most, "pattern": pattern} | ({"minLength": least} if least else {})
        super().__init__(**_described(options, described))

    def _deserialize(self, value: object, *_: object, **__: object) -> str:
        if not isinstance(value, str):
            _wrong_type("en text", "a text")
        if not self._least <= len(value) <= self._most:
            sv, en = f"Skriv {self._least} till {self._most}.", f"Write {self._least} to {self._most}."
            refuse(f"Texten har {len(value)} tecken.", f"The text has {len(value)} characters.", sv, en)
        if self._pattern.search(value) is None:
            self._refuse()
        return unicodedata.normalize("NFC", value)

    def _refuse(self) -> NoReturn:
        sv, en = f"Den ska passa {self._pattern.pattern}", f"It is to match {self._pattern.pattern}"
        refuse("Texten har inte rätt form.", "The text is not of the right form.", sv, en)


class Words(Line):
    """A text of one line that says something; it neither begins nor ends with a space."""

    def __init__(self, *, most: int = 2000, **options: Any) -> None:  # noqa: ANN401  (as the base's)
        super().__init__(least=1, most=most, pattern=WORDS, **options)

    def _refuse(self) -> NoReturn:
        sv = "Ta bort mellanslag i början och slutet och tecken som inte syns."
        en = "Remove spaces at the beginning and the end, and characters that cannot be seen."
        refuse("Texten har inte rätt form.", "The text is not of the right form.", sv, en)


class Key(Line):
    """A stable name of the region's: lower case a to z, digits, single hyphens."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  (as the base's)
        super().__init__(least=1, most=80, pattern=KEY, **options)

    def _refuse(self) -> NoReturn:
        refuse(
            "Det är ingen nyckel.",
            "It is no key.",
            'Skriv a till z, siffror och enkla bindestreck: "upplands-vasby".',
            'Write a to z, digits and single hyphens: "upplands-vasby".',
        )


class Day(_Field):
    """A day, ``YYYY-MM-DD``."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  (as the base's)
        super().__init__(**_described(options, {"type": "string", "format": "date", "pattern": _DAY}))

    def _deserialize(self, value: object, *_: object, **__: object) -> date:
        if isinstance(value, str) and re.search(_DAY, value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        sv, en = f"Skriv ÅÅÅÅ-MM-DD, från {FIRST_DAY} till {LAST_DAY}.", f"Write YYYY-MM-DD, {FIRST_DAY} to {LAST_DAY}."
        refuse("Det är ingen dag.", "It is no day.", sv, en)


class Moment(fields.Field[datetime]):
    """A moment in UTC, in answers alone."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  (as the base's)
        super().__init__(**_described(options, {"type": "string", "format": "date-time"}))


class Whole(_Field):
    """A whole number, never written as text."""

    def __init__(self, *, least: int = 0, most: int = 10**12 - 1, **options: Any) -> None:  # noqa: ANN401
        self._least, self._most = least, most
        super().__init__(**_described(options, {"type": "integer", "minimum": least, "maximum": most}))

    def _deserialize(self, value: object, *_: object, **__: object) -> int:
        whole = int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value
        if type(whole) is int and self._least <= whole <= self._most:
            return whole
        sv, en = f"från {self._least} till {self._most}", f"from {self._least} to {self._most}"
        refuse("Det är inget sådant heltal.", "It is no such whole number.", f"Ge ett {sv}.", f"Give one {en}.")


class AskedWhole(Whole):
    """A whole number in an address, where every value is text."""

    def _deserialize(self, value: object, *_: object, **__: object) -> int:
        return super()._deserialize(int(value) if isinstance(value, str) and re.search(_WHOLE, value) else value)


class Truth(_Field):
    """True or false, and nothing that resembles them."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  (as the base's)
        super().__init__(**_described(options, {"type": "boolean"}))

    def _deserialize(self, value: object, *_: object, **__: object) -> bool:
        if isinstance(value, bool):
            return value
        sv, en = "Skriv true eller false.", "Write true or false."
        refuse("Det är varken sant eller falskt.", "It is neither true nor false.", sv, en)


class Choice(_Field):
    """One of a few words."""

    def __init__(self, words: type[StrEnum] | tuple[str, ...], **options: Any) -> None:  # noqa: ANN401
        self._words = tuple(str(word) for word in words)
        super().__init__(**_described(options, {"type": "string", "enum": list(self._words)}))

    def _deserialize(self, value: object, *_: object, **__: object) -> str:
        if isinstance(value, str) and value in self._words:
            return value
        words = ", ".join(self._words)
        refuse("Det är inget av orden.", "It is none of the words.", f"Välj bland {words}.", f"Choose among {words}.")


class Identifier(_Field):
    """The id of something, a UUID in its usual form."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  (as the base's)
        super().__init__(**_described(options, {"type": "string", "format": "uuid", "pattern": _UUID}))

    def _deserialize(self, value: object, *_: object, **__: object) -> UUID:
        if isinstance(value, str) and re.search(_UUID, value):
            return UUID(value)
        refuse("Det är inget id.", "It is no id.", "Skriv ett UUID.", "Write a UUID.")


class Plain(_Field):
    """An object whose members another schema says: a model's settings."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  (as the base's)
        super().__init__(**_described(options, {"type": "object", "maxProperties": 200}))

    def _deserialize(self, value: object, *_: object, **__: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            _wrong_type("ett objekt", "an object")
        return cast("dict[str, Any]", value)


class Many(_Field, fields.List[Any]):
    """A list, of so many at most."""

    default_error_messages = {  # noqa: RUF012  (as the base declares it)
        "invalid": [Fault(Text("Det är ingen lista.", "It is no list."), Text("Skriv [ ].", "Write [ ]."))]
    }

    def __init__(self, inner: fields.Field[Any], *, least: int = 0, most: int = 1000, **options: Any) -> None:  # noqa: ANN401
        self._least, self._most = least, most
        described = {"maxItems": most} | ({"minItems": least} if least else {})
        super().__init__(inner, **_described(options, described))

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:  # noqa: ANN401
        if isinstance(value, list) and not self._least <= len(value) <= self._most:
            sv, en = f"Ge {self._least} till {self._most}.", f"Give {self._least} to {self._most}."
            refuse(f"Listan har {len(value)} delar.", f"The list has {len(value)} items.", sv, en)
        return super()._deserialize(value, attr, data, **kwargs)


class Part(_Field, fields.Nested):
    """An object inside another."""

    default_error_messages = {  # noqa: RUF012  (as the base declares it)
        "type": [Fault(Text("Det är inget objekt.", "It is no object."), Text("Skriv { }.", "Write { }."))]
    }

    def __init__(self, schema: type[Schema], **options: Any) -> None:  # noqa: ANN401  (as the base's)
        super().__init__(schema, **_described(options, {}))


def _described(options: dict[str, Any], schema: Mapping[str, object]) -> dict[str, Any]:
    """Add what the JSON Schema says to a field's metadata; ``about`` is its description."""
    metadata: dict[str, Any] = {**schema, **options.pop("metadata", {})}
    if "enum" in metadata and options.get("allow_none"):
        metadata["enum"] = [*metadata["enum"], None]
    about = options.pop("about", None)
    if about:
        metadata["description"] = about
    return {**options, "metadata": metadata}


def _wrong_type(sv: str, en: str) -> NoReturn:
    refuse(f"Det är inte {sv}.", f"It is not {en}.", f"Ge {sv}.", f"Give {en}.")
