"""A request finds out who is there as the gate, and goes on as what they may see."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from andel.costs.tables import ChargeRow
from andel.shared.database import (
    Viewer,
    ViewerError,
    admitted_transaction,
    gate_transaction,
    region_transaction,
)
from andel.shared.database.names import GATE

WHO = text("SELECT current_user")


@pytest.fixture
def organizations(
    region_db: Engine,
    make_organizations: Callable[[Session, int], list[UUID]],
    make_component: Callable[[Session], UUID],
    allocate: Callable[..., UUID],
) -> list[UUID]:
    with region_transaction(region_db, Viewer.staff()) as session:
        made = make_organizations(session, 2)
        allocate(session, make_component(session), made)
    return made


def test_the_gate_is_a_role_of_its_own_that_sees_no_charges(region_db: Engine, organizations: list[UUID]) -> None:
    assert organizations
    with gate_transaction(region_db) as session:
        assert session.scalar(WHO) == GATE
        with pytest.raises(DBAPIError, match="permission denied"):
            session.scalar(select(func.count()).select_from(ChargeRow))


def test_whoever_is_admitted_goes_on_as_their_viewer(region_db: Engine, organizations: list[UUID]) -> None:
    asked: list[str | None] = []

    def admit(connection: Connection) -> tuple[Viewer, str]:
        asked.append(connection.scalar(WHO))
        return Viewer.member(organizations[0]), "guest"

    with admitted_transaction(region_db, admit) as (session, guest):
        assert (asked, guest) == ([GATE], "guest")
        assert session.scalar(WHO) == "andel_member"
        assert session.scalars(select(ChargeRow.organization_id)).all() == [organizations[0]]


def test_what_admitting_wrote_is_kept_with_the_rest_or_falls_with_it(
    region_db: Engine, organizations: list[UUID]
) -> None:
    domain = text("INSERT INTO verified_domain (domain, organization_id) VALUES (:domain, :organization)")

    def admit(connection: Connection) -> tuple[Viewer, None]:
        connection.execute(domain, {"domain": f"{uuid4()}.example", "organization": organizations[0]})
        return Viewer.staff(read_only=True), None

    def fail() -> None:
        with admitted_transaction(region_db, admit):
            raise RuntimeError

    with admitted_transaction(region_db, admit) as (session, _):
        assert session.scalar(text("SHOW transaction_read_only")) == "on"
    with pytest.raises(RuntimeError):
        fail()
    with region_transaction(region_db, Viewer.staff()) as session:
        assert session.scalar(text("SELECT count(*) FROM verified_domain")) == 1


@pytest.mark.parametrize("viewer", [None, "andel_staff", GATE])
def test_nobody_is_admitted_without_a_viewer(region_db: Engine, viewer: object) -> None:
    def admit(_: Connection) -> tuple[Viewer, None]:
        return viewer, None  # type: ignore[return-value]  # the mistake that is tested

    with pytest.raises(ViewerError, match="needs a viewer"), admitted_transaction(region_db, admit):
        pytest.fail("it was let in")


def test_whoever_is_turned_away_leaves_nothing_behind_on_the_connection(region_db: Engine) -> None:
    def admit(_: Connection) -> tuple[Viewer, None]:
        raise LookupError

    for _ in range(3):
        with pytest.raises(LookupError), admitted_transaction(region_db, admit):
            pytest.fail("it was let in")
    with region_db.connect() as connection:
        assert connection.scalar(WHO) == "andel_testlandet"
        with pytest.raises(DBAPIError, match="permission denied"):
            connection.execute(text("SELECT FROM web_session"))
