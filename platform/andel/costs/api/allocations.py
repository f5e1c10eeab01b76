"""Allocations as they are stored, and their worked tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from andel.costs.api.examples import ALLOCATION, WORKINGS
from andel.costs.api.schemas.results import AllocationAnswer, AllocationsAnswer, AllocationsQuery, WorkingsAnswer
from andel.costs.api.sharing import Seen, seen_by
from andel.costs.model.difference import read_difference
from andel.costs.service.stored import StoredAllocation, result_of, workings_of
from andel.costs.tables import AllocationRow, CostComponentRow, Kind, ServiceRow
from andel.sdk.money import Money
from andel.sdk.period import Period
from andel.sdk.workings import Column, Remainder, Scalar, Workings
from andel.shared.api import Answered, Inside, NotFoundError, Resources, Sort, page_of_rows

READ: Final = "costs:read"
_SORTS: Final = {"recorded_at": (AllocationRow.id,), "period": (AllocationRow.period_start, AllocationRow.id)}


def add_allocations(resources: Resources) -> None:
    """Add the operations on allocations."""
    _add_reading(resources)

    @resources.get(
        "/<tenant>/allocations/<uuid:allocation>/workings",
        scope=READ,
        sv="Läs en fördelnings uträkning",
        answers=WorkingsAnswer,
        example=WORKINGS,
        versioned=True,
    )
    def read_workings(inside: Inside, allocation: UUID) -> Answered:
        """Read the workings of an allocation.

        The whole worked table: every input with its source, every formula and rounding point, who took the remainder.
        Values are exact fractions. Where the region keeps the others' shares to each, only the own rows are told.
        """
        stored = stored_allocation(inside.session, allocation)
        workings = workings_of(inside.session, stored.workings_digest)
        return Answered(body=_workings(stored, workings, seen_by(inside)))


def _add_reading(resources: Resources) -> None:
    @resources.get(
        "/<tenant>/allocations",
        scope=READ,
        sv="Lista fördelningar",
        answers=AllocationsAnswer,
        example={"allocations": [ALLOCATION], "next": None},
        query=AllocationsQuery,
    )
    def list_allocations(inside: Inside, query: Mapping[str, Any]) -> Answered:
        """List the allocations.

        Those that count, unless others are asked for; the latest first.
        """
        name = query["sort"].removeprefix("-")
        sort = Sort(_SORTS[name], down=query["sort"].startswith("-"))
        page = page_of_rows(inside.session, _chosen(query), sort, query)
        seen = seen_by(inside)
        found = [_answer(stored_allocation(inside.session, row.id), seen) for row in page.rows]
        return Answered(body={"allocations": found, "next": page.next})

    @resources.get(
        "/<tenant>/allocations/<uuid:allocation>",
        scope=READ,
        sv="Läs en fördelning",
        answers=AllocationAnswer,
        example=ALLOCATION,
        versioned=True,
    )
    def read_allocation(inside: Inside, allocation: UUID) -> Answered:
        """Read an allocation.

        What it came to, what made it, and how it differs from the revision that it supersedes.
        """
        return Answered(body=_answer(stored_allocation(inside.session, allocation), seen_by(inside)))


def stored_allocation(session: Session, allocation: UUID) -> StoredAllocation:
    """Return a stored allocation.

    Raises:
        NotFoundError: there is none of that id.
    """
    stored = result_of(session, allocation)
    if stored is None:
        raise NotFoundError.here()
    return stored


def filtered(chosen: Select[Any], query: Mapping[str, Any]) -> Select[Any]:
    """Return what a query of results leaves of a statement that joins allocation, component and service."""
    if "service" in query:
        chosen = chosen.where(ServiceRow.key == query["service"])
    if "component" in query:
        chosen = chosen.where(CostComponentRow.key == query["component"])
    if "year" in query:
        year = query["year"]
        first, end = date(year, 1, 1), date(year + 1, 1, 1)
        chosen = chosen.where(AllocationRow.period_start >= first, AllocationRow.period_start < end)
    if query["revisions"] != "all":
        chosen = chosen.where(AllocationRow.is_current.is_(query["revisions"] == "current"))
    return chosen


def named(value: Scalar | Column) -> dict[str, Any]:
    """Return what a value of workings says of itself, without the value."""
    return {
        "name": value.name,
        "label": value.label,
        "unit": value.unit,
        "formula": value.formula,
        "rounding": value.rounding,
        "source": value.source,
    }


def scalars(workings: Workings) -> list[dict[str, Any]]:
    """Return the values that hold for all organizations."""
    return [{**named(scalar), "value": scalar.value} for scalar in workings.scalars]


def _chosen(query: Mapping[str, Any]) -> Select[Any]:
    columns: list[Any] = [AllocationRow.id, AllocationRow.period_start]
    chosen = (
        select(*columns)
        .join(CostComponentRow, CostComponentRow.id == AllocationRow.component_id)
        .join(ServiceRow, ServiceRow.id == CostComponentRow.service_id)
    )
    if "kind" in query:
        chosen = chosen.where(AllocationRow.kind == query["kind"])
    if "run" in query:
        chosen = chosen.where(AllocationRow.run_id == query["run"])
    return filtered(chosen, query)


def _answer(stored: StoredAllocation, seen: Seen) -> dict[str, Any]:
    return {
        "id": stored.id,
        "service": stored.part[0],
        "component": stored.part[1],
        "period": stored.period,
        "purpose": stored.purpose,
        "revision": stored.revision,
        "is_current": stored.is_current,
        "kind": stored.kind,
        "whole": _money(stored.whole, stored),
        "charged": Money(stored.charged, stored.currency),
        "region_bears": None if stored.kind is Kind.CEILING else _money(stored.own, stored),
        "charge_count": stored.lines,
        "model": stored.model,
        "model_version": stored.model_version,
        "plugin": stored.plugin,
        "plugin_version": stored.plugin_version,
        "settings_digest": stored.settings_digest,
        "input_digest": stored.input_digest,
        "workings_digest": stored.workings_digest,
        "digest": stored.digest,
        "run": stored.run,
        "recorded_at": stored.recorded_at,
        "difference": _difference(stored, seen),
    }


def _difference(stored: StoredAllocation, seen: Seen) -> dict[str, Any] | None:
    if stored.difference is None:
        return None
    difference = read_difference(stored.difference)
    return {
        "amounts": [
            {"organization": key, "before": _money(before, stored), "after": _money(after, stored)}
            for key, before, after in difference.amounts
            if seen.sees(key)
        ],
        "causes": [{"cause": one.cause, "name": one.name, "reason": one.reason} for one in difference.changes],
    }


def _money(ore: int | None, stored: StoredAllocation) -> Money | None:
    return None if ore is None else Money(ore, stored.currency)


def _workings(stored: StoredAllocation, workings: Workings, seen: Seen) -> dict[str, Any]:
    rows = [index for index, key in enumerate(workings.parties) if seen.sees(key)]
    return {
        "allocation": stored.id,
        "digest": stored.workings_digest,
        "organizations": [workings.parties[index] for index in rows],
        "scalars": scalars(workings),
        "columns": [
            {**named(column), "role": column.role, "values": [column.value(index) for index in rows]}
            for column in workings.columns
        ],
        "remainders": [_remainder(one, seen) for one in workings.remainders],
        "findings": [{"code": one.code, "text": one.text} for one in workings.findings if seen.everybody],
        "is_complete": seen.everybody,
    }


def _remainder(remainder: Remainder, seen: Seen) -> dict[str, Any]:
    return {
        "column": remainder.column,
        "method": remainder.method,
        "units": remainder.units,
        "takers": [key for key in remainder.takers if seen.sees(key)],
    }


def period_of(row: Any) -> Period:  # noqa: ANN401  (a row of columns)
    """Return the period of a row that has its first day and the day after its last."""
    return Period(row.period_start, row.period_end)
