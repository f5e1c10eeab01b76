"""The CSV files of a document: its organizations and its figures."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Any

from andel.sdk.party import PartyKind
from andel.shared.formats import swedish_key
from andel.tenancy.model.document import Facts, Organization, TenantDocument
from andel.tenancy.service.files import FACT_COLUMNS
from andel.tenancy.service.writing.layout import Layout, in_order, key_of

COLUMNS = (
    "key",
    "name",
    "kind",
    "code",
    "organization_number",
    "authority",
    "valid_from",
    "valid_to",
    "source",
)


def organizations_text(document: TenantDocument, layout: Layout) -> str:
    """Return ``organizations.csv``: a column stands there when a row has a value in it, or it stood there before."""
    like = layout.document.organizations if layout.document else ()
    ordered = in_order(sorted(document.organizations, key=_by_kind), like, key_of)
    rows = [one.model_dump(mode="json", exclude_none=True) for one in ordered]
    used = {"key", "name", "kind", "source"}.union(layout.columns, *rows)
    return _text([column for column in COLUMNS if column in used], rows)


def facts_text(series: Facts, document: TenantDocument, layout: Layout) -> str:
    """Return the file of a series. Each row repeats its day and source, so that a misplaced file is seen."""
    before = {(one.name, one.reference_date): one.values for one in (layout.document.facts if layout.document else ())}
    like = before.get((series.name, series.reference_date), {})
    keys = in_order(sorted(series.values), (document.region.organization, *like), str)
    same = {"reference_date": series.reference_date.isoformat(), "source": series.source.title}
    return _text(FACT_COLUMNS, [{"organization": key, "value": series.values[key], **same} for key in keys])


def _by_kind(organization: Organization) -> tuple[int, tuple[str, str]]:
    return list(PartyKind).index(organization.kind), swedish_key(organization.name)


def _text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    file = StringIO()
    writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()
