"""Connections are shared by everybody; what one transaction may see never reaches the next."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Thread
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from andel.costs.tables import ChargeRow
from andel.shared.database import Engines, PoolSize, RegionAddress, Viewer, region_transaction, transactions
from andel.shared.database.engines import name_of

FORGOTTEN = -1.0
REQUESTS = 10_000 if os.environ.get("ANDEL_SOAK") else 2_000


@dataclass(frozen=True)
class Municipality:
    address: RegionAddress
    id: UUID


@pytest.fixture
def municipalities(
    region_db: Engine,
    second_region_db: Engine,
    make_organizations: Callable[[Session, int], list[UUID]],
    make_component: Callable[[Session], UUID],
    allocate: Callable[..., UUID],
) -> list[Municipality]:
    made = []
    for engine in (region_db, second_region_db):
        with region_transaction(engine, Viewer.staff()) as session:
            organizations = make_organizations(session, 2)
            allocate(session, make_component(session), organizations)
        made += [Municipality(RegionAddress(name_of(engine), engine.url), id_) for id_ in organizations]
    return made


@pytest.fixture
def engines() -> Iterator[Engines]:
    with Engines(limit=2, pool=PoolSize(kept=1, extra=0)) as kept:
        yield kept


def test_no_request_sees_a_row_of_another_region_or_municipality(
    municipalities: list[Municipality], engines: Engines
) -> None:
    seen = failed = 0
    chance = random.Random(20260701)  # noqa: S311  (no secret: the same run each time)
    for _ in range(REQUESTS):
        municipality = chance.choice(municipalities)
        try:
            rows = request(engines, municipality, broken=chance.random())
        except (LookupError, ZeroDivisionError, ProgrammingError):
            failed += 1
            continue
        assert rows == [municipality.id]
        seen += 1
        if chance.random() < 0.1:
            assert len(rows_of(engines, municipality, Viewer.staff())) == 2
    assert min(seen, failed) > REQUESTS / 10


def test_a_viewer_that_outlived_its_transaction_would_be_seen_by_the_next(
    municipalities: list[Municipality], engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "_BECOME", transactions._BECOME.replace("true", "false"))  # noqa: SLF001  (the guard that is removed)
    request(engines, municipalities[0], broken=1)
    assert request(engines, municipalities[1], broken=FORGOTTEN) == [municipalities[0].id]


def request(engines: Engines, municipality: Municipality, *, broken: float) -> list[UUID]:
    """Read as one municipality; a part of the requests breaks, before or inside the database, or has no viewer."""
    engine = engines.region(municipality.address)
    if broken == FORGOTTEN or 0.3 < broken < 0.4:
        with engine.connect() as connection:
            return list(connection.scalars(select(ChargeRow.organization_id)))
    with region_transaction(engine, Viewer.member(municipality.id)) as session:
        if broken < 0.1:
            raise LookupError
        rows = list(session.scalars(select(ChargeRow.organization_id)))
        if broken < 0.2:
            try:
                session.execute(text("SELECT 1 / 0"))
            except Exception as error:
                raise ZeroDivisionError from error
        if broken < 0.3:
            session.rollback()
            raise LookupError
        return rows


def rows_of(engines: Engines, municipality: Municipality, viewer: Viewer) -> list[UUID]:
    with region_transaction(engines.region(municipality.address), viewer) as session:
        return list(session.scalars(select(ChargeRow.organization_id)))


def test_threads_that_share_a_pool_of_one_wait_for_each_other(
    municipalities: list[Municipality], engines: Engines
) -> None:
    wrong: list[object] = []

    def work(municipality: Municipality) -> None:
        for _ in range(50):
            rows = request(engines, municipality, broken=1)
            if rows != [municipality.id]:
                wrong.append(rows)

    threads = [Thread(target=work, args=(municipality,)) for municipality in municipalities]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
