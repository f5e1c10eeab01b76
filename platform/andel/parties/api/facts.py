"""Figures that costs are divided by: read, and loaded as a new series or as the next revision of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from andel.parties.api.schemas import FactsAnswer, FactsQuery, SeriesOf, WholeSeriesAnswer
from andel.parties.service import load_series
from andel.parties.tables import FactSeriesRow, FactValueRow, OrganizationRow
from andel.sdk.errors import Complaint, FactError
from andel.sdk.facts import FactSeries, Source
from andel.sdk.text import Text
from andel.shared.api import (
    ROOT,
    Answered,
    Gate,
    Inside,
    NotFoundError,
    Resources,
    Sort,
    page_of_rows,
)
from andel.shared.api.changing import Changing, actor_of, unchecked
from andel.shared.api.sources import source_of

READ: Final = "facts:read"
LOAD: Final = "facts:load"

_SERIES: Final = {
    "id": "0190b0a4-6b1c-7c3e-9a51-2f3c5d7e9b10",
    "name": "seats",
    "unit": "license",
    "reference_date": "2026-12-31",
    "revision": 1,
    "is_current": True,
    "corrects": None,
    "corrects_id": None,
    "source": {"title": "Länschefsnätverkets inventering", "date": "2026-12-31", "example": False},
    "control_total": 9,
    "total": 9,
    "rows": 2,
    "recorded_at": "2026-11-23T08:12:00Z",
}
_VALUES: Final = [{"organization": "leksand", "value": 4}, {"organization": "mora", "value": 5}]
_SENT: Final = {
    "name": "seats",
    "unit": "license",
    "reference_date": "2026-12-31",
    "source": {"title": "Länschefsnätverkets inventering", "date": "2026-12-31"},
    "control_total": 9,
    "values": _VALUES,
}
_later = aliased(FactSeriesRow)


def fact_resources(gate: Gate, *, changing: Changing = unchecked) -> Resources:
    """Return the operations on figures; ``changing`` wraps what loads them."""
    about = Text("Underlag med källa, dag och kontrollsumma", "Figures with source, day and control total")
    resources = Resources("facts", about, gate)
    _add_reading(resources)
    _add_loading(resources, changing)
    return resources


def _add_reading(resources: Resources) -> None:
    @resources.get(
        "/<tenant>/facts",
        scope=READ,
        sv="Lista underlag",
        answers=FactsAnswer,
        example={"facts": [_SERIES], "next": None},
        query=FactsQuery,
    )
    def list_facts(inside: Inside, query: Mapping[str, Any]) -> Answered:
        """List the series of figures.

        Those that count, unless others are asked for, without their rows. A correction is a series of its own, the
        next revision of the same name and day.
        """
        page = page_of_rows(inside.session, _chosen(query), _sort(query["sort"]), query)
        return Answered(body={"facts": [_series(row) for row in page.rows], "next": page.next})

    @resources.get(
        "/<tenant>/facts/<uuid:series>",
        scope=READ,
        sv="Läs ett underlag",
        answers=WholeSeriesAnswer,
        example={**_SERIES, "values": _VALUES},
        versioned=True,
    )
    def read_series(inside: Inside, series: UUID) -> Answered:
        """Read a series with its rows.

        Every organization's figure, in the order of their keys.
        """
        return Answered(body=_whole(inside.session, series))


def _add_loading(resources: Resources, changing: Changing) -> None:
    @resources.post(
        "/<tenant>/facts",
        scope=LOAD,
        sv="Läs in underlag",
        answers=WholeSeriesAnswer,
        example={**_SERIES, "values": _VALUES},
        body=SeriesOf,
        sent=_SENT,
    )
    def load_facts(inside: Inside, body: Mapping[str, Any]) -> Answered:
        """Load a series of figures.

        All rows or none: rows that miss the control total, an organization that is not known or that did not exist on
        the day refuse the whole load. Figures of the same name and day as some that are there need `corrects`, which
        says why, and become the next revision. What was loaded before is never overwritten.
        """
        series = _read(body)
        with changing(inside.session):
            made = load_series(inside.session, series, by=actor_of(inside))
        return Answered(body=_whole(inside.session, made), location=f"{ROOT}/{inside.tenant}/facts/{made}")


def _read(body: Mapping[str, Any]) -> FactSeries:
    """Return what was sent as figures.

    Raises:
        FactError: an organization stands twice, or the rows do not add up to the control total.
    """
    values: dict[str, int] = {}
    twice = []
    for place, row in enumerate(body["values"]):
        if row["organization"] in values:
            what = Text(f"{row['organization']} står två gånger.", f"{row['organization']} stands twice.")
            remedy = Text("Ge en rad per organisation.", "Give one row for each organization.")
            twice.append(Complaint(what, f"values[{place}].organization", remedy))
        values[row["organization"]] = row["value"]
    if twice:
        raise FactError.of(twice)
    return FactSeries(
        name=body["name"],
        unit=body["unit"],
        reference_date=body["reference_date"],
        source=source_of(body["source"]),
        values=values,
        control_total=body["control_total"],
        corrects=body.get("corrects", ""),
    )


def _listed() -> Select[Any]:
    corrected = exists().where(_later.corrects_id == FactSeriesRow.id)
    sums = (
        select(
            func.count(FactValueRow.value).label("rows"), func.coalesce(func.sum(FactValueRow.value), 0).label("total")
        )
        .where(FactValueRow.series_id == FactSeriesRow.id)
        .lateral()
    )
    return select(*FactSeriesRow.__table__.c, (~corrected).label("is_current"), sums.c.rows, sums.c.total).join(
        sums, onclause=FactSeriesRow.id.is_not(None)
    )


def _chosen(query: Mapping[str, Any]) -> Select[Any]:
    chosen = _listed()
    if "name" in query:
        chosen = chosen.where(FactSeriesRow.name == query["name"])
    if "reference_date" in query:
        chosen = chosen.where(FactSeriesRow.reference_date == query["reference_date"])
    if query["revisions"] != "all":
        corrected = exists().where(_later.corrects_id == FactSeriesRow.id)
        chosen = chosen.where(~corrected if query["revisions"] == "current" else corrected)
    return chosen


def _sort(asked: str) -> Sort:
    down, name = asked.startswith("-"), asked.removeprefix("-")
    if name == "recorded_at":
        return Sort((FactSeriesRow.recorded_at, FactSeriesRow.id), down=down)
    return Sort((FactSeriesRow.name, FactSeriesRow.reference_date, FactSeriesRow.revision), down=down)


def _whole(session: Session, series: UUID) -> dict[str, Any]:
    row = session.execute(_listed().where(FactSeriesRow.id == series)).one_or_none()
    if row is None:
        raise NotFoundError.here()
    figures = (
        select(OrganizationRow.key, FactValueRow.value)
        .join(OrganizationRow, OrganizationRow.id == FactValueRow.organization_id)
        .where(FactValueRow.series_id == series)
        .order_by(OrganizationRow.key)
    )
    return {
        **_series(row),
        "values": [{"organization": key, "value": value} for key, value in session.execute(figures)],
    }


def _series(row: Any) -> dict[str, Any]:  # noqa: ANN401  (a row of columns)
    return {
        "id": row.id,
        "name": row.name,
        "unit": row.unit,
        "reference_date": row.reference_date,
        "revision": row.revision,
        "is_current": row.is_current,
        "corrects": row.corrects or None,
        "corrects_id": row.corrects_id,
        "source": Source(title=row.source_title, date=row.source_date, example=row.source_example),
        "control_total": row.control_total,
        "total": int(row.total),
        "rows": row.rows,
        "recorded_at": row.recorded_at,
    }
