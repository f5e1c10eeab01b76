"""Read the JSON of a request strictly: one meaning or none.

Refused are two members of one name, depth and size past what any resource needs, NaN and Infinity, other encodings
than UTF-8, NUL and lone surrogates, which no text of the database can hold.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final, NoReturn

from andel.sdk.text import Text
from andel.shared.api.errors import MalformedError, TooLargeError

LARGEST: Final = 1_000_000
"""The most bytes of a body that are read."""

DEEPEST: Final = 32
"""How many objects and lists may stand inside each other."""

_BRACKETS: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_UNKEEPABLE: Final = re.compile("[\0\ud800-\udfff]")


def read_json(body: bytes) -> Any:  # noqa: ANN401  (plain data)
    """Return the data of a JSON text.

    Raises:
        TooLargeError: it has more than ``LARGEST`` bytes.
        MalformedError: it is no JSON in UTF-8, or one that could be read in two ways, or is too deep.
    """
    check_size(len(body))
    _check_depth(body)
    try:
        data = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise _malformed(Text("Texten är inte UTF-8.", "The text is not UTF-8.")) from None
    except json.JSONDecodeError as error:
        place = f"rad {error.lineno}, tecken {error.colno}", f"line {error.lineno}, character {error.colno}"
        raise _malformed(Text(f"JSON tar slut eller bryts: {place[0]}.", f"The JSON breaks off: {place[1]}.")) from None
    except ValueError:
        raise _malformed(Text("Ett tal är orimligt långt.", "A number is unreasonably long.")) from None
    _check_texts(data)
    return data


def check_size(size: int | None) -> None:
    """Refuse a body of more than ``LARGEST`` bytes, before it is read when its size is known.

    Raises:
        TooLargeError: it is larger.
    """
    if size is not None and size > LARGEST:
        what = Text(f"Mer än {LARGEST:_} byte tas inte emot.", f"No more than {LARGEST:_} bytes are received.")
        raise TooLargeError(what, remedy=Text("Dela upp det i flera anrop.", "Divide it into several requests."))


def _check_depth(body: bytes) -> None:
    depth = 0
    for found in _BRACKETS.finditer(body):
        sign = found[0]
        depth += (sign in {b"[", b"{"}) - (sign in {b"]", b"}"})
        if depth > DEEPEST:
            what = Text(f"Djupare än {DEEPEST} nivåer läses inte.", f"No more than {DEEPEST} levels are read.")
            raise _malformed(what)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _malformed(Text(f'"{twice[:80]}" står två gånger.', f'"{twice[:80]}" stands twice.'))
    return data


def _check_texts(data: object) -> None:
    if isinstance(data, str):
        if _UNKEEPABLE.search(data):
            what = Text(
                "En text har ett tecken som inte kan sparas (NUL).", "A text has a character (NUL) that cannot be kept."
            )
            raise _malformed(what)
    elif isinstance(data, dict):
        for name, value in data.items():
            _check_texts(name)
            _check_texts(value)
    elif isinstance(data, list):
        for value in data:
            _check_texts(value)


def _no_number(word: str) -> NoReturn:
    raise _malformed(Text(f"{word} är inget tal i JSON.", f"{word} is no number of JSON."))


def _malformed(what: Text) -> MalformedError:
    return MalformedError(
        what, where="body", remedy=Text("Sänd giltig JSON (RFC 8259).", "Send valid JSON (RFC 8259).")
    )
