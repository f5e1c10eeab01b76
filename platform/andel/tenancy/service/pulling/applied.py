"""What the last apply wrote, as the region's database keeps it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
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
    row = _last_row(session)
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


def applied_as(session: Session, digest: str) -> int | None:
    """Return the last revision that a document was applied as; None when it never was."""
    return session.scalar(select(func.max(DocumentRevisionRow.revision)).where(DocumentRevisionRow.digest == digest))


def last_names(session: Session) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return how the last apply named who shares each cost, by the keys of service and component."""
    row = _last_row(session)
    services = json.loads(row.canonical).get("services", []) if row else []
    return {
        (service["key"], part["key"]): tuple(part.get("parties", ()))
        for service in services
        for part in service.get("components", ())
    }


def _last_row(session: Session) -> DocumentRevisionRow | None:
    latest = select(DocumentRevisionRow).order_by(DocumentRevisionRow.revision.desc()).limit(1)
    return session.scalars(latest).one_or_none()
