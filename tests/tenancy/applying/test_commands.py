"""``andel tenant plan``, ``diff`` and ``apply``, on a region that has no database yet."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import URL

from andel.host.registry import Registry
from andel.shared.database import DatabaseError
from andel.tenancy.cli import tenant
from andel.tenancy.model.faults import TenantError
from andel.tenancy.service.applying import RefusedError, RemovalError
from andel.tenancy.service.applying.regions import registered_region
from andel.tenancy.service.databases import Databases
from andel.tenancy.service.pulling import PullError

if TYPE_CHECKING:
    from tests.tenancy.applying.conftest import Forget
    from tests.tenancy.conftest import RegionFolder


@dataclass(frozen=True)
class Wired:
    """What the application would hand over."""

    registry: Registry
    tenants_folder: Path


Run = Callable[..., Result]


@pytest.fixture
def run(
    region: RegionFolder, admin: URL, databases: Databases, monkeypatch: pytest.MonkeyPatch, forget: Forget
) -> Iterator[Run]:
    """Run a command on an instance whose region ``prov`` is a folder only."""
    address = admin.render_as_string(hide_password=False)
    monkeypatch.setenv("ANDEL_DATABASE_URL", address)
    monkeypatch.setenv("ANDEL_ADMIN_DATABASE_URL", address)
    monkeypatch.setenv("ANDEL_SECRETS_DIR", str(databases.secrets.folder))
    wiring = Wired(region.registry, region.tenants)

    def command(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(tenant, list(arguments), obj=wiring, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    yield command
    forget("prov")


def test_a_region_without_a_database_differs_and_planning_makes_none(run: Run, databases: Databases) -> None:
    assert "prov: 13 added" in run("plan", "prov").output
    assert run("diff", "prov", code=1).output.startswith("prov: 13 added\n  + region Region Prov\n")
    assert registered_region(databases, "prov") is None


def test_apply_makes_the_database_and_a_second_one_has_nothing_to_do(run: Run, databases: Databases) -> None:
    assert run("apply", "prov").output.startswith("prov: 13 added; revision 1, ")
    found = registered_region(databases, "prov")
    assert found is not None
    assert found.provisioned
    assert run("apply", "prov").output == "prov: nothing to do, it is as the folder says (revision 1)\n"
    assert run("diff", "prov").output == "prov: nothing to do\n"


def test_diff_tells_what_differs_with_old_and_new(run: Run, region: RegionFolder) -> None:
    run("apply", "prov")
    region.edit("organizations.csv", "alby,Alby,", "alby,Alby kommun,")
    region.edit("tenant.toml", 'amount = "1000"', 'amount = "1200"')
    assert run("diff", "prov", code=1).output.splitlines() == [
        "prov: 1 changed, 1 corrected",
        "  ~ organizations[alby] Alby kommun",
        "        name: Alby -> Alby kommun",
        "  ~ services[tjanst].components[drift].costs[2026] (corrected, what it was is kept)",
        "        amount: 1000.00 -> 1200.00",
    ]


def test_json_carries_the_same(run: Run, region: RegionFolder) -> None:
    run("apply", "prov")
    region.edit("organizations.csv", "alby,Alby,", "alby,Alby kommun,")
    [found] = json.loads(run("diff", "prov", "--format", "json", code=1).output)["tenants"]
    assert (found["tenant"], found["same"]) == ("prov", False)
    assert found["digest"] != found["database_digest"] == found["applied_digest"]
    assert found["changes"] == [
        {
            "action": "changed",
            "where": "organizations[alby]",
            "place": ["organizations", "alby"],
            "title": "Alby kommun",
            "origin": "files",
            "fields": [{"name": "name", "old": "Alby", "new": "Alby kommun"}],
        }
    ]
    [done] = json.loads(run("apply", "prov", "--format", "json").output)["tenants"]
    assert (done["revision"], done["written"]) == (2, {"organization": 1, "document_revision": 1})


def test_an_invalid_folder_is_not_applied_and_no_database_is_made(
    run: Run, region: RegionFolder, databases: Databases
) -> None:
    region.edit("tenant.toml", "control_total = 3000", "control_total = 3001")
    with pytest.raises(TenantError):
        run("apply", "prov")
    assert registered_region(databases, "prov") is None


def test_nothing_is_removed_without_the_flag(run: Run, region: RegionFolder) -> None:
    run("apply", "prov")
    region.edit("tenant.toml", 'plugins = ["per-capita", "direct-usage"]', 'plugins = ["per-capita"]')
    assert run("plan", "prov").output.endswith("  What is removed needs --allow-deletion.\n")
    with pytest.raises(RemovalError):
        run("apply", "prov")
    assert "prov: 1 removed" in run("apply", "prov", "--allow-deletion").output


def test_a_plan_that_cannot_be_applied_says_why(run: Run, region: RegionFolder) -> None:
    run("apply", "prov")
    region.edit("facts/inhabitants.csv", "alby,1000", "alby,1001")
    region.edit("tenant.toml", "control_total = 3000", "control_total = 3001")
    output = run("plan", "prov", code=2).output
    assert "Cannot be applied: " in output
    assert "would be overwritten: control_total, alby" in output
    with pytest.raises(RefusedError):
        run("apply", "prov")


def test_the_instance_learns_a_regions_new_name(run: Run, region: RegionFolder, databases: Databases) -> None:
    run("apply", "prov")
    region.edit("tenant.toml", 'name = "Region Prov"', 'name = "Provregionen"')
    run("apply", "prov")
    found = registered_region(databases, "prov")
    assert found is not None
    assert found.name == "Provregionen"


def test_a_server_that_does_not_answer_is_an_error_and_no_difference(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANDEL_DATABASE_URL", "postgresql://127.0.0.1:1/postgres")
    with pytest.raises(DatabaseError):
        run("diff", "prov")


def test_pull_tells_what_it_wrote_and_that_it_left_alone(run: Run, region: RegionFolder) -> None:
    run("apply", "prov")
    assert run("pull", "prov").output == "prov: nothing to do, the folder says what the database amounts to\n"
    region.edit("organizations.csv", "byn,Byn", "byn,Storbyn")
    run("apply", "prov")
    region.edit("organizations.csv", "byn,Storbyn", "byn,Lillbyn")
    assert run("pull", "prov", code=2).output.splitlines() == [
        "prov: the folder holds what was never applied, and is left alone",
        "  Changed by hand in the folder since the last apply:",
        "    ~ organizations[byn] Lillbyn",
        "          name: Storbyn -> Lillbyn",
        "  What pulling would do to the folder:",
        "    ~ organizations[byn] Storbyn",
        "          name: Lillbyn -> Storbyn",
        "  Apply the folder, or write over it with --force.",
    ]
    written = json.loads(run("pull", "prov", "--force", "--format", "json").output)
    assert (written["outcome"], "organizations.csv" in written["files"]) == ("written", True)
    assert run("validate", "prov").exit_code == 0
    assert run("diff", "prov").output == "prov: nothing to do\n"


@pytest.mark.parametrize("name", ["prov", "../prov", "nobody"])
def test_only_a_region_with_a_database_can_be_pulled(run: Run, name: str) -> None:
    with pytest.raises(PullError):
        run("pull", name)
