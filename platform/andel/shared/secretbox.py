"""Secrets that must be read again, sealed under keys that are kept outside the database and can be changed.

A sealed secret names what it is for, so that one that was copied to another row does not open there.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from andel.sdk.errors import AndelError

FOLDER_VARIABLE: Final = "ANDEL_KEYS_DIR"
KEYS_VARIABLE: Final = "ANDEL_KEYS"
_SUFFIX: Final = ".key"
_BETWEEN: Final = "\0"


class SecretBoxError(AndelError):
    """There is no usable key, or something sealed cannot be opened."""


@dataclass(frozen=True, slots=True)
class SecretBox:
    """Seals with the newest key and opens with any: a key is retired when everything has been sealed anew."""

    _keys: MultiFernet

    @classmethod
    def of(cls, keys: Sequence[str]) -> SecretBox:
        """Make a box of keys, the newest first.

        Raises:
            SecretBoxError: there is none, or one is no key.
        """
        if not keys:
            what = "There is no key to seal secrets with."
            raise SecretBoxError(what, remedy=f"Point {FOLDER_VARIABLE} at the folder of keys.")
        try:
            return cls(MultiFernet([Fernet(key) for key in keys]))
        except ValueError:
            what = "One of the keys is not 32 bytes in URL-safe base64."
            raise SecretBoxError(what, remedy="Make keys with andel.shared.secretbox.add_key.") from None

    @classmethod
    def from_folder(cls, folder: Path) -> SecretBox:
        """Make a box of the keys in a folder, ``*.key``: the last in the order of their names is the newest.

        Raises:
            SecretBoxError: there is none, or one cannot be read or is no key.
        """
        try:
            files = sorted(folder.glob(f"*{_SUFFIX}"), reverse=True)
            return cls.of([file.read_text(encoding="ascii").strip() for file in files])
        except (OSError, UnicodeDecodeError) as error:
            what = f"A key cannot be read: {error}."
            raise SecretBoxError(what, where=str(folder), remedy="Let the process read it, and nobody else.") from error

    @classmethod
    def from_environment(cls) -> SecretBox:
        """Read ``ANDEL_KEYS_DIR``, else ``ANDEL_KEYS``: keys with commas between, the newest first.

        Raises:
            SecretBoxError: neither is set, or what they name is no key.
        """
        folder = os.environ.get(FOLDER_VARIABLE)
        if folder:
            return cls.from_folder(Path(folder))
        return cls.of([key.strip() for key in os.environ.get(KEYS_VARIABLE, "").split(",") if key.strip()])

    def seal(self, secret: str, *, purpose: str) -> bytes:
        """Return the secret sealed; ``purpose`` names the row it belongs to and must be given to open it."""
        return self._keys.encrypt(f"{purpose}{_BETWEEN}{secret}".encode())

    def open(self, sealed: bytes, *, purpose: str) -> str:
        """Return the secret.

        Raises:
            SecretBoxError: it was sealed under a key that is gone, or for another purpose, or was changed.
        """
        try:
            found, between, secret = self._keys.decrypt(sealed).decode().partition(_BETWEEN)
        except InvalidToken:
            found, between, secret = "", "", ""
        if not between or found != purpose:
            what = "A sealed secret cannot be opened."
            raise SecretBoxError(what, where=purpose, remedy="Bring back the key it was sealed with, or set it anew.")
        return secret

    def reseal(self, sealed: bytes) -> bytes:
        """Return the same secret under the newest key.

        Raises:
            SecretBoxError: it was sealed under a key that is gone, or was changed.
        """
        try:
            return self._keys.rotate(sealed)
        except InvalidToken:
            what = "A sealed secret cannot be opened."
            raise SecretBoxError(what, remedy="Bring back the key it was sealed with, or set it anew.") from None


def add_key(folder: Path, now: datetime) -> Path:
    """Add a new key to a folder, to be the newest from now on, and return its file."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".new-")
    with os.fdopen(descriptor, "wb") as file:
        file.write(Fernet.generate_key())
    return Path(name).rename(folder / f"{now:%Y%m%dT%H%M%S%f}{_SUFFIX}")
