"""Secrets and tokens that programs show: how they look, and what is kept of them.

Each is 256 random bits, so its plain SHA-256 cannot be turned back and no slow hash is needed; a slow one would only
let anybody keep the processors busy. The prefix says what it is, for people and for scanners of leaked secrets, and
the last characters are a checksum: what was mistyped or made up is refused before the database is asked.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from zlib import crc32

_BYTES: Final = 32
_FORM: Final = re.compile(r"andel_(client|access|scim)_([A-Za-z0-9_-]{43})([0-9a-f]{8})")


class Credential(StrEnum):
    """What a program shows: a client's secret, an access token, or a directory's token."""

    CLIENT = "client"
    ACCESS = "access"
    SCIM = "scim"


@dataclass(frozen=True, slots=True)
class Minted:
    """A new secret: what is shown once, and the digest that is kept."""

    shown: str
    digest: bytes

    def __repr__(self) -> str:
        """Say nothing: what is logged by mistake must not let anybody in."""
        return "Minted(...)"


def mint(kind: Credential) -> Minted:
    """Make a secret."""
    body = f"andel_{kind}_{secrets.token_urlsafe(_BYTES)}"
    shown = f"{body}{crc32(body.encode()):08x}"
    return Minted(shown, hashlib.sha256(shown.encode()).digest())


def digest(shown: str, kind: Credential) -> bytes | None:
    """Return what a secret is looked up by; None when it is no secret of this kind at all."""
    found = _FORM.fullmatch(shown)
    if found is None or found[1] != kind:
        return None
    body = shown[:-8]
    if f"{crc32(body.encode()):08x}" != found[3]:
        return None
    return hashlib.sha256(shown.encode()).digest()
