"""``andel tenant validate``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import CliRunner, Result

from andel.host.registry import Registry
from andel.tenancy.cli import tenant

if TYPE_CHECKING:
    from tests.tenancy.conftest import RegionFolder


KINDS = "\"kommun\" is not one of 'region', 'municipality', 'district', 'federation', 'association' or 'provider'."


@dataclass(frozen=True)
class Wired:
    """What the application would hand over."""

    registry: Registry
    tenants_folder: Path


def run(region: RegionFolder, *arguments: str) -> Result:
    wiring = Wired(region.registry, region.tenants)
    return CliRunner().invoke(tenant, ["validate", *arguments], obj=wiring, catch_exceptions=False)


def test_valid_regions_are_told_in_a_line_each(region: RegionFolder) -> None:
    result = run(region)
    assert result.exit_code == 0
    assert result.output == "prov: valid, 4 organizations, 1 series of figures, 1 service, 1 cost component\n"


def test_faults_are_grouped_by_file_with_line_key_and_remedy(region: RegionFolder) -> None:
    region.edit("tenant.toml", 'model = "per-capita"', 'model = "per-capitas"')
    region.edit("organizations.csv", "Alby,municipality", "Alby,kommun")
    result = run(region, "prov")
    assert result.exit_code == 2
    assert result.output.splitlines() == [
        "prov: 2 faults",
        f"  {region.root.as_posix()}/organizations.csv",
        "       2  organizations[alby].kind",
        f"          {KINDS}",
        "          Choose one of them.",
        f"  {region.root.as_posix()}/tenant.toml",
        f"      {region.line('tenant.toml', 'model = ')}  services[tjanst].components[drift].model",
        '          There is no cost model "per-capitas".',
        '          Did you mean "per-capita"?',
    ]


def test_json_carries_the_same(region: RegionFolder) -> None:
    region.edit("tenant.toml", "control_total = 3000", "control_total = 3001")
    result = run(region, "--format", "json")
    assert result.exit_code == 2
    assert json.loads(result.output) == {
        "tenants": [
            {
                "name": "prov",
                "valid": False,
                "faults": [
                    {
                        "what": "The rows add up to 3000, the source's control total is 3001: -1.",
                        "file": f"{region.root.as_posix()}/tenant.toml",
                        "line": region.line("tenant.toml", "control_total"),
                        "key": "facts[inhabitants 2025-12-31].control_total",
                        "remedy": "Find the row that differs from the source; nothing is loaded until the sums agree.",
                    }
                ],
            }
        ]
    }


def test_an_unknown_region_is_a_fault_and_the_others_are_still_checked(region: RegionFolder) -> None:
    result = run(region, "prov", "prow", "--format", "json")
    assert result.exit_code == 2
    assert [one["valid"] for one in json.loads(result.output)["tenants"]] == [True, False]


def test_a_folder_without_regions_is_told(region: RegionFolder, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    result = run(region, "--path", str(empty))
    assert result.exit_code == 2
    assert result.output == f"There is no region in {empty}. A region is a folder that holds tenant.toml.\n"


def test_another_folder_can_be_named(region: RegionFolder, tmp_path: Path) -> None:
    moved = region.tenants.rename(tmp_path / "elsewhere")
    assert run(region).exit_code == 2
    assert run(region, "--path", str(moved)).exit_code == 0
