"""Entity tags: a change names the version that it was made from, and a reader is told when nothing is new."""

from __future__ import annotations

import hashlib

from flask import g, request

from andel.shared.api.errors import PreconditionFailedError, PreconditionNeededError
from andel.shared.api.plain import as_json


def tag_of(body: bytes) -> str:
    """Return the tag of an answer's bytes."""
    return hashlib.sha256(body).hexdigest()[:32]


def must_name_version() -> None:
    """Refuse a change that does not name the version it was made from.

    Raises:
        PreconditionNeededError: there is no If-Match.
    """
    if not request.if_match and not request.if_match.star_tag:
        raise PreconditionNeededError.etag()
    g.andel_compared = False


def expect(current: object) -> None:
    """Compare what is there now, as it would be answered, with the version that the change was made from.

    Call it on a row that is locked, so that nobody changes it before this transaction does.

    Raises:
        PreconditionFailedError: it has been changed since.
    """
    if tag_of(as_json(current)) not in request.if_match:
        raise PreconditionFailedError.etag()
    g.andel_compared = True


def was_compared() -> bool:
    """Return whether the change has been compared with what is there."""
    return bool(g.get("andel_compared"))


def is_known(tag: str) -> bool:
    """Return whether the reader has this version already."""
    return request.method in {"GET", "HEAD"} and tag in request.if_none_match
