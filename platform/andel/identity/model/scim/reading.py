"""From the bytes of a request to plain data that nothing later has to fear."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import Any, Final

from andel.identity.model.scim.errors import ScimError, syntax, value

LARGEST_BODY: Final = 1 << 20
"""Bytes. A group of 10,000 members named in one operation fits."""

DEEPEST: Final = 12
LONGEST_TEXT: Final = 1024
MOST_NODES: Final = 50_000

_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def read_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a request's body.

    Attribute names are case-insensitive (RFC 7643 section 2.1), so two names that differ in case alone are the same
    name twice: which of the two values counts would be a guess.

    Raises:
        ScimError: too large, no JSON, no object, too deep, a name twice, or text that no column can hold.
    """
    if len(body) > LARGEST_BODY:
        what = f"The body is larger than {LARGEST_BODY} bytes."
        raise ScimError(what, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE, remedy="Send it in several requests.")
    try:
        data = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number, parse_float=_whole)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        what = "The body is no JSON."
        raise syntax(what, remedy="Send one object, in UTF-8.") from error
    if not isinstance(data, dict):
        what = "The body is no JSON object."
        raise syntax(what)
    _look_through(data)
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name.lower() for name, _ in pairs}) < len(pairs):
        what = "A name stands twice in one object; upper and lower case are the same."
        raise syntax(what)
    return dict(pairs)


def _no_number(word: str) -> object:
    message = f"{word} is no number."
    raise ValueError(message)


def _whole(digits: str) -> object:
    message = f"{digits} is no whole number: no attribute holds others."
    raise ValueError(message)


def _look_through(data: dict[str, Any]) -> None:
    """Walk the data without recursion, level by level."""
    level: list[Any] = [data]
    seen = 0
    for depth in range(DEEPEST + 1):
        seen += len(level)
        if seen > MOST_NODES:
            what = f"The body holds more than {MOST_NODES} values."
            raise ScimError(what, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE, remedy="Send it in several requests.")
        below: list[Any] = []
        for node in level:
            if isinstance(node, dict):
                below += [*node, *node.values()]
            elif isinstance(node, list):
                below += node
            elif isinstance(node, str):
                checked_text(node)
        if not below:
            return
        level = below
        if depth == DEEPEST:
            break
    what = f"The body is nested deeper than {DEEPEST} levels."
    raise syntax(what)


def checked_text(text: str) -> str:
    """Return text that every column can hold.

    Raises:
        ScimError: it is too long, or holds a control character or half a character.
    """
    if len(text) > LONGEST_TEXT:
        what = f"A text is longer than {LONGEST_TEXT} characters."
        raise value(what)
    if _FORBIDDEN.search(text):
        what = "A text holds a control character or half a character."
        raise value(what)
    return text
