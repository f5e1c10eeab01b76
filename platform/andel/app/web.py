"""The web application: every room's pages on one Flask application, around the regions of the instance."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import Final

from flask import Flask
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from andel.app.api import PROBLEMS as API_PROBLEMS
from andel.app.api import TokenGate, mount_api
from andel.app.health import health_pages
from andel.app.programs import mount_programs
from andel.app.signing import SignedRegions, SignIn, guard_pages, ordering, reader
from andel.costs.pages import cost_pages
from andel.host.registry import Registry, build_registry
from andel.host.view import TenantView
from andel.parties.pages import PROBLEMS, Regions, UnknownRegionError, marked, not_here, party_pages, surroundings
from andel.sdk.text import Text
from andel.shared.database import (
    DatabaseError,
    Engines,
    RegionAddress,
    RegionUnavailableError,
    Viewer,
    control_transaction,
    region_transaction,
)
from andel.shared.formats import Language
from andel.shared.problems import merged
from andel.shared.web import Frame, Link, configure
from andel.shared.web.setup import SWEDEN
from andel.tenancy.service.databases import Databases
from andel.tenancy.tables import EnabledPluginRow, Lifecycle, TenantRow

KNOWN_SECONDS: Final = 5.0
"""How long a process believes what it read about which regions there are, and where."""

UNKNOWN_SECONDS: Final = 0.2
"""How long it believes that a region is not there: one that has just been made is found at once."""

NAVIGATION: Final = (
    ("overview", "", Text("Översikt", "Overview")),
    ("services", "tjanster", Text("Tjänster", "Services")),
    ("parties", "parter", Text("Parter", "Parties")),
    ("facts", "underlag", Text("Underlag", "Figures")),
    ("models", "modeller", Text("Modeller", "Models")),
    ("runs", "korningar", Text("Körningar", "Runs")),
)
"""The pages of a region: key, address below the region's own, words."""


