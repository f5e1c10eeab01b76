from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, func, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from andel.costs.tables import AllocationRow, ChargeRow, ComponentSettingsRow
from andel.shared.database import Viewer, new_id, region_transaction

Privileged = Callable[[Engine], AbstractContextManager[Connection]]


@dataclass(frozen=True)
class Costs:
    region_db: Engine
    component: UUID
    organizations: list[UUID]
    make: Callable[..., UUID]

    def allocate(self, **changed: Any) -> UUID:  # noqa: ANN401  (columns)
        with region_transaction(self.region_db, Viewer.staff()) as session:
            return self.make(session, self.component, changed.pop("organizations", self.organizations), **changed)


@pytest.fixture
def costs(
    region_db: Engine,
    make_organizations: Callable[[Session, int], list[UUID]],
    make_component: Callable[[Session], UUID],
    allocate: Callable[..., UUID],
) -> Costs:
    with region_transaction(region_db, Viewer.staff()) as session:
        return Costs(region_db, make_component(session), make_organizations(session, 4), allocate)


def line(costs: Costs, allocation: UUID, row: int, ore: int) -> dict[str, object]:
    payer = costs.organizations[row]
    return {
        "organization_id": payer,
        "allocation_id": allocation,
        "workings_row": row,
        "payer_id": payer,
        "ore": ore,
    }


def test_lines_that_add_up_are_committed(costs: Costs) -> None:
    costs.allocate()
    with region_transaction(costs.region_db, Viewer.staff()) as session:
        assert session.scalar(select(func.sum(ChargeRow.ore))) == 1000


@pytest.mark.parametrize(
    "wrong",
    [
        {"charged_ore": 999, "total_ore": 1049},
        {"charge_count": 5},
        {"organizations": []},
    ],
)
def test_lines_that_do_not_add_up_are_refused_at_commit(costs: Costs, wrong: dict[str, Any]) -> None:
    given = {"charged_ore": 1000, "charge_count": 4, "total_ore": 1050} | wrong
    with pytest.raises(IntegrityError, match="its lines hold"):
        costs.allocate(**given)


def test_without_the_trigger_an_ore_would_be_lost(costs: Costs, as_owner_of_all: Privileged) -> None:
    with as_owner_of_all(costs.region_db) as connection:
        connection.execute(text("DROP TRIGGER allocation_conserves ON allocation"))
        with Session(connection) as session:
            costs.make(session, costs.component, costs.organizations, charged_ore=999, total_ore=1049)
            session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            assert session.scalar(text("SELECT charged_ore - (SELECT sum(ore) FROM charge) FROM allocation")) == -1


