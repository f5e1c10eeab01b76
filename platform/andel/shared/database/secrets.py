"""Passwords of database logins, kept outside every database."""

from __future__ import annotations

import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from andel.shared.database.errors import DatabaseError

FOLDER_VARIABLE: Final = "ANDEL_SECRETS_DIR"
_DEFAULT_FOLDER: Final = "var/secrets"


@dataclass(frozen=True, slots=True)
class Secrets:
    """A folder with one file per login, which only its owner may read, as a mounted secret is."""

    folder: Path

    @classmethod
    def from_environment(cls) -> Secrets:
        """Return the folder that ``ANDEL_SECRETS_DIR`` names, else ``var/secrets``."""
        return cls(Path(os.environ.get(FOLDER_VARIABLE) or _DEFAULT_FOLDER))

    def read(self, login: str) -> str:
        """Return the password of a login.

        Raises:
            DatabaseError: there is none, or it cannot be read.
        """
        try:
            return (self.folder / login).read_text(encoding="utf-8").strip()
        except OSError as error:
            what = f"The password of {login} cannot be read: {error.strerror}."
            remedy = f"Point {FOLDER_VARIABLE} at the folder of passwords, or run andel db init."
            raise DatabaseError(what, where=str(self.folder / login), remedy=remedy) from error

    def ensure(self, login: str) -> str:
        """Return the password of a login; make one when there is none. Two at once get the same."""
        path = self.folder / login
        if not path.exists():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # written whole before it has its name: a killed process leaves no half password
            descriptor, name = tempfile.mkstemp(dir=self.folder, prefix=".new-")
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(secrets.token_urlsafe(32))
            try:
                os.link(name, path)
            except FileExistsError:
                pass
            finally:
                Path(name).unlink()
        return self.read(login)
