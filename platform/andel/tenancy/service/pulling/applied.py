"""What the last apply wrote, as the region's database keeps it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from andel.tenancy.model.document import TenantDocument
from andel.tenancy.model.reading import read_document
from andel.tenancy.tables import DocumentRevisionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedDocument:
    """A document as it was applied.

    Attributes:
        revision: counts the applies of the region that changed something.
        document: None when this version of Andel can no longer read its form.
    """

    revision: int
    digest: str
    document: TenantDocument | None
    applied_by: str
    recorded_at: datetime


def last_applied(session: Session) -> AppliedDocument | None:
    """Return what the last apply wrote; None when nothing has been applied."""
    latest = select(DocumentRevisionRow).order_by(DocumentRevisionRow.revision.desc()).limit(1)
    row = session.scalars(latest).one_or_none()
    if row is None:
        return None
    reading = read_document(json.loads(row.canonical))
    return AppliedDocument(
        revision=row.revision,
        digest=row.digest,
        document=None if reading.faults else reading.document,
        applied_by=row.applied_by,
        recorded_at=row.recorded_at,
    )
