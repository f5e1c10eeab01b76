"""Apply a document to a region's database: all of it in one transaction, or nothing.

The same for a folder's document and for one that came through the API. Nothing that is dated, counted or priced is
overwritten: what is corrected gets a new row. The same document again writes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from psycopg import errors as pg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from andel.host.registry import Registry
from andel.sdk.errors import Complaint
from andel.sdk.workings import canonical_json
from andel.shared.audit import Actor, ActorKind, Entry, append
from andel.tenancy.model.document import TenantDocument
from andel.tenancy.model.faults import error_of
from andel.tenancy.model.plan import Plan, plan_of
from andel.tenancy.model.reading import Reading
from andel.tenancy.model.validation import check_document
from andel.tenancy.service.applying.errors import ApplyError, BusyError, RefusedError, RemovalError
from andel.tenancy.service.applying.facts import write_facts
from andel.tenancy.service.applying.parties import (
    remove_organizations,
    write_groups,
    write_organizations,
    write_plugins,
    write_profile,
    write_successions,
)
from andel.tenancy.service.applying.refusing import refusals
from andel.tenancy.service.applying.rows import Rows
from andel.tenancy.service.applying.services import write_services
from andel.tenancy.service.pulling import applied_as, document_of, last_applied
from andel.tenancy.tables import DocumentRevisionRow

PATIENCE: Final = "10s"
"""How long an apply waits for another of the same region."""

_LOCK: Final = "andel:apply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What an apply did.

    Attributes:
        revision: of the document that the database has now; it counts the applies that changed something.
        digest: of the document.
        plan: what was to be done.
        written: rows that were added, changed, superseded or removed, by table; empty when all was there already.
    """

    revision: int
    digest: str
    plan: Plan
    written: Mapping[str, int]


def plan_for(session: Session, document: TenantDocument) -> Plan:
    """Return what applying the document would do, and what hinders it.

    Args:
        session: a transaction of the region, as its staff; nothing is written.
        document: one that is valid with what is installed.

    Raises:
        TenantError: the database holds what no document can say.
    """
    database = document_of(session)
    applied = last_applied(session)
    plan = plan_of(
        document,
        database=database,
        applied=applied.document if applied else None,
        applied_digest=applied.digest if applied else "",
    )
    earlier = applied_as(session, plan.digest) if plan.applied_digest != plan.digest else None
    return replace(plan, earlier=earlier, refusals=refusals(session, plan.changes, database, document))


def apply(
    session: Session,
    document: TenantDocument,
    *,
    registry: Registry,
    applied_by: str | Actor,
    allow_deletion: bool = False,
) -> Applied:
    """Make the region's database amount to the document.

    Args:
        session: a transaction of the region, as its staff. It holds the region's lock until it ends: another
            apply waits for it, and is refused after ``PATIENCE``.
        document: the region as it is to be.
        registry: what is installed.
        applied_by: who does it, by a random id, or the command that does; never a person's name, for it is kept for
            as long as the region is.
        allow_deletion: remove what the document does not have.

    Raises:
        TenantError: the document is not valid with what is installed; with every fault.
        RefusedError: it would overwrite figures, or take away what stored results refer to.
        RemovalError: it would remove something, and ``allow_deletion`` is not given.
        BusyError: another apply of the region did not end in time.
        ApplyError: the region is another one, or the database refuses a row.
    """
    faults = check_document(Reading(document), registry)
    if faults:
        raise error_of(faults)
    wait_for_others(session)
    plan = plan_for(session, document)
    _check(plan, allow_deletion=allow_deletion)
    rows = Rows(session)
    try:
        _write(rows, document)
    except IntegrityError as error:
        raise _refused_by_database(error, plan) from error
    actor = applied_by if isinstance(applied_by, Actor) else Actor(ActorKind.SYSTEM, applied_by)
    revision = _record(rows, document, plan, actor)
    return Applied(revision=revision, digest=plan.digest, plan=plan, written=dict(rows.written))


def wait_for_others(session: Session) -> None:
    """Take the region's lock; it is let go with the transaction, also when the process dies."""
    session.execute(text("SELECT set_config('lock_timeout', :patience, true)"), {"patience": PATIENCE})
    try:
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))"), {"lock": _LOCK})
    except DBAPIError as error:
        if not isinstance(error.orig, pg.LockNotAvailable):
            raise
        what = f"Another apply of this region has been running for more than {PATIENCE}."
        raise BusyError(what, remedy="Nothing was changed. Try again when it has ended.") from error


def _check(plan: Plan, *, allow_deletion: bool) -> None:
    if plan.refusals:
        raise RefusedError.of(plan.refusals)
    if plan.removals and not allow_deletion:
        remedy = "Keep it in the document, or allow deletion."
        raise RemovalError.of([Complaint("It would be removed.", one.where, remedy) for one in plan.removals])


def _refused_by_database(error: IntegrityError, plan: Plan) -> ApplyError:
    if isinstance(error.orig, pg.ForeignKeyViolation) and plan.removals:
        what = f"What would be removed stands in what is kept: {error.orig.diag.table_name}."
        return RefusedError(what, where=plan.tenant, remedy="Keep it; an organization is ended with valid_to.")
    what = f"The database refuses the document: {error.orig}"
    return ApplyError(what, where=plan.tenant, remedy="Nothing was changed. Report this message.")


def _write(rows: Rows, document: TenantDocument) -> None:
    ids = write_organizations(rows, document)
    write_profile(rows, document, ids)
    write_plugins(rows, document)
    write_groups(rows, document, ids)
    write_successions(rows, document, ids)
    write_facts(rows, document, ids)
    write_services(rows, document, ids)
    remove_organizations(rows, document)


def _record(rows: Rows, document: TenantDocument, plan: Plan, actor: Actor) -> int:
    """Keep the document when it is another one than before or something was written; return its revision.

    Raises:
        ApplyError: what was written does not read back as the document.
    """
    is_new = bool(rows.written) or plan.applied_digest != plan.digest
    if is_new:
        canonical = canonical_json(document.plain())
        applied_by = actor.id if actor.kind is ActorKind.SYSTEM else f"{actor.kind}:{actor.id}"
        rows.add(DocumentRevisionRow, [{"digest": plan.digest, "canonical": canonical, "applied_by": applied_by}])
        found = document_of(rows.session)
        if found is None or found.digest != plan.digest:
            what = "What was written does not read back as the document."
            raise ApplyError(what, where=plan.tenant, remedy="Nothing was changed. Report this message.")
    revision = applied_as(rows.session, plan.digest) or 0
    if is_new:
        append(rows.session, _entry(plan, actor, revision))
    return revision


def _entry(plan: Plan, actor: Actor, revision: int) -> Entry:
    counts = Counter(change.action.value for change in plan.changes)
    details: dict[str, Any] = {"digest": plan.digest, "changes": dict(counts)}
    if plan.removals:
        details["removed"] = [change.where for change in plan.removals]
    return Entry(event="document.applied", actor=actor, subject=f"document_revision:{revision}", details=details)
