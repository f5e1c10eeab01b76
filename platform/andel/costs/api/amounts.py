"""What a component costs: budget lines and suppliers' invoices, read, added, corrected, ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from andel.costs.api.examples import COST, COST_SENT
from andel.costs.api.finding import component_row
from andel.costs.api.schemas.services import CostAnswer, CostOf, CostsAnswer, CostsQuery
from andel.costs.model import Cost
from andel.costs.service.changing import add_cost, correct_cost, end_cost
from andel.costs.tables import CostAmountRow, CostComponentRow
from andel.sdk.money import Money, parse_kronor
from andel.sdk.period import Period
from andel.shared.api import (
    ROOT,
    Answered,
    Inside,
    NotFoundError,
    Resources,
    Sort,
    expect,
    page_of_rows,
)
from andel.shared.api.changing import Changing, actor_of
from andel.shared.api.sources import source_of

READ: Final = "costs:read"
MANAGE: Final = "costs:manage"
ALL: Final = "/<tenant>/services/<service>/components/<component>/costs"
ONE: Final = f"{ALL}/<uuid:cost>"


def add_amounts(resources: Resources, changing: Changing) -> None:
    """Add the operations on costs."""
    _add_reading(resources)
    _add_adding(resources, changing)
    _add_changing(resources, changing)


def _add_reading(resources: Resources) -> None:
    @resources.get(
        ALL,
        scope=READ,
        sv="Lista en kostnadsdels kostnader",
        answers=CostsAnswer,
        example={"costs": [COST], "next": None},
        query=CostsQuery,
    )
    def list_costs(inside: Inside, query: Mapping[str, Any], service: str, component: str) -> Answered:
        """List what a component costs.

        Budget lines or suppliers' invoices, as its basis says, the earliest period first.
        """
        part = component_row(inside.session, service, component)
        sort = Sort((CostAmountRow.period_start, CostAmountRow.id))
        page = page_of_rows(inside.session, _chosen(part, query["revisions"]), sort, query)
        return Answered(body={"costs": [_answer(service, component, row) for row in page.rows], "next": page.next})

    @resources.get(ONE, scope=READ, sv="Läs en kostnad", answers=CostAnswer, example=COST, versioned=True)
    def read_cost(inside: Inside, service: str, component: str, cost: UUID) -> Answered:
        """Read a cost.

        Also one that has been superseded: `superseded_at` says when.
        """
        part = component_row(inside.session, service, component)
        return Answered(body=_answer(service, component, _row(inside.session, part, cost)))


def _add_adding(resources: Resources, changing: Changing) -> None:
    @resources.post(
        ALL, scope=MANAGE, sv="Lägg till en kostnad", answers=CostAnswer, example=COST, body=CostOf, sent=COST_SENT
    )
    def add_new_cost(inside: Inside, body: Mapping[str, Any], service: str, component: str) -> Answered:
        """Add a cost.

        A budget line or a supplier's invoice, as the component's basis says. Amounts that share days need a
        reference each.
        """
        part = component_row(inside.session, service, component)
        with changing(inside.session):
            made = add_cost(inside.session, part, _cost(body), by=actor_of(inside))
        row = _row(inside.session, part, made)
        return Answered(body=_answer(service, component, row), location=_place(inside, service, component, made))


def _add_changing(resources: Resources, changing: Changing) -> None:
    @resources.put(
        ONE,
        scope=MANAGE,
        sv="Rätta en kostnad",
        answers=CostAnswer,
        example=COST,
        body=CostOf,
        sent=COST_SENT,
        refusals=(409,),
    )
    def correct_the_cost(inside: Inside, body: Mapping[str, Any], service: str, component: str, cost: UUID) -> Answered:
        """Correct a cost.

        What it was is kept under its id. What counts now has an id of its own, in the answer and in Content-Location.
        """
        part = component_row(inside.session, service, component)
        row = _row(inside.session, part, cost, locked=True)
        expect(_answer(service, component, row))
        _must_count(row)
        with changing(inside.session):
            made = correct_cost(inside.session, part, row, _cost(body), by=actor_of(inside))
        new = _row(inside.session, part, made)
        return Answered(body=_answer(service, component, new), location=_place(inside, service, component, made))

    @resources.delete(ONE, scope=MANAGE, sv="Ta bort en kostnad", refusals=(409, 422))
    def end_the_cost(inside: Inside, service: str, component: str, cost: UUID) -> Answered:
        """End a cost.

        It no longer counts, and is kept as superseded. Refused when a stored result was made of it: correct it, and
        run the period again.
        """
        part = component_row(inside.session, service, component)
        row = _row(inside.session, part, cost, locked=True)
        expect(_answer(service, component, row))
        _must_count(row)
        with changing(inside.session):
            end_cost(inside.session, row, by=actor_of(inside))
        return Answered()


def _cost(body: Mapping[str, Any]) -> Cost:
    """Return the cost that was sent.

    Raises:
        PeriodError: its period has no days.
        SourceError: it says neither where it comes from nor that it is an example.
    """
    return Cost(
        period=Period(body["period"]["start"], body["period"]["end"]),
        ore=parse_kronor(body["amount"]["amount"]),
        source=source_of(body["source"]),
        reference=body.get("reference", ""),
    )


def _chosen(part: CostComponentRow, revisions: str) -> Select[Any]:
    chosen = select(*CostAmountRow.__table__.c).where(CostAmountRow.component_id == part.id)
    if revisions == "current":
        return chosen.where(CostAmountRow.superseded_at.is_(None))
    return chosen if revisions == "all" else chosen.where(CostAmountRow.superseded_at.is_not(None))


def _row(session: Session, part: CostComponentRow, cost: UUID, *, locked: bool = False) -> CostAmountRow:
    found = select(CostAmountRow).where(CostAmountRow.id == cost, CostAmountRow.component_id == part.id)
    row = session.scalars(found.with_for_update() if locked else found).one_or_none()
    if row is None:
        raise NotFoundError.here()
    return row


def _must_count(row: CostAmountRow) -> None:
    """Refuse to change what no longer counts."""
    if row.superseded_at is not None:
        raise NotFoundError.here()


def _answer(service: str, component: str, row: Any) -> dict[str, Any]:  # noqa: ANN401  (a row, or its columns)
    return {
        "id": row.id,
        "service": service,
        "component": component,
        "basis": row.basis,
        "period": Period(row.period_start, row.period_end),
        "amount": Money(row.ore, row.currency),
        "reference": row.reference,
        "source": {"title": row.source_title, "date": row.source_date, "example": row.source_example},
        "recorded_at": row.recorded_at,
        "superseded_at": row.superseded_at,
    }


def _place(inside: Inside, service: str, component: str, cost: UUID) -> str:
    return f"{ROOT}/{inside.tenant}/services/{service}/components/{component}/costs/{cost}"
