"""Runs: ordered, and followed until every part is done or has failed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from andel.costs.api.examples import PERIOD, RUN
from andel.costs.api.schemas.results import RunOf, RunsAnswer, RunsQuery, WholeRunAnswer
from andel.costs.model.complaints import plain_complaints
from andel.costs.service.running import Run, RunItem, order_run, read_run
from andel.costs.tables import AllocationRunRow, ItemState, RunItemRow
from andel.parties.pages import Regions
from andel.sdk.period import Period
from andel.sdk.text import Text
from andel.shared.api import ROOT, Answered, Inside, NotFoundError, Resources, Sort, page_of_rows
from andel.shared.api.changing import actor_of
from andel.shared.audit import Entry, append

READ: Final = "costs:read"
ALLOCATE: Final = "costs:allocate"
ORDERED_BY: Final = Text("ett program, genom API:et", "a program, by the API")
"""Who orders a run, as it is stored: in Swedish, as a role is."""


def add_runs(resources: Resources, regions: Regions) -> None:
    """Add the operations on runs."""
    _add_ordering(resources, regions)
    _add_reading(resources)


def _add_ordering(resources: Resources, regions: Regions) -> None:
    @resources.post(
        "/<tenant>/runs",
        scope=ALLOCATE,
        sv="Beställ en körning",
        answers=WholeRunAnswer,
        example=RUN,
        status=202,
        body=RunOf,
        sent={"period": PERIOD, "services": ["synergi"]},
    )
    def order_a_run(inside: Inside, body: Mapping[str, Any]) -> Answered:
        """Order a run.

        Allocates the costs of a period: a worker takes it on as soon as it is ordered, and does one component after
        another. Follow it at `Location`. While it is open, the same order is the same run. What is stored and was
        made from the same is left as it is; a correction becomes the next revision.
        """
        period = Period(body["period"]["start"], body["period"]["end"])
        ordered = order_run(
            inside.session,
            period,
            view=lambda session: regions.view(inside.tenant, session),
            ordered_by=ORDERED_BY.sv,
            services=body.get("services"),
        )
        run = ordered.run
        if ordered.is_new:
            details = {"period": str(period), "parts": len(run.items)}
            subject = f"allocation_run:{run.id}"
            entry = Entry(event="run.ordered", actor=actor_of(inside), subject=subject, details=details)
            append(inside.session, entry)
        return Answered(body=_whole(run), location=f"{ROOT}/{inside.tenant}/runs/{run.id}")


def _add_reading(resources: Resources) -> None:
    @resources.get(
        "/<tenant>/runs",
        scope=READ,
        sv="Lista körningar",
        answers=RunsAnswer,
        example={"runs": [{name: value for name, value in RUN.items() if name != "parts"}], "next": None},
        query=RunsQuery,
    )
    def list_runs(inside: Inside, query: Mapping[str, Any]) -> Answered:
        """List the runs.

        The newest first, with how far each has come.
        """
        chosen = select(*AllocationRunRow.__table__.c)
        if "state" in query:
            chosen = chosen.where(AllocationRunRow.state == query["state"])
        page = page_of_rows(inside.session, chosen, Sort((AllocationRunRow.id,), down=True), query)
        counts = _counts(inside.session, [row.id for row in page.rows])
        runs = [_listed(row, counts[row.id]) for row in page.rows]
        return Answered(body={"runs": runs, "next": page.next})

    @resources.get(
        "/<tenant>/runs/<uuid:run>",
        scope=READ,
        sv="Läs en körning",
        answers=WholeRunAnswer,
        example=RUN,
        versioned=True,
    )
    def read_one_run(inside: Inside, run: UUID) -> Answered:
        """Read a run.

        How far it has come, and what became of each part: its allocation, or why it failed and what to do.
        """
        if inside.session.get(AllocationRunRow, run) is None:
            raise NotFoundError.here()
        return Answered(body=_whole(read_run(inside.session, run)))


def _whole(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "period": run.period,
        "purpose": run.purpose,
        "state": run.state,
        "ordered_by": run.ordered_by,
        "ordered_at": run.ordered_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "progress": _progress(Counter(item.state for item in run.items)),
        "parts": [_part(item) for item in run.items],
    }


def _part(item: RunItem) -> dict[str, Any]:
    return {
        "service": item.service,
        "component": item.component,
        "period": item.period,
        "state": item.state,
        "allocation": item.allocation,
        "is_new": item.is_new,
        "outdated": item.outdated,
        "complaints": plain_complaints(item.complaints),
    }


def _listed(row: Any, counts: Counter[ItemState]) -> dict[str, Any]:  # noqa: ANN401  (a row of columns)
    return {
        "id": row.id,
        "period": Period(row.period_start, row.period_end),
        "purpose": row.purpose,
        "state": row.state,
        "ordered_by": row.ordered_by,
        "ordered_at": row.recorded_at,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
        "progress": _progress(counts),
    }


def _progress(counts: Mapping[ItemState, int]) -> dict[str, int]:
    states = {"done": ItemState.DONE, "failed": ItemState.FAILED, "waiting": ItemState.WAITING}
    return {"parts": sum(counts.values()), **{name: counts.get(state, 0) for name, state in states.items()}}


def _counts(session: Session, runs: Sequence[UUID]) -> defaultdict[UUID, Counter[ItemState]]:
    found: defaultdict[UUID, Counter[ItemState]] = defaultdict(Counter)
    counted = select(RunItemRow.run_id, RunItemRow.state, func.count()).where(RunItemRow.run_id.in_(runs))
    for run, state, count in session.execute(counted.group_by(RunItemRow.run_id, RunItemRow.state)):
        found[run][ItemState(state)] = count
    return found
