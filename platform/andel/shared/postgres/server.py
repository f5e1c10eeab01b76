"""A PostgreSQL server that belongs to the process that started it."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from andel.shared.postgres.address import DatabaseAddress
from andel.shared.postgres.binaries import find_binaries, reachable
from andel.shared.postgres.cluster import SUPERUSER, check_version, make_cluster, read_password
from andel.shared.postgres.errors import PostgresError, explained
from andel.shared.postgres.folders import find_state, forget_move, place_state, temporary_state
from andel.shared.postgres.postmaster import live_postmaster, refuse_if_in_use
from andel.shared.postgres.process import locked, start_process
from andel.shared.postgres.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from andel.shared.postgres.binaries import Binaries
    from andel.shared.postgres.folders import Folders
    from andel.shared.postgres.process import ServerProcess


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Whether a server runs, and where; ``pid`` and ``port`` are None when it does not."""

    running: bool
    pid: int | None = None
    port: int | None = None


class Server:
    """A PostgreSQL server that ends with the process that started it, even when that is killed.

    ``with Server(Path("var/postgres")) as server`` keeps its data; ``with Server.temporary() as server`` removes
    them. Only the process that called ``start`` may stop it: in a forked child ``stop`` does nothing.
    """

    def __init__(
        self,
        state: Path | None,
        *,
        settings: Settings | None = None,
        binaries: Binaries | None = None,
        user: str | None = None,
        patience: float = 10.0,
    ) -> None:
        """Describe a server; nothing is touched before ``start``.

        Args:
            state: The folder for data, password and log, made when missing; None for a temporary one.
            settings: What can be set; the default keeps data through a crash of the machine.
            binaries: PostgreSQL's programs; the default is ``find_binaries()``.
            user: The account for the server when we are root; the default is ``account_for``'s choice.
            patience: Seconds to wait for the server of a killed parent that is still ending.
        """
        self._state = state
        self._settings = settings or Settings()
        self._binaries = binaries
        self._user = user
        self._patience = patience
        self._process: ServerProcess | None = None

    @classmethod
    def temporary(
        cls, *, settings: Settings | None = None, binaries: Binaries | None = None, user: str | None = None
    ) -> Self:
        """Describe a server whose data live as long as it does; fast and not durable by default."""
        return cls(None, settings=settings or Settings(durable=False), binaries=binaries, user=user)

    @explained()
    def start(self) -> Self:
        """Start the server and return when it accepts connections; does nothing when it runs.

        Raises:
            WrongVersionError: The data were made by another major version.
            DataInUseError: Another live server uses the data.
            StartError: PostgreSQL ended, or was not ready in time.
            PostgresError: The programs, an account or a folder are not as needed.
        """
        if self.status().running:
            return self
        self.stop()
        folders = self._place()
        try:
            binaries = reachable(self._binaries or find_binaries(), folders.account)
            with locked(folders, patience=self._patience) as lock:
                self._prepare(folders, binaries, lock)
                self._process = start_process(
                    folders, binaries, self._settings, lock=lock, temporary=self._state is None
                )
        except BaseException:
            self._clear(folders)
            raise
        return self

    def stop(self) -> None:
        """Disconnect all clients, stop the server in order and, when it is temporary, remove its data."""
        process = self._process
        if process is None or process.owner != os.getpid():
            return
        self._process = None
        process.end(patience=self._patience)
        self._clear(process.folders)

    def status(self) -> Status:
        """Tell whether the server that this object started runs."""
        process = self._process
        if process is None or not process.is_alive():
            return Status(running=False)
        return Status(running=True, pid=process.pid, port=process.port)

    @property
    def state(self) -> Path:
        """The folder that holds the data of the running server, which may be a stand-in.

        Raises:
            PostgresError: The server does not run.
        """
        return self._require().folders.state

    def address(self, database: str = "postgres", *, tcp: bool = False) -> DatabaseAddress:
        """Return the superuser's address of a database, by socket or by TCP on 127.0.0.1.

        Raises:
            PostgresError: The server does not run.
        """
        process = self._require()
        return DatabaseAddress(
            host="127.0.0.1" if tcp else str(process.socket_folder),
            port=process.port,
            database=database,
            user=SUPERUSER,
            password=read_password(process.folders.password),
        )

    @explained()
    def destroy(self) -> None:
        """Stop the server and remove its data, password and log for good, wherever they were placed.

        Raises:
            DataInUseError: Another live server uses the data.
        """
        self.stop()
        if self._state is None or find_state(self._state) is None:
            return
        folders = self._place()
        with locked(folders, patience=self._patience):
            refuse_if_in_use(folders.data)
            folders.remove()
        forget_move(self._state)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _place(self) -> Folders:
        if self._state is None:
            return temporary_state(user=self._user)
        return place_state(self._state, user=self._user)

    def _prepare(self, folders: Folders, binaries: Binaries, lock: int) -> None:
        if folders.data.exists():
            check_version(folders.data, binaries)
            read_password(folders.password)
            refuse_if_in_use(folders.data)
        else:
            make_cluster(folders, binaries, durable=self._settings.durable, lock=lock)

    def _clear(self, folders: Folders) -> None:
        if self._state is None:
            shutil.rmtree(folders.state, ignore_errors=True)

    def _require(self) -> ServerProcess:
        if self._process is None or not self._process.is_alive():
            what = "The PostgreSQL server does not run."
            raise PostgresError(what, where=str(self._state or "temporary"), remedy="Start it first.")
        return self._process


@explained()
def running_address(state: Path, *, database: str = "postgres") -> DatabaseAddress | None:
    """Return the superuser's address on the server that any process runs on a state folder, or None.

    For a command beside ``make demo``: it needs the right to read the password.

    Raises:
        PostgresError: We may not look into the folder or read the password.
    """
    place = find_state(state)
    found = live_postmaster(place / "data") if place else None
    if place is None or found is None or not found.ready:
        return None
    return DatabaseAddress(
        host=found.socket_folder,
        port=found.port,
        database=database,
        user=SUPERUSER,
        password=read_password(place / "password"),
    )
