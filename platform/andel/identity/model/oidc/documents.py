"""JSON that a stranger wrote, read strictly."""

from __future__ import annotations

import json
from typing import NoReturn

from andel.identity.model.oidc.refusals import Reason, RefusedError


def read_object(text: bytes, reason: Reason = Reason.NOT_JSON) -> dict[str, object]:
    """Return a JSON object. Refuse a name that stands twice: two readers could take each a different one.

    Raises:
        RefusedError: with the reason given.
    """
    try:
        read = json.loads(text.decode(), object_pairs_hook=_object, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise RefusedError(reason, f"no JSON: {type(error).__name__}") from error
    if not isinstance(read, dict):
        raise RefusedError(reason, "no JSON object")
    return read


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read = dict(pairs)
    if len(read) < len(pairs):
        message = "a name stands twice"
        raise ValueError(message)
    return read


def _no_number(word: str) -> NoReturn:
    message = f"{word} is no number"
    raise ValueError(message)
