"""Verify stored results: their digests, their charges against their workings, their formulas, and the model again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from andel.costs.model.asked import read_request
from andel.costs.model.restored import restored
from andel.costs.model.result import Result
from andel.costs.service.verifying import Check, Verdict, checks_of
from andel.costs.tables import (
    AllocationInputRow,
    AllocationRow,
    ChargeRow,
    CostComponentRow,
    Kind,
    ServiceRow,
    WorkingsRow,
)
from andel.host.facade import Facade
from andel.host.registry import Registry
from andel.parties.tables import OrganizationRow
from andel.sdk.errors import AndelError, WorkingsError
from andel.sdk.money import kronor_text
from andel.sdk.period import Period
from andel.sdk.stored import read_workings
from andel.sdk.workings import Role, Workings

_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVerification:
    """What each check says of one stored result."""

    id: UUID
    service: str
    component: str
    period: Period
    revision: int
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """Whether every check says that the result is the same."""
        return all(check.verdict is Verdict.SAME for check in self.checks)


def stored_results(session: Session, period: Period | None = None) -> tuple[UUID, ...]:
    """Return every stored result, superseded ones too, by period; of those that begin in the days given."""
    ids = select(AllocationRow.id).order_by(AllocationRow.period_start, AllocationRow.component_id)
    if period is not None:
        ids = ids.where(AllocationRow.period_start >= period.start, AllocationRow.period_start < period.end)
    return tuple(session.scalars(ids.order_by(AllocationRow.revision)))


def verify_stored(
    session: Session, allocation_id: UUID, registry: Registry, facade: Facade | None = None
) -> StoredVerification:
    """Check one stored result. What cannot be read differs, with the reason."""
    row, service, component = _row(session, allocation_id)
    kept = _Kept(session, row)
    try:
        checks = (kept.blobs(), kept.charges(), *checks_of(kept.result(), row.digest, registry, facade or Facade()))
    except AndelError as error:
        checks = (kept.blobs(), Check(name="readable", verdict=Verdict.DIFFERENT, words=str(error)))
    return StoredVerification(
        id=row.id,
        service=service,
        component=component,
        period=Period(row.period_start, row.period_end),
        revision=row.revision,
        checks=checks,
    )


def _row(session: Session, allocation_id: UUID) -> tuple[AllocationRow, str, str]:
    named = select(AllocationRow, ServiceRow.key, CostComponentRow.key)
    joined = named.join(CostComponentRow, CostComponentRow.id == AllocationRow.component_id).join(
        ServiceRow, ServiceRow.id == CostComponentRow.service_id
    )
    row, service, component = session.execute(joined.where(AllocationRow.id == allocation_id)).one()
    return row, service, component


class _Kept:
    """One result as its rows keep it."""

    def __init__(self, session: Session, row: AllocationRow) -> None:
        self._row = row
        tables = ((WorkingsRow, [row.workings_digest]), (AllocationInputRow, [row.input_digest, row.settings_digest]))
        self._blobs: dict[str, bytes] = {
            found.digest: found.canonical
            for table, digests in tables
            for found in session.execute(select(table.digest, table.canonical).where(table.digest.in_(digests)))
        }
        self._lines = _lines(session, row.id)

    def blobs(self) -> Check:
        """Compare what is kept under a digest with the digest."""
        names = {"workings": self._row.workings_digest, "request": self._row.input_digest}
        names |= {"settings": self._row.settings_digest}
        wrong = [name for name, digest in names.items() if _sha256(self._blobs.get(digest, b"")) != digest]
        if wrong:
            words = f"What is kept under its digest has another: {', '.join(wrong)}."
            return Check(name="kept", verdict=Verdict.DIFFERENT, words=words)
        return Check(name="kept", verdict=Verdict.SAME, words="Workings, request and settings have their digests.")

    def result(self) -> Result:
        """Put the result together again.

        Raises:
            AndelError: something of it cannot be read.
        """
        row = self._row
        split = row.kind == Kind.SPLIT
        return Result(
            request=read_request(self._blob(row.input_digest)),
            model=row.model,
            version=row.model_version,
            settings=json.loads(self._blob(row.settings_digest)),
            allocation=restored(
                row.kind,
                self._workings(),
                payers={line.party: line.payer for line in self._lines if line.payer != line.party},
                currency=row.currency,
                own=row.region_ore if split else row.residual_ore,
                whole=row.total_ore if split else row.supplier_cost_ore,
            ),
        )

    def charges(self) -> Check:
        """Compare the lines with the workings, and what they add up to with what the result says.

        Raises:
            WorkingsError: the workings cannot be read.
        """
        expected = {} if self._row.kind == Kind.CEILING else _amounts(self._workings())
        found = {line.party: (line.row, line.ore) for line in self._lines}
        wrong = [
            f"{party} {_kronor(found.get(party))} (workings {_kronor(expected.get(party))})"
            for party in dict.fromkeys((*expected, *found))
            if found.get(party) != expected.get(party)
        ]
        charged = sum(line.ore for line in self._lines)
        if (charged, len(self._lines)) != (self._row.charged_ore, self._row.charge_count):
            stated = f"{kronor_text(self._row.charged_ore)} in {self._row.charge_count} lines"
            wrong.append(f"{kronor_text(charged)} in {len(self._lines)} lines, the result says {stated}")
        if wrong:
            more = f" and {len(wrong) - _NAMED} more" if len(wrong) > _NAMED else ""
            words = "; ".join(wrong[:_NAMED]) + more
            return Check(name="charges", verdict=Verdict.DIFFERENT, words=words)
        return Check(name="charges", verdict=Verdict.SAME, words="Each line is its row of the workings.")

    def _blob(self, digest: str) -> bytes:
        if digest not in self._blobs:
            message = "What the result was made from, or its workings, is not there."
            raise WorkingsError(message, where=digest, remedy="Restore the region's database from its backup.")
        return self._blobs[digest]

    def _workings(self) -> Workings:
        return read_workings(self._blob(self._row.workings_digest))


def _lines(session: Session, allocation_id: UUID) -> Sequence[Row[Any]]:
    party, payer = OrganizationRow.__table__.alias(), OrganizationRow.__table__.alias()
    lines = (
        select(party.c.key.label("party"), payer.c.key.label("payer"), ChargeRow.workings_row.label("row"))
        .add_columns(ChargeRow.ore.label("ore"))
        .join(party, party.c.id == ChargeRow.organization_id)
        .join(payer, payer.c.id == ChargeRow.payer_id)
        .where(ChargeRow.allocation_id == allocation_id)
    )
    return session.execute(lines.order_by(ChargeRow.workings_row)).all()


def _amounts(workings: Workings) -> dict[str, tuple[int, int]]:
    column = workings.of_role(Role.AMOUNT)
    amounts: Iterable[int] = column.numerators if column else ()
    return {party: (row, ore) for row, (party, ore) in enumerate(zip(workings.parties, amounts, strict=True))}


def _kronor(line: tuple[int, int] | None) -> str:
    return f"{kronor_text(line[1])} in row {line[0]}" if line else "nothing"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
