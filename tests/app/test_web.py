from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from andel.app.web import KNOWN_SECONDS, UNKNOWN_SECONDS, DatabaseRegions, create_app
from andel.host.registry import Registry
from andel.host.view import TenantView
from andel.parties.pages import UnknownRegionError
from andel.parties.tables import ProfileRow
from andel.shared.database import RegionUnavailableError, control_transaction
from andel.shared.web.setup import SWEDEN
from andel.tenancy.service.databases import Databases
from andel.tenancy.tables import Lifecycle, TenantRow

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=SWEDEN)


class WithoutSkane:
    """The regions, of which one has lost its database."""

    def __init__(self, regions: DatabaseRegions) -> None:
        self._regions = regions

    @property
    def registry(self) -> Registry:
        return self._regions.registry

    def names(self) -> tuple[str, ...]:
        return self._regions.names()

    @contextmanager
    def open(self, tenant: str, *, writing: bool = False) -> Iterator[Session]:
        if tenant == "skane":
            raise RegionUnavailableError.about(tenant, "connection refused at 192.0.2.1")
        with self._regions.open(tenant, writing=writing) as session:
            yield session

    def view(self, tenant: str, session: Session) -> TenantView:
        return self._regions.view(tenant, session)


def test_a_region_whose_database_is_gone_is_closed_alone(peopled: DatabaseRegions) -> None:
    client = create_app(WithoutSkane(peopled), now=lambda: NOW).test_client()
    gone = client.get("/skane/?lang=sv")
    assert gone.status_code == 503
    page = gone.get_data(as_text=True)
    assert "Regionen är stängd för stunden" in page
    assert "andra regioner påverkas inte" in page
    assert "192.0.2.1" not in page
    assert client.get("/dalarna/").status_code == 200
    assert "Stängd för stunden" in client.get("/?lang=sv").get_data(as_text=True)


def test_a_program_is_told_of_it_as_a_problem(peopled: DatabaseRegions) -> None:
    client = create_app(WithoutSkane(peopled), now=lambda: NOW).test_client()
    answer = client.get("/skane/", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"


def test_the_page_of_an_unknown_region_is_of_no_region(peopled: DatabaseRegions) -> None:
    client = create_app(peopled, now=lambda: NOW).test_client()
    answer = client.get("/norrland/?lang=sv")
    assert answer.status_code == 404
    assert 'data-region="instans"' in answer.get_data(as_text=True)


@pytest.mark.usefixtures("region_db")
def test_a_region_that_nothing_is_applied_to_yet_says_so(peopled: DatabaseRegions) -> None:
    client = create_app(peopled, now=lambda: NOW).test_client()
    answer = client.get("/testlandet/?lang=sv")
    assert answer.status_code == 503
    assert "Regionen läggs upp" in answer.get_data(as_text=True)
    assert "Läggs upp" in client.get("/?lang=sv").get_data(as_text=True)


def test_a_region_that_rests_is_closed_and_one_that_is_closed_is_unknown(peopled: DatabaseRegions) -> None:
    own = DatabaseRegions(peopled.databases, registry=peopled.registry)
    try:
        with _state(peopled.databases, "skane", Lifecycle.SUSPENDED), pytest.raises(RegionUnavailableError):
            own.open("skane").__enter__()
        again = DatabaseRegions(peopled.databases, registry=peopled.registry)
        with _state(peopled.databases, "skane", Lifecycle.CLOSED), pytest.raises(UnknownRegionError):
            again.open("skane").__enter__()
        again.close()
    finally:
        own.close()


def test_where_regions_are_is_believed_for_a_while_and_that_one_is_missing_briefly(
    peopled: DatabaseRegions,
) -> None:
    time = [0.0]
    regions = DatabaseRegions(peopled.databases, registry=peopled.registry, clock=lambda: time[0])
    assert "skane" in regions.names()
    with _state(peopled.databases, "skane", Lifecycle.CLOSED):
        assert "skane" in regions.names()
        time[0] = KNOWN_SECONDS + 1
        assert "skane" not in regions.names()
    time[0] += UNKNOWN_SECONDS * 2
    with regions.open("skane"):
        pass
    regions.close()


def test_a_page_reads_in_a_transaction_that_cannot_write(peopled: DatabaseRegions) -> None:
    with pytest.raises(DBAPIError, match="read-only"), peopled.open("dalarna") as session:
        session.execute(update(ProfileRow).values(name="x"))


def test_what_a_region_may_use_is_what_its_database_says(peopled: DatabaseRegions) -> None:
    with peopled.open("stockholm") as session:
        assert peopled.view("stockholm", session).enabled == {"invoice-capped", "per-user"}


def test_health_is_told_without_a_region(peopled: DatabaseRegions) -> None:
    client = create_app(peopled, check=peopled.check, now=lambda: NOW).test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


@contextmanager
def _state(databases: Databases, tenant: str, state: Lifecycle) -> Iterator[None]:
    engine = databases.control_engine()
    try:
        with control_transaction(engine) as session:
            session.execute(update(TenantRow).where(TenantRow.key == tenant).values(state=state.value))
        yield
    finally:
        with control_transaction(engine) as session:
            session.execute(update(TenantRow).where(TenantRow.key == tenant).values(state=Lifecycle.ACTIVE.value))
        engine.dispose()
