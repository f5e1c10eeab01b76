"""Change a region part by part, by the rules of a whole document: what no apply would do is refused here too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from andel.host.registry import Registry
from andel.tenancy.model.faults import error_of
from andel.tenancy.model.plan import changes_between
from andel.tenancy.model.reading import Reading
from andel.tenancy.model.validation import check_document
from andel.tenancy.service.applying.applying import wait_for_others
from andel.tenancy.service.applying.errors import RefusedError
from andel.tenancy.service.applying.refusing import refusals
from andel.tenancy.service.pulling import document_of


@contextmanager
def changing(session: Session, registry: Registry) -> Iterator[None]:
    """Let the block change what the region's document says, and look at the whole of it afterwards.

    No apply and no other change runs meanwhile. No document is recorded: what was changed shows as drift, and a pull
    writes it back to the region's folder.

    Args:
        session: a transaction of the region, as its staff. When this raises, it must fall.
        registry: what is installed.

    Raises:
        TenantError: the region would no longer be a valid document; with every fault.
        RefusedError: figures would be overwritten, or something taken away that stored results refer to.
        BusyError: an apply or another change of the region did not end in time.
    """
    wait_for_others(session)
    before = document_of(session)
    yield
    session.flush()
    after = document_of(session)
    if after is None:
        return
    faults = check_document(Reading(after), registry)
    if faults:
        raise error_of(faults)
    found = refusals(session, changes_between(before, after), before, after)
    if found:
        raise RefusedError.of(found)
