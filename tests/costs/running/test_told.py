"""The audit chain of the region says which runs were ordered and how they ended."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import select

from andel.shared.audit import verify
from andel.shared.audit.tables import AuditEntryRow, AuditLinkRow
from andel.shared.database import Viewer, region_transaction

if TYPE_CHECKING:
    from tests.costs.running.conftest import Region


def test_a_run_is_told_of_once_when_it_is_ordered_and_once_when_it_ends(dalarna: Region) -> None:
    dalarna.order(2026)
    dalarna.order(2026)
    done = dalarna.run(2026)
    with region_transaction(dalarna.engine, Viewer.staff(read_only=True)) as session:
        assert verify(session).whole
        chained = select(AuditEntryRow.content).join(AuditLinkRow, AuditLinkRow.entry_id == AuditEntryRow.id)
        told = [json.loads(content) for content in session.scalars(chained.order_by(AuditLinkRow.sequence))]
    runs = [entry for entry in told if entry["event"].startswith("run.")]
    assert [entry["event"] for entry in runs] == ["run.ordered", "run.finished"]
    assert {entry["subject"] for entry in runs} == {f"allocation_run:{done.id}"}
    assert runs[0]["details"]["parts"] == len(done.items)
    assert runs[1]["details"] == {"state": "done"}
