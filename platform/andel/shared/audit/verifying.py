"""Reading the chain again from its beginning: what was changed, what is missing, what was cut off."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from andel.shared.audit.anchors import GENESIS, Anchor

_AT_A_TIME: Final = 1000

_LINKS: Final = text(
    """
    SELECT l.sequence, l.at, l.previous, l.digest, l.entry_id, e.content, e.seals, e.role
    FROM audit_link l LEFT JOIN audit_entry e ON e.id = l.entry_id ORDER BY l.sequence
    """
)
_UNCHAINED: Final = text(
    "SELECT id FROM audit_entry e WHERE NOT EXISTS (SELECT FROM audit_link WHERE entry_id = e.id) ORDER BY id"
)
_MISTOLD: Final = text(
    """
    SELECT l.sequence
    FROM (SELECT id, one.key::uuid AS person, one.value AS seal
          FROM audit_entry, jsonb_each_text(seals::jsonb) AS one) AS sealed
        FULL JOIN audit_personal p ON (p.entry_id, p.person_id) = (sealed.id, sealed.person)
        LEFT JOIN audit_link l ON l.entry_id = coalesce(sealed.id, p.entry_id)
    WHERE p.entry_id IS NULL OR sealed.id IS NULL
        OR p.data IS NOT NULL AND audit_seal(p.person_id, p.data) IS DISTINCT FROM sealed.seal
    ORDER BY l.sequence
    """
)


class Damage(StrEnum):
    """What can be wrong with the chain.

    ``FLIP``: a link or its entry is not what was hashed. ``HOLE``: links are missing between two others.
    ``BROKEN``: a link does not continue the one before it. ``UNCHAINED``: an entry has no link. ``CUT``: an
    anchor knows a later link than there is. ``REWRITTEN``: an anchor knows another digest. ``PERSONAL``: what is
    told of a person beside the chain is not what was sealed.
    """

    FLIP = "flip"
    HOLE = "hole"
    BROKEN = "broken"
    UNCHAINED = "unchained"
    CUT = "cut"
    REWRITTEN = "rewritten"
    PERSONAL = "personal"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, at the link of that sequence number."""

    damage: Damage
    sequence: int | None
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found: how many links were read, what is wrong, and how many anchors were compared."""

    links: int
    anchors: int
    findings: tuple[Finding, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


def verify(session: Session, anchors: Iterable[Anchor] = ()) -> Verdict:
    """Compute every link of the region's chain again, in a transaction of its staff.

    Without an anchor the end of the chain can be cut off, or all of it be written anew, and nothing is found: the
    database alone cannot tell.

    Args:
        session: of staff, read only or not.
        anchors: heads of the same chain that were kept outside, at whatever times.
    """
    walk = _Walk(known={}, findings=[])
    compared = 0
    for anchor in anchors:
        walk.known.setdefault(anchor.sequence, set()).add(anchor.digest)
        compared += 1
    for row in session.execute(_LINKS, execution_options={"yield_per": _AT_A_TIME}):
        walk.take(row)
    findings = [*walk.findings, *walk.cut()]
    findings += [
        Finding(Damage.UNCHAINED, None, f"The entry {entry} stands in no link.")
        for entry in session.scalars(_UNCHAINED)
    ]
    what = "What is told of a person beside the chain is not what was sealed."
    findings += [Finding(Damage.PERSONAL, sequence, what) for sequence in session.scalars(_MISTOLD)]
    return Verdict(links=walk.links, anchors=compared, findings=tuple(findings))


def canonical_link(row: Any) -> str:  # noqa: ANN401  (a row of links and entries, or anything with its names)
    """Return the JSON whose SHA-256 is the link's digest: keys in order, no space, the entry as it was written."""
    at: datetime = row.at.astimezone(UTC)
    return (
        f'{{"at":"{at:%Y-%m-%dT%H:%M:%S.%fZ}","entry":{row.content},"id":"{row.entry_id}",'
        f'"previous":"{row.previous}","role":"{row.role}","seals":{row.seals},"sequence":{row.sequence}}}'
    )


@dataclass(slots=True, kw_only=True)
class _Walk:
    """The way along the chain."""

    known: dict[int, set[str]]
    findings: list[Finding]
    links: int = 0
    sequence: int = 0
    digest: str = field(default=GENESIS)

    def take(self, row: Row[Any]) -> None:
        """Look at the next link."""
        if row.sequence != self.sequence + 1:
            missing = f"The links {self.sequence + 1} to {row.sequence - 1} are missing."
            self.findings.append(Finding(Damage.HOLE, row.sequence, missing))
        elif row.previous != self.digest:
            what = "The link does not continue the one before it."
            self.findings.append(Finding(Damage.BROKEN, row.sequence, what))
        if hashlib.sha256(canonical_link(row).encode()).hexdigest() != row.digest:
            what = "The link or its entry is not what was hashed."
            self.findings.append(Finding(Damage.FLIP, row.sequence, what))
        self.links += 1
        self.sequence, self.digest = row.sequence, row.digest
        self._compare()

    def cut(self) -> Iterator[Finding]:
        """Return what the anchors know that is no longer there."""
        for sequence in sorted(sequence for sequence in self.known if sequence > self.sequence):
            what = f"An anchor knows link {sequence}, and the chain ends at {self.sequence}."
            yield Finding(Damage.CUT, sequence, what)

    def _compare(self) -> None:
        if self.known.get(self.sequence, {self.digest}) != {self.digest}:
            what = "An anchor knows another digest of this link."
            self.findings.append(Finding(Damage.REWRITTEN, self.sequence, what))
