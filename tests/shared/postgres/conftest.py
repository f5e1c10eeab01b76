from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from andel.shared.postgres import Binaries, Server, Settings, find_binaries
from andel.shared.postgres.account import USER_VARIABLE, account_for
from andel.shared.postgres.binaries import BIN_VARIABLE
from andel.shared.postgres.folders import HOME_VARIABLE, temporary_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from andel.shared.postgres import DatabaseAddress

SYSTEM_15 = Path("/usr/lib/postgresql/15/bin")
NEEDS_15 = pytest.mark.skipif(not SYSTEM_15.is_dir(), reason="no PostgreSQL 15 on this machine")
FAST = Settings(durable=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Programs, and the state of a stopped server that they made."""

    binaries: Binaries
    state: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig:
    """What a test of servers works with: programs, made data to copy, a folder of its own."""

    binaries: Binaries
    made: Path
    place: Path
    servers: list[Server] = field(default_factory=list)

    def copy(self, name: str = "state") -> Path:
        """Copy the made state, owners and all, for a test that harms it or writes in it."""
        state = self.place / name
        subprocess.run(["/bin/cp", "-a", str(self.made), str(state)], check=True)  # noqa: S603 - a plain copy
        return state

    def server(self, state: Path | None = None, *, settings: Settings = FAST) -> Server:
        """Describe a server that is stopped when the test ends, on the made state unless another is given."""
        server = Server(state or self.made, settings=settings, binaries=self.binaries, patience=0.3)
        self.servers.append(server)
        return server

    def ask(self, address: DatabaseAddress, query: str) -> object:
        """Return the first value that a statement gives."""
        with psycopg.connect(address.conninfo(), autocommit=True) as connection:
            cursor = connection.execute(query.encode())
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None

    def comes_true(self, fact: Callable[[], bool], *, seconds: float = 10.0) -> bool:
        """Wait for something that must come true soon."""
        deadline = time.monotonic() + seconds
        while not fact():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True


@contextlib.contextmanager
def own_surroundings(home: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(HOME_VARIABLE, str(home))
        patch.delenv(BIN_VARIABLE, raising=False)
        patch.delenv(USER_VARIABLE, raising=False)
        yield


@pytest.fixture(scope="session")
def base() -> Iterator[Path]:
    """Give a folder that the server's account can enter, which pytest's own are not for root."""
    folder = temporary_folder(account_for(None), mode=0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def surroundings(base: Path) -> Iterator[None]:
    with own_surroundings(base / "home"):
        yield


@pytest.fixture
def place(base: Path) -> Iterator[Path]:
    """Give a fresh folder in which a test may make its state folders."""
    folder = temporary_folder(account_for(None), mode=0o711)
    folder = folder.rename(base / folder.name.removeprefix("andel-postgres-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a fresh folder in which programs can run, as those of a memory file system may not."""
    monkeypatch.setenv("TMPDIR", tempfile.gettempdir())
    folder = temporary_folder(account_for(None), mode=0o711)
    monkeypatch.delenv("TMPDIR")
    yield folder
    shutil.rmtree(folder)


def make(base: Path, bin_folder: Path | None) -> Made:
    with own_surroundings(base / "home"):
        binaries = find_binaries(bin_folder)
        state = base / f"made-{binaries.major}"
        with Server(state, settings=FAST, binaries=binaries):
            return Made(binaries=binaries, state=state)


@pytest.fixture(scope="session")
def embedded(base: Path) -> Made:
    return make(base, None)


@pytest.fixture(scope="session")
def system(base: Path) -> Made:
    return make(base, SYSTEM_15)


def rig_of(made: Made, place: Path) -> Iterator[Rig]:
    rig = Rig(binaries=made.binaries, made=made.state, place=place)
    yield rig
    for server in rig.servers:
        server.stop()


@pytest.fixture(params=["embedded", pytest.param("system", marks=NEEDS_15)])
def rig(request: pytest.FixtureRequest, place: Path) -> Iterator[Rig]:
    """Give a rig of the embedded PostgreSQL, and one of version 15 where the machine has it."""
    yield from rig_of(request.getfixturevalue(request.param), place)


@pytest.fixture
def embedded_rig(embedded: Made, place: Path) -> Iterator[Rig]:
    """Give a rig of the embedded PostgreSQL only."""
    yield from rig_of(embedded, place)
