"""The four regions applied to a real database: read back they are the same, and give the same results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine

from andel.costs.model import RegionBook
from andel.costs.service.allocating import Allocator
from andel.costs.service.reading import read_book
from andel.host.registry import Registry
from andel.host.view import TenantView
from andel.sdk.period import Period
from andel.shared.database import Viewer, region_transaction
from andel.tenancy.model.book import book_of
from andel.tenancy.model.document import TenantDocument
from andel.tenancy.service.applying import plan_for
from andel.tenancy.service.pulling import document_of, last_applied

if TYPE_CHECKING:
    from tests.tenancy.applying.conftest import Apply, Stored

REGIONS = ("dalarna", "skane", "stockholm", "vastragotaland")

Documents = dict[str, TenantDocument]


def digests(book: RegionBook, document: TenantDocument, registry: Registry) -> dict[tuple[str, str], str]:
    allocator = Allocator(book, TenantView.of(registry, book.key, document.plugins))
    year = Period.year(2026)
    return {(one.key, part.key): allocator.allocate(one, part, year).digest for one, part in book.applying(year)}


@pytest.mark.parametrize("name", REGIONS)
def test_what_was_applied_reads_back_as_the_same_document(
    name: str, documents: Documents, applied: Apply, region_db: Engine
) -> None:
    done = applied(region_db, documents[name])
    assert done.revision == 1
    with region_transaction(region_db, Viewer.staff()) as session:
        found = document_of(session)
        kept = last_applied(session)
    assert found is not None
    assert found.digest == documents[name].digest
    assert found.plain() == documents[name].plain()
    assert kept is not None
    assert (kept.digest, kept.applied_by) == (found.digest, "a test")


@pytest.mark.parametrize("name", REGIONS)
def test_results_from_the_database_are_those_from_the_files(
    name: str, documents: Documents, applied: Apply, region_db: Engine, registry: Registry
) -> None:
    document = documents[name]
    applied(region_db, document)
    with region_transaction(region_db, Viewer.staff()) as session:
        book = read_book(session)
    assert book == book_of(document)
    from_files = digests(book_of(document), document, registry)
    assert from_files
    assert digests(book, document, registry) == from_files


@pytest.mark.parametrize("name", REGIONS)
def test_a_second_apply_writes_nothing(
    name: str, documents: Documents, applied: Apply, stored: Stored, region_db: Engine
) -> None:
    applied(region_db, documents[name])
    before = stored(region_db)
    again = applied(region_db, documents[name])
    assert (again.written, again.plan.changes, again.revision) == ({}, (), 1)
    assert stored(region_db) == before


def test_an_empty_database_is_no_document(region_db: Engine, documents: Documents) -> None:
    with region_transaction(region_db, Viewer.staff()) as session:
        assert document_of(session) is None
        assert last_applied(session) is None
        plan = plan_for(session, documents["skane"])
    assert {change.action.value for change in plan.changes} == {"added"}
    assert (plan.database_digest, plan.drift, plan.refusals) == ("", (), ())
