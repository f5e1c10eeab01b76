"""What the members of a region see of each other: read by pages, set by the region's staff."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from andel.identity.model.sharing import Shared, Sharing
from andel.identity.tables import RegionSharingRow
from andel.shared.audit import Actor, Entry, append


def read_sharing(session: Session) -> Sharing:
    """Return what is open now; what the region has never set is as by default."""
    current = select(RegionSharingRow.subject, RegionSharingRow.is_open).where(RegionSharingRow.superseded_at.is_(None))
    return Sharing(**{row.subject: row.is_open for row in session.execute(current)})


def set_sharing(session: Session, subject: Shared, *, is_open: bool, by: Actor) -> bool:
    """Open a subject or close it, in a transaction of staff, and return whether that changed anything."""
    if read_sharing(session).is_open(subject) is is_open:
        return False
    current = RegionSharingRow.subject == subject.value, RegionSharingRow.superseded_at.is_(None)
    session.execute(update(RegionSharingRow).where(*current).values(superseded_at=func.now()))
    session.add(RegionSharingRow(subject=subject.value, is_open=is_open))
    session.flush()
    details = {"open": is_open, "subject": subject.value}
    append(session, Entry(event="sharing.changed", actor=by, subject=f"region_sharing:{subject}", details=details))
    return True
