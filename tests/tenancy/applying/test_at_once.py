"""Applies in any order, two at once, and killed in the middle: the same database comes of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from andel.host.registry import Registry
from andel.shared.database import Viewer, region_transaction
from andel.tenancy.model.document import TenantDocument
from andel.tenancy.model.reading import read_document
from andel.tenancy.service.applying import ApplyError, BusyError, apply, applying
from andel.tenancy.service.pulling import document_of

if TYPE_CHECKING:
    from tests.tenancy.applying.conftest import Apply, Edit

Documents = dict[str, TenantDocument]

CHILD = """
import json, os, signal, sys
from sqlalchemy import event, make_url
from andel.host.registry import build_registry
from andel.shared.database import RegionAddress, Viewer, region_engine, region_transaction
from andel.tenancy.model.reading import read_document
from andel.tenancy.service.applying import apply

document = read_document(json.load(sys.stdin)).document
engine = region_engine(RegionAddress("testlandet", make_url(os.environ["REGION"])))
left = int(sys.argv[1])

def die():
    os.kill(os.getpid(), signal.SIGKILL)

@event.listens_for(engine, "before_cursor_execute")
def count(*_):
    global left
    left -= 1
    if left == 0:
        die()

with region_transaction(engine, Viewer.staff()) as session:
    apply(session, document, registry=build_registry(), applied_by="a child")
    if left > 0:
        event.listen(engine, "commit", lambda _: die())
"""
"""Applies the document of its input and dies before the statement of the number that it is given, or the commit."""


def shuffled(data: object, random: Random) -> Any:  # noqa: ANN401  (plain data)
    if isinstance(data, dict):
        return {name: data[name] if name == "values" else shuffled(data[name], random) for name in data}
    if isinstance(data, list):
        return [shuffled(one, random) for one in random.sample(data, len(data))]
    return data


def in_another_order(document: TenantDocument, seed: int) -> TenantDocument:
    found = read_document(shuffled(document.plain(), Random(seed))).document  # noqa: S311  (an order, no secret)
    assert found is not None
    return found


def found_in(engine: Engine) -> TenantDocument | None:
    with region_transaction(engine, Viewer.staff(read_only=True)) as session:
        return document_of(session)


def statements(engine: Engine, document: TenantDocument, registry: Registry) -> int:
    """Count the statements of an apply, which comes to nothing."""
    counted = []

    def count(*_: object) -> None:
        counted.append(1)

    event.listen(engine, "before_cursor_execute", count)
    try:
        with region_transaction(engine, Viewer.staff()) as session:
            apply(session, document, registry=registry, applied_by="a test")
            session.rollback()
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len(counted)


def killed(engine: Engine, document: TenantDocument, *, before: int) -> None:
    """Apply in another process, which is killed before its so-manieth statement, or before the commit."""
    environment = os.environ | {"REGION": engine.url.render_as_string(hide_password=False)}
    done = subprocess.run(  # noqa: S603  (our own program)
        [sys.executable, "-c", CHILD, str(before)],
        input=json.dumps(document.plain()),
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


# ---- order --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(4))
def test_a_document_in_another_order_makes_the_same_database(
    seed: int, *, documents: Documents, applied: Apply, region_db: Engine
) -> None:
    document = documents["stockholm"]
    applied(region_db, in_another_order(document, seed))
    found = found_in(region_db)
    assert found is not None
    assert found.digest == document.digest
    assert applied(region_db, document).written == {}


@given(seed=st.integers(0, 2**32))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_same_in_another_order_writes_nothing(seed: int, edited: Edit, applied: Apply, region_db: Engine) -> None:
    applied(region_db, edited())
    assert applied(region_db, in_another_order(edited(), seed)).written == {}


# ---- two at once --------------------------------------------------------------------------------------------
def test_the_second_of_two_waits_and_finds_nothing_left_to_do(
    applied: Apply, edited: Edit, region_db: Engine, registry: Registry
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with region_transaction(region_db, Viewer.staff()) as session:
            apply(session, edited(), registry=registry, applied_by="the first")
            second = pool.submit(applied, region_db, edited())
            time.sleep(0.3)
            assert not second.done()
        assert second.result(timeout=10).written == {}


def test_without_the_lock_the_second_of_two_would_fail(
    applied: Apply, edited: Edit, region_db: Engine, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "wait_for_others", lambda _session: None)
    with ThreadPoolExecutor(1) as pool:
        with region_transaction(region_db, Viewer.staff()) as session:
            apply(session, edited(), registry=registry, applied_by="the first")
            second = pool.submit(applied, region_db, edited())
            time.sleep(0.3)
        with pytest.raises(ApplyError, match="The database refuses"):
            second.result(timeout=10)


def test_who_has_waited_too_long_is_told_and_has_changed_nothing(
    applied: Apply, edited: Edit, region_db: Engine, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "PATIENCE", "100ms")
    with ThreadPoolExecutor(1) as pool, region_transaction(region_db, Viewer.staff()) as session:
        apply(session, edited(), registry=registry, applied_by="the first")
        with pytest.raises(BusyError, match="Another apply of this region"):
            pool.submit(applied, region_db, edited()).result(timeout=10)


# ---- killed -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, None, "commit"])
def test_killed_in_the_middle_nothing_is_done_and_the_next_apply_does_it(
    part: float | str | None,
    *,
    documents: Documents,
    applied: Apply,
    region_db: Engine,
    registry: Registry,
) -> None:
    document = documents["skane"]
    total = statements(region_db, document, registry)
    point = Random().randint(1, total) if part is None else total + 1 if isinstance(part, str) else int(total * part)  # noqa: S311  (any moment)
    killed(region_db, document, before=point)
    assert found_in(region_db) is None, f"killed before statement {point} of {total}"
    assert applied(region_db, document).digest == document.digest
    assert applied(region_db, document).written == {}


def test_a_change_that_is_killed_leaves_what_was_there(
    applied: Apply, edited: Edit, region_db: Engine, registry: Registry
) -> None:
    applied(region_db, edited())
    changed = edited(lambda data: data["services"][0]["components"][0]["costs"][0].update(amount="7"))
    total = statements(region_db, changed, registry)
    for point in (total // 2, total + 1):
        killed(region_db, changed, before=point)
        found = found_in(region_db)
        assert found is not None
        assert found.digest == edited().digest
    assert applied(region_db, changed).digest == changed.digest


# ---- checked ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "step", ["write_successions", "write_facts", "write_services", "write_groups", "write_plugins"]
)
def test_what_does_not_read_back_as_the_document_is_not_kept(
    step: str, *, applied: Apply, edited: Edit, region_db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, step, lambda *_: None)
    with pytest.raises(ApplyError, match="does not read back"):
        applied(region_db, edited())
    assert found_in(region_db) is None