@dataclass
class DatabaseRegions:
    """The regions that the control database knows. Without sign-in, everyone is the region's staff."""

    databases: Databases
    registry: Registry = field(default_factory=build_registry)
    engines: Engines = field(default_factory=Engines)
    clock: Callable[[], float] = time.monotonic
    _control: Engine | None = field(default=None, init=False)
    _known: dict[str, RegionAddress | None] = field(default_factory=dict, init=False)
    _read_at: float = field(default=float("-inf"), init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def names(self) -> tuple[str, ...]:
        """Return the keys of the regions that have a database and are not closed."""
        return tuple(self._addresses())

    @contextmanager
    def open(self, tenant: str, *, writing: bool = False) -> Iterator[Session]:
        """Open a transaction in a region's database, for reading alone unless ``writing``.

        Raises:
            UnknownRegionError: there is no such region.
            RegionUnavailableError: the region rests, or its database is gone.
            RegionBehindError: its schema is older than this version of Andel needs.
        """
        with region_transaction(self.region(tenant), Viewer.staff(read_only=not writing)) as session:
            yield session

    def region(self, tenant: str) -> Engine:
        """Return the engine of a region's database.

        Raises:
            UnknownRegionError: there is no such region.
            RegionUnavailableError: the region rests.
        """
        known = self._addresses()
        if tenant not in known:
            known = self._addresses(within=UNKNOWN_SECONDS)
        if tenant not in known:
            what = Text(f'Det finns ingen region "{tenant}".', f'There is no region "{tenant}".')
            raise not_here(what, tenant, ((name, name) for name in known), kind=UnknownRegionError)
        address = known[tenant]
        if address is None:
            raise RegionUnavailableError.about(tenant, "suspended")
        return self.engines.region(address)

    def control(self) -> Engine:
        """Return the engine of the control database."""
        return self._engine()

    def view(self, tenant: str, session: Session) -> TenantView:
        """Return what the region may use, by what its database says."""
        return TenantView.of(self.registry, tenant, session.scalars(select(EnabledPluginRow.plugin)))

    def check(self) -> None:
        """Make sure that the control database answers.

        Raises:
            DatabaseError: it does not.
        """
        try:
            with control_transaction(self._engine()) as session:
                session.execute(text("SELECT 1"))
        except SQLAlchemyError as error:
            message = "The control database does not answer."
            raise DatabaseError(message, remedy="Start it, or mend ANDEL_DATABASE_URL.") from error

    def close(self) -> None:
        """Close all connections."""
        self.engines.close()
        if self._control is not None:
            self._control.dispose()

    def _engine(self) -> Engine:
        if self._control is None:
            self._control = self.databases.control_engine()
        return self._control

    def _addresses(self, *, within: float = KNOWN_SECONDS) -> dict[str, RegionAddress | None]:
        """Return where each region is, None for one that rests, as it stood at most so many seconds ago."""
        with self._lock:
            if self.clock() - self._read_at > within:
                self._known, self._read_at = self._read(), self.clock()
            return self._known

    def _read(self) -> dict[str, RegionAddress | None]:
        open_ones = select(TenantRow.key, TenantRow.placement, TenantRow.state).where(
            TenantRow.provisioned_at.is_not(None), TenantRow.state != Lifecycle.CLOSED
        )
        with control_transaction(self._engine()) as session:
            rows = session.execute(open_ones.order_by(TenantRow.key)).all()
        return {
            key: None if state == Lifecycle.SUSPENDED else self.databases.region_address(key, placement=placement)
            for key, placement, state in rows
        }


def create_app(
    regions: Regions,
    *,
    check: Callable[[], None] = lambda: None,
    now: Callable[[], datetime] = lambda: datetime.now(SWEDEN),
    mark_missing: bool = False,
    programs: TokenGate | None = None,
    sign_in: SignIn | None = None,
) -> Flask:
    """Make the application.

    Args:
        regions: the way into each region's data.
        check: raises when the process cannot serve, for ``/readyz``.
        now: the clock of the pages, in Swedish time.
        mark_missing: put brackets around a text without translation, for the tests of pages.
        sign_in: how people sign in; without it everyone who reaches the pages is the region's staff.
        programs: lets programs into the API, and directories in; without it there is none.
    """
    app = Flask("andel")
    kinds = (PROBLEMS, *API_PROBLEMS)
    frame_of = _frame if sign_in is None else _signed_frame
    seen = regions if sign_in is None else SignedRegions(regions)
    configure(app, frame_of=frame_of, language_of=_language, now=now, kinds=kinds, mark_missing=mark_missing)
    app.register_blueprint(health_pages(check))
    app.register_blueprint(party_pages(seen, now=now))
    orders = None if sign_in is None else ordering()
    app.register_blueprint(cost_pages(seen, now=now, ordering=orders, home_tells=sign_in is None))
    if programs is not None:
        mount_api(app, programs, regions, merged(kinds))
        mount_programs(app, programs)
    if sign_in is not None:
        guard_pages(app, sign_in)
    return app


def _frame() -> Frame:
    """Return what surrounds the page: the region that the request visits, or the instance when it visits none."""
    around = surroundings()
    if around is None:
        return Frame(unguarded=True)
    home = f"/{around.profile.key}/"
    return Frame(
        region=around.region,
        home=home,
        navigation=tuple(Link(key=key, text=words, href=f"{home}{path}") for key, path, words in NAVIGATION),
        strip=around.strip(marked()),
        footer=(Link(text=Text("Alla regioner", "All regions"), href="/"),),
        unguarded=True,
    )


def _signed_frame() -> Frame:
    """Return the same around whoever has signed in; the pages of a region are named to nobody else."""
    who, token = reader()
    around = _frame()
    navigation = around.navigation if who else ()
    return replace(around, viewer=who, csrf_token=token, navigation=navigation, unguarded=False)


def _language() -> Language:
    around = surroundings()
    return around.region.language if around else "sv"
