"""Charges: what each organization is to pay, and why. The database itself keeps each organization's to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from andel.costs.api.allocations import filtered, named, period_of, scalars, stored_allocation
from andel.costs.api.examples import CHARGE, CHARGE_WORKINGS
from andel.costs.api.schemas.results import (
    ChargeAnswer,
    ChargesAnswer,
    ChargesQuery,
    ChargeWorkingsAnswer,
    OwnChargesQuery,
)
from andel.costs.model.table import steps
from andel.costs.service.stored import workings_of
from andel.costs.tables import AllocationRow, ChargeRow, CostComponentRow, ServiceRow
from andel.parties.tables import OrganizationRow
from andel.sdk.money import Money
from andel.sdk.text import Text
from andel.sdk.workings import Workings
from andel.shared.api import Answered, Inside, NotFoundError, Resources, Sort, page_of_rows

READ: Final = "costs:read"
ONE: Final = "/<tenant>/allocations/<uuid:allocation>/charges/<organization>"
_payer = aliased(OrganizationRow)


def add_charges(resources: Resources) -> None:
    """Add the operations on charges."""
    _add_lists(resources)
    _add_one(resources)


def _add_lists(resources: Resources) -> None:
    @resources.get(
        "/<tenant>/charges",
        scope=READ,
        sv="Lista debiteringar",
        answers=ChargesAnswer,
        example={"charges": [CHARGE], "next": None},
        query=ChargesQuery,
    )
    def list_charges(inside: Inside, query: Mapping[str, Any]) -> Answered:
        """List the charges.

        Those that count, unless others are asked for: what each organization is to pay by each allocation. A program
        of a municipality sees its own organization's, its districts' and those of whom it pays for.
        """
        chosen = filtered(_charges(), query)
        if "organization" in query:
            chosen = chosen.where(OrganizationRow.key == query["organization"])
        if "payer" in query:
            chosen = chosen.where(_payer.key == query["payer"])
        sort = Sort((ChargeRow.organization_id, ChargeRow.allocation_id))
        page = page_of_rows(inside.session, chosen, sort, query)
        return Answered(body={"charges": [_answer(row) for row in page.rows], "next": page.next})

    @resources.get(
        "/<tenant>/allocations/<uuid:allocation>/charges",
        scope=READ,
        sv="Lista en fördelnings debiteringar",
        answers=ChargesAnswer,
        example={"charges": [CHARGE], "next": None},
        query=OwnChargesQuery,
    )
    def list_charges_of_allocation(inside: Inside, query: Mapping[str, Any], allocation: UUID) -> Answered:
        """List the charges of an allocation.

        In the order of its worked table; as far as the program may see them.
        """
        stored_allocation(inside.session, allocation)
        chosen = _charges().where(ChargeRow.allocation_id == allocation)
        page = page_of_rows(inside.session, chosen, Sort((ChargeRow.workings_row,)), query)
        return Answered(body={"charges": [_answer(row) for row in page.rows], "next": page.next})


def _add_one(resources: Resources) -> None:
    @resources.get(ONE, scope=READ, sv="Läs en debitering", answers=ChargeAnswer, example=CHARGE, versioned=True)
    def read_charge(inside: Inside, allocation: UUID, organization: str) -> Answered:
        """Read a charge.

        What one organization is to pay by one allocation.
        """
        return Answered(body=_answer(_row(inside.session, allocation, organization)))

    @resources.get(
        f"{ONE}/workings",
        scope=READ,
        sv="Läs varför en debitering är som den är",
        answers=ChargeWorkingsAnswer,
        example=CHARGE_WORKINGS,
        versioned=True,
    )
    def read_workings_of_charge(inside: Inside, allocation: UUID, organization: str) -> Answered:
        """Read the workings of a charge.

        Why the organization pays what it pays: its row of the worked table with exact values, and the steps to the
        amount in words, inputs with their sources first.
        """
        row = _row(inside.session, allocation, organization)
        stored = stored_allocation(inside.session, allocation)
        workings = workings_of(inside.session, stored.workings_digest)
        body = {
            "allocation": row.allocation_id,
            "organization": row.organization,
            "amount": Money(row.ore, row.currency),
            "model": stored.model,
            "model_version": stored.model_version,
            "digest": stored.workings_digest,
            "scalars": scalars(workings),
            "row": _own(workings, organization),
            "steps": _steps(workings, organization),
        }
        return Answered(body=body)


def _charges() -> Select[Any]:
    columns: tuple[Any, ...] = ChargeRow.organization_id, ChargeRow.allocation_id, ChargeRow.workings_row, ChargeRow.ore
    of_allocation = (
        AllocationRow.period_start,
        AllocationRow.period_end,
        AllocationRow.revision,
        AllocationRow.is_current,
        AllocationRow.currency,
    )
    names = (
        OrganizationRow.key.label("organization"),
        _payer.key.label("payer"),
        ServiceRow.key.label("service"),
        CostComponentRow.key.label("component"),
    )
    return (
        select(*columns, *of_allocation, *names)
        .join(AllocationRow, AllocationRow.id == ChargeRow.allocation_id)
        .join(CostComponentRow, CostComponentRow.id == AllocationRow.component_id)
        .join(ServiceRow, ServiceRow.id == CostComponentRow.service_id)
        .join(OrganizationRow, OrganizationRow.id == ChargeRow.organization_id)
        .join(_payer, _payer.id == ChargeRow.payer_id)
    )


def _row(session: Session, allocation: UUID, organization: str) -> Any:  # noqa: ANN401  (a row of columns)
    """Return a charge.

    Raises:
        NotFoundError: there is none, or it is not the program's to see.
    """
    found = _charges().where(ChargeRow.allocation_id == allocation, OrganizationRow.key == organization)
    row = session.execute(found).one_or_none()
    if row is None:
        raise NotFoundError.here()
    return row


def _answer(row: Any) -> dict[str, Any]:  # noqa: ANN401  (a row of columns)
    return {
        "allocation": row.allocation_id,
        "organization": row.organization,
        "payer": row.payer,
        "service": row.service,
        "component": row.component,
        "period": period_of(row),
        "amount": Money(row.ore, row.currency),
        "revision": row.revision,
        "is_current": row.is_current,
        "workings_row": row.workings_row,
    }


def _own(workings: Workings, organization: str) -> list[dict[str, Any]]:
    index = workings.rows[organization]
    return [{**named(column), "value": column.value(index)} for column in workings.columns]


def _steps(workings: Workings, organization: str) -> list[dict[str, Any]]:
    both = zip(steps(workings, organization, lang="sv"), steps(workings, organization, lang="en"), strict=True)
    return [
        {
            "label": Text(sv.label, en.label),
            "value": Text(sv.value, en.value),
            "formula": Text(sv.formula, en.formula),
            "note": Text(sv.note, en.note),
            "source": sv.source,
        }
        for sv, en in both
    ]