def test_a_line_added_later_finds_no_row(costs: Costs, as_owner_of_all: Privileged) -> None:
    allocation = costs.allocate(organizations=costs.organizations[:3])
    with (
        pytest.raises(IntegrityError, match="no row in the workings"),
        region_transaction(costs.region_db, Viewer.staff()) as session,
    ):
        session.execute(insert(ChargeRow).values(line(costs, allocation, 3, 400)))
    taken = line(costs, allocation, 3, 400) | {"workings_row": 2}
    with (
        pytest.raises(IntegrityError, match="charge_allocation_id_workings_row_key"),
        region_transaction(costs.region_db, Viewer.staff()) as session,
    ):
        session.execute(insert(ChargeRow).values(taken))
    with as_owner_of_all(costs.region_db) as connection:
        connection.execute(text("DROP TRIGGER charge_belongs ON charge"))
        connection.execute(insert(ChargeRow).values(line(costs, allocation, 3, 400)))
        connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        assert connection.scalar(text("SELECT (SELECT sum(ore) FROM charge) - charged_ore FROM allocation")) == 400


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"region_ore": 49}, "allocation_split_check"),
        ({"total_ore": None}, "allocation_split_check"),
        ({"residual_ore": 0}, "allocation_split_check"),
        ({"kind": "tariff"}, "allocation_tariff_check"),
        (
            {"kind": "tariff", "total_ore": None, "region_ore": None, "supplier_cost_ore": 5, "residual_ore": 5},
            "allocation_tariff_check",
        ),
        (
            {"kind": "tariff", "total_ore": None, "region_ore": None, "residual_ore": 5},
            "allocation_tariff_check",
        ),
        ({"kind": "ceiling", "total_ore": None, "region_ore": None}, "allocation_ceiling_check"),
        ({"revision": 2}, "allocation_revision_check"),
        ({"currency": "kr"}, "allocation_currency_check"),
        ({"period_end": date(2026, 1, 1)}, "allocation_period_check"),
    ],
)
def test_an_allocation_whose_sums_do_not_meet_is_refused(
    costs: Costs, as_owner_of_all: Privileged, wrong: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        costs.allocate(**wrong)
    with as_owner_of_all(costs.region_db) as connection, Session(connection) as session:
        session.execute(text(f"ALTER TABLE allocation DROP CONSTRAINT {constraint}"))
        if "period_end" not in wrong:
            costs.make(session, costs.component, costs.organizations, **wrong)


@pytest.mark.parametrize(
    "right",
    [
        {"supplier_cost_ore": 900, "residual_ore": -100},
        {"supplier_cost_ore": None, "residual_ore": None},
    ],
)
def test_a_tariff_meets_its_residual_or_does_not_know_it(costs: Costs, right: dict[str, Any]) -> None:
    costs.allocate(kind="tariff", total_ore=None, region_ore=None, **right)
    with region_transaction(costs.region_db, Viewer.staff()) as session:
        assert session.scalars(select(AllocationRow.charged_ore)).all() == [1000]


def test_a_ceiling_has_no_charges(costs: Costs) -> None:
    ceiling = {"kind": "ceiling", "total_ore": None, "region_ore": None}
    allocation = costs.allocate(organizations=[], **ceiling)
    with (
        pytest.raises(IntegrityError, match="no row in the workings"),
        region_transaction(costs.region_db, Viewer.staff()) as session,
    ):
        session.execute(insert(ChargeRow).values(line(costs, allocation, 0, 1)))


# ---- one current result, and its corrections ----------------------------------------------------------------
def test_a_correction_ends_the_revision_before_it(costs: Costs) -> None:
    first = costs.allocate()
    second = costs.allocate(revision=2, supersedes_id=first, difference={"sv": "räknat om"})
    with region_transaction(costs.region_db, Viewer.staff()) as session:
        current = select(AllocationRow.id).where(AllocationRow.is_current)
        assert session.scalars(current).all() == [second]
        assert session.scalar(select(func.count()).select_from(AllocationRow)) == 2


def test_the_same_result_cannot_be_current_twice(costs: Costs) -> None:
    costs.allocate()
    with pytest.raises(IntegrityError, match=r"allocation_(current|revision)_key"):
        costs.allocate()


def test_two_current_results_cannot_charge_the_same_day(costs: Costs, as_owner_of_all: Privileged) -> None:
    costs.allocate()
    quarter = {"period_start": date(2026, 4, 1), "period_end": date(2026, 7, 1)}
    with pytest.raises(IntegrityError, match="allocation_charged_once"):
        costs.allocate(**quarter)
    costs.allocate(period_start=date(2027, 1, 1), period_end=date(2028, 1, 1))
    costs.allocate(purpose="settlement")
    with as_owner_of_all(costs.region_db) as connection, Session(connection) as session:
        session.execute(text("ALTER TABLE allocation DROP CONSTRAINT allocation_charged_once"))
        costs.make(session, costs.component, costs.organizations, **quarter)


@pytest.mark.parametrize("wrong", [{"revision": 3}, {"period_end": date(2026, 7, 1)}, {"purpose": "settlement"}])
def test_a_correction_follows_the_current_revision_of_the_same_period(costs: Costs, wrong: dict[str, Any]) -> None:
    first = costs.allocate()
    with pytest.raises(IntegrityError, match="is not the current one before it"):
        costs.allocate(**({"revision": 2, "supersedes_id": first, "difference": {}} | wrong))


def test_a_result_is_current_when_it_is_made(costs: Costs, as_owner_of_all: Privileged) -> None:
    with pytest.raises(IntegrityError, match="a new allocation is the current one"):
        costs.allocate(is_current=False)
    with as_owner_of_all(costs.region_db) as connection, Session(connection) as session:
        session.execute(text("DROP TRIGGER allocation_supersedes ON allocation"))
        costs.make(session, costs.component, costs.organizations, is_current=False)


def test_a_result_is_superseded_once(costs: Costs) -> None:
    first = costs.allocate()
    correction = {"revision": 2, "supersedes_id": first, "difference": {}}
    costs.allocate(**correction)
    with pytest.raises(IntegrityError, match="is not the current one before it"):
        costs.allocate(**correction)


def test_a_correction_that_comes_to_nothing_leaves_the_earlier_one_current(costs: Costs) -> None:
    def correct(first: UUID) -> None:
        with region_transaction(costs.region_db, Viewer.staff()) as session:
            copied = {column.name for column in AllocationRow.__table__.columns} - {"id", "revision", "is_current"}
            copied -= {"supersedes_id", "difference", "recorded_at"}
            columns = ", ".join(sorted(copied))
            session.execute(
                text(
                    f"INSERT INTO allocation (id, revision, supersedes_id, difference, {columns})"  # noqa: S608  (columns)
                    f" SELECT id, 2, id, '{{}}', {columns} FROM allocation WHERE id = :id ON CONFLICT DO NOTHING"
                ),
                {"id": first},
            )

    first = costs.allocate()
    with pytest.raises(IntegrityError, match="until another supersedes it"):
        correct(first)
    with region_transaction(costs.region_db, Viewer.staff()) as session:
        assert session.scalars(select(AllocationRow.is_current)).all() == [True]


def test_workings_are_what_their_digest_says(region_db: Engine) -> None:
    with (
        pytest.raises(IntegrityError, match="workings_digest_check"),
        region_transaction(region_db, Viewer.staff()) as session,
    ):
        session.execute(text("INSERT INTO workings (digest, canonical) VALUES (repeat('0', 64), '{}')"))


def test_two_settings_of_a_component_cannot_hold_on_the_same_day(costs: Costs, as_owner_of_all: Privileged) -> None:
    def settings(start: date, end: date | None) -> dict[str, object]:
        return {
            "id": new_id(),
            "component_id": costs.component,
            "valid_from": start,
            "valid_to": end,
            "model_version": "1",
            "settings": {},
            "digest": "0" * 64,
            "source_title": "test",
        }

    whole, late = settings(date(2026, 1, 1), None), settings(date(2026, 7, 1), None)
    with region_transaction(costs.region_db, Viewer.staff()) as session:
        session.execute(insert(ComponentSettingsRow).values(whole))
    with (
        pytest.raises(IntegrityError, match="component_settings_one_at_a_time"),
        region_transaction(costs.region_db, Viewer.staff()) as session,
    ):
        session.execute(insert(ComponentSettingsRow).values(late))
    with region_transaction(costs.region_db, Viewer.staff()) as session:
        session.execute(text("UPDATE component_settings SET superseded_at = now()"))
        session.execute(insert(ComponentSettingsRow).values([settings(date(2026, 1, 1), date(2026, 7, 1)), late]))
    with as_owner_of_all(costs.region_db) as connection:
        connection.execute(text("ALTER TABLE component_settings DROP CONSTRAINT component_settings_one_at_a_time"))
        connection.execute(insert(ComponentSettingsRow).values(settings(date(2026, 8, 1), None)))
