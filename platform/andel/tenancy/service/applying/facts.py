"""Write the figures. A series never changes once it is written: a correction is the next revision."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from andel.parties.tables import FactSeriesRow, FactValueRow
from andel.shared.database import new_id
from andel.tenancy.model.document import Facts, TenantDocument
from andel.tenancy.service.applying.parties import Ids
from andel.tenancy.service.applying.rows import Data, Rows, source_columns

_Key = tuple[str, date, int]


def write_facts(rows: Rows, document: TenantDocument, ids: Ids) -> None:
    """Add the series that are not there yet, a correction after what it corrects."""
    series_ids: dict[_Key, UUID] = {
        (row.name, row.reference_date, row.revision): row.id for row in rows.read(FactSeriesRow)
    }
    new = [series for series in sorted(document.facts, key=_key) if _key(series) not in series_ids]
    series_ids |= {_key(series): new_id() for series in new}
    rows.add(FactSeriesRow, [_series(series, series_ids) for series in new])
    rows.add(
        FactValueRow,
        [
            {"series_id": series_ids[_key(series)], "organization_id": ids[key], "value": value}
            for series in new
            for key, value in series.values.items()
        ],
    )


def _key(series: Facts) -> _Key:
    return series.name, series.reference_date, series.revision


def _series(series: Facts, ids: dict[_Key, UUID]) -> Data:
    name, day, revision = _key(series)
    return {
        "id": ids[name, day, revision],
        "name": name,
        "unit": series.unit,
        "reference_date": day,
        "control_total": series.control_total,
        "revision": revision,
        "corrects": series.corrects,
        "corrects_id": ids[name, day, revision - 1] if revision > 1 else None,
        **source_columns(series.source.source),
    }
