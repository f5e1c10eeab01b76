"""Token buckets in the region's database: exact, whichever process answers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from andel.identity.model.buckets import Bucket, Rate, take
from andel.identity.tables import ApiRateRow


def take_from(session: Session, owner: UUID, rate: Rate, now: datetime) -> int:
    """Take one request out of a bucket, in a transaction of the gate, and return the seconds to wait; 0 is none.

    The bucket is locked until the transaction ends, so it should be a short one of its own, committed before the
    request is worked on: what fails later has still been asked.
    """
    asked = select(ApiRateRow).where(ApiRateRow.id == owner).with_for_update()
    row = session.scalar(asked)
    if row is None:
        full = insert(ApiRateRow).values(id=owner, level=rate.capacity, at=now).on_conflict_do_nothing()
        session.execute(full)
        row = session.scalars(asked).one()
    taken = take(Bucket(row.level, row.at), rate, now)
    row.level, row.at = taken.bucket.level, taken.bucket.at
    return taken.wait
