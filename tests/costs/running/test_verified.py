"""Every stored result is computed again from what it was made from; whatever was changed in it is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Connection, Engine, text

from andel.costs.service.verifying import Verdict
from andel.costs.service.verifying_stored import StoredVerification, stored_results, verify_stored
from andel.costs.tables import RunState
from andel.host.registry import Registry
from andel.sdk.period import Period
from andel.shared.database import Viewer, region_transaction

if TYPE_CHECKING:
    from tests.costs.running.conftest import Andel, Region

READER = Viewer.staff(read_only=True)
Tamper = Callable[[str], None]


def verified(region: Region, registry: Registry, period: Period | None = None) -> list[StoredVerification]:
    with region_transaction(region.engine, READER) as session:
        return [verify_stored(session, one, registry) for one in stored_results(session, period)]


def wrong(verifications: list[StoredVerification]) -> dict[str, str]:
    return {
        check.name: check.words for one in verifications for check in one.checks if check.verdict is not Verdict.SAME
    }


@pytest.fixture
def tamper(dalarna: Region, as_owner_of_all: Callable[[Engine], AbstractContextManager[Connection]]) -> Tamper:
    """Return what changes rows past every trigger, as an administrator of the database can."""

    def change(statement: str) -> None:
        with as_owner_of_all(dalarna.engine) as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(statement))
            connection.commit()

    return change


def test_what_a_run_stored_verifies(dalarna: Region, registry: Registry, correct_budget: Callable[[int], None]) -> None:
    dalarna.run(2025)
    dalarna.run(2026)
    correct_budget(1_300_000)
    dalarna.run(2026)
    found = verified(dalarna, registry)
    assert len(found) == dalarna.count("allocation") == 8
    assert [(one.period.start.year, one.revision) for one in found if one.component == "support"] == [
        (2025, 1),
        (2026, 1),
        (2026, 2),
    ]
    assert wrong(found) == {}
    assert len(verified(dalarna, registry, Period.year(2025))) == 3


def test_models_with_history_and_ceilings_verify(stockholm: Region, registry: Registry) -> None:
    assert stockholm.run(2026).state is RunState.DONE
    found = verified(stockholm, registry)
    assert len(found) == 8
    assert wrong(found) == {}


@pytest.mark.parametrize(
    ("statement", "checks"),
    [
        ("UPDATE charge SET ore = ore + 1 WHERE workings_row = 0", {"charges"}),
        ("UPDATE charge SET ore = ore + CASE workings_row WHEN 0 THEN 1 WHEN 1 THEN -1 ELSE 0 END", {"charges"}),
        ("DELETE FROM charge WHERE workings_row = 2", {"charges"}),
        ("UPDATE charge SET payer_id = (SELECT id FROM organization WHERE key = 'mora')", {"digest", "model"}),
        ("UPDATE allocation SET total_ore = total_ore + 1, region_ore = region_ore + 1", {"digest", "money", "model"}),
        ("UPDATE allocation SET digest = repeat('0', 64)", {"digest"}),
        ("UPDATE allocation SET model_version = '9.0.0'", {"digest", "model"}),
        ("DELETE FROM workings", {"kept", "readable"}),
        ("DELETE FROM allocation_input", {"kept", "readable"}),
    ],
)
def test_what_was_changed_is_found(
    dalarna: Region,
    registry: Registry,
    tamper: Tamper,
    statement: str,
    checks: set[str],
) -> None:
    dalarna.run(2026, "sip")
    tamper(statement)
    assert set(wrong(verified(dalarna, registry))) == checks


def test_a_forged_workings_with_a_right_digest_is_found_by_the_formulas(
    dalarna: Region, registry: Registry, tamper: Tamper
) -> None:
    dalarna.run(2026, "sip")
    forged = (
        "UPDATE workings SET (canonical, digest) = (SELECT forged, encode(sha256(forged), 'hex') FROM convert_to("
        "replace(convert_from(canonical, 'UTF8'), '\"numerators\":[', '\"numerators\":[9'), 'UTF8') AS forged); "
        "UPDATE allocation SET workings_digest = (SELECT digest FROM workings)"
    )
    tamper(forged)
    assert {"charges", "formulas", "money", "model"} <= set(wrong(verified(dalarna, registry)))


def test_the_command_verifies_all_that_is_stored(
    dalarna: Region, andel: Andel, instance_key: str, tamper: Tamper
) -> None:
    assert "No result is stored." in andel("verify", instance_key).output
    dalarna.run(2025)
    dalarna.run(2026)
    assert "7 stored results verified, 0 differ." in andel("verify", instance_key).output
    tamper("UPDATE charge SET ore = ore + 1 WHERE workings_row = 0")
    told = andel("verify", instance_key, "--year", "2026", code=2).output
    assert "4 stored results verified, 4 differ." in told
    assert "✘ differs" in told


def test_the_command_carries_a_run_out(dalarna: Region, andel: Andel, instance_key: str) -> None:
    told = json.loads(andel("run", instance_key, "--year", "2026", "--wait", "--format", "json").output)
    assert (told["state"], told["is_new"], len(told["items"])) == ("done", True, 4)
    assert all(item["is_new"] for item in told["items"])
    again = json.loads(andel("run", instance_key, "--year", "2026", "--wait", "--format", "json").output)
    assert not any(item["is_new"] for item in again["items"])
    failed = andel("run", instance_key, "--year", "2028", "--wait", code=1).output
    assert "siths_cards" in failed
    assert "stored" in failed
    assert dalarna.count("allocation") == 5
