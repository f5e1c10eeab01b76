"""The head of the chain, kept outside the database: in a file, on printed minutes."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from andel.shared.audit.errors import AuditError

GENESIS: Final = "0" * 64
"""What the first link names as the digest before it."""

_HEAD: Final = text("SELECT sequence, digest, at FROM audit_link ORDER BY sequence DESC LIMIT 1")
_FIELDS: Final = {"region": str, "sequence": int, "digest": str, "at": str}


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """What the chain of a region ended with at some time. ``at`` is when that link was made, ISO 8601 in UTC."""

    region: str
    sequence: int
    digest: str
    at: str


def head(session: Session, region: str) -> Anchor:
    """Return the head of the region's chain, in a transaction of its staff; sequence 0 when nothing is in it."""
    row = session.execute(_HEAD).one_or_none()
    if row is None:
        return Anchor(region=region, sequence=0, digest=GENESIS, at="")
    return Anchor(region=region, sequence=row.sequence, digest=row.digest, at=row.at.isoformat())


def read_anchors(path: Path, region: str) -> tuple[Anchor, ...]:
    """Return the anchors of a file, one JSON object a line.

    Raises:
        AuditError: it cannot be read, or holds an anchor of another region.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        what = f"The anchors cannot be read: {error}."
        raise AuditError(what, where=str(path), remedy="Name the file that andel audit anchor wrote.") from error
    return tuple(_anchor(line, f"{path}:{number}", region) for number, line in enumerate(lines, 1) if line.strip())


def add_anchor(path: Path, anchor: Anchor) -> None:
    """Add an anchor to a file, on the disk when this returns."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(anchor), sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _anchor(line: str, where: str, region: str) -> Anchor:
    try:
        data = json.loads(line)
        kinds = {name: type(value) for name, value in data.items()}
    except (ValueError, AttributeError):
        kinds = {}
    if kinds != _FIELDS:
        what = "The line is no anchor."
        raise AuditError(what, where=where, remedy="Take the file that andel audit anchor wrote, unchanged.")
    anchor = Anchor(**data)
    if anchor.region != region:
        what = f'The anchor is of the region "{anchor.region}", not of "{region}".'
        raise AuditError(what, where=where, remedy="Name the file of this region.")
    return anchor
