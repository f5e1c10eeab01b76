from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from andel.app import Installation, build_cli
from andel.sdk.errors import AndelError


def _run(instance: Installation, *arguments: str) -> Result:
    return CliRunner().invoke(build_cli(instance), arguments, catch_exceptions=True)


@pytest.mark.parametrize("tenant", ["stockholm", "skane", "dalarna", "vastragotaland"])
@pytest.mark.parametrize("lang", ["sv", "en"])
def test_every_region_prints_its_worked_tables(instance: Installation, tenant: str, lang: str) -> None:
    result = _run(instance, "allocate", tenant, "--year", "2026", "--lang", lang)
    assert result.exit_code == 0, result.output
    assert ("Regionen bär" if lang == "sv" else "The region bears") in result.output
    assert "sha256" in result.output


def test_explain_shows_the_steps_behind_one_amount(instance: Installation) -> None:
    result = _run(instance, "explain", "dalarna", "synergi", "mora", "--year", "2026")
    assert result.exit_code == 0, result.output
    assert "Varför 20\u00a0000\u00a0kr för Mora?" in result.output
    assert "5\u00a0000\u00a0kr/licens" in result.output


def test_a_saved_result_verifies_and_a_changed_one_does_not(instance: Installation, tmp_path: Path) -> None:
    output = _run(instance, "allocate", "skane", "--year", "2026", "--format", "json").output
    saved = tmp_path / "skane.json"
    saved.write_text(output, encoding="utf-8")
    assert _run(instance, "verify", str(saved)).exit_code == 0
    data = json.loads(output)
    data["allocations"][0]["result"]["region"] += 1
    saved.write_text(json.dumps(data), encoding="utf-8")
    changed = _run(instance, "verify", str(saved))
    assert changed.exit_code == 2
    assert "differs" in changed.output


def test_csv_of_several_components_adds_up_to_their_costs(instance: Installation) -> None:
    output = _run(instance, "allocate", "skane", "--year", "2026", "--format", "csv").output
    rows = list(csv.DictReader(io.StringIO(output)))
    whole = sum(int(row["amount"].replace(".", "")) for row in rows if row["service"] == "handlingsplan")
    assert whole == 2_400_000_00


@pytest.mark.parametrize(
    ("arguments", "what", "remedy"),
    [
        (("allocate", "skan", "--year", "2026"), 'no region "skan"', 'Did you mean "skane"?'),
        (("allocate", "skane", "handlingspla", "--year", "2026"), "no service", 'Did you mean "handlingsplan"?'),
        (("allocate", "skane", "--year", "1999"), "nothing to allocate", "2026"),
        (("allocate", "skane", "--component", "x", "--year", "2026"), "without its service", "Name the service"),
        (("explain", "dalarna", "synergi", "morra", "--year", "2026"), "no organization", 'Did you mean "mora"?'),
        (("explain", "dalarna", "synergi", "region-dalarna", "--year", "2026"), "no part", "mora"),
        (("explain", "dalarna", "synergi", "MORA", "--year", "2026"), "no organization", 'Did you mean "mora"?'),
        (("allocate", "dalarna", "--worked", "--format", "csv", "--year", "2026"), "several", "--component"),
    ],
)
def test_bad_input_says_what_and_what_to_do_and_prints_no_amounts(
    instance: Installation, arguments: tuple[str, ...], what: str, remedy: str
) -> None:
    result = _run(instance, *arguments)
    assert isinstance(result.exception, AndelError)
    assert what in str(result.exception)
    assert remedy in str(result.exception)
    assert not result.output


@pytest.mark.parametrize("content", ["", "{", "[]", '{"allocations": []}', '{"form": 1}', "[" * 5000, "\x00"])
def test_verify_refuses_a_file_that_is_no_saved_result(instance: Installation, tmp_path: Path, content: str) -> None:
    file = tmp_path / "broken.json"
    file.write_text(content, encoding="utf-8")
    result = _run(instance, "verify", str(file))
    assert isinstance(result.exception, AndelError)
    assert result.exception.remedy


def test_the_region_and_a_payer_are_explained_too(instance: Installation) -> None:
    region = _run(instance, "explain", "dalarna", "rss", "region-dalarna", "--year", "2026")
    assert "Varför 930\u00a0000\u00a0kr för Region Dalarna?" in region.output
    payer = _run(instance, "explain", "vastragotaland", "siths", "vastkom", "--year", "2026", "--format", "json")
    answer = json.loads(payer.output)["answers"][0]
    assert len(answer["steps"]) == 50
    assert answer["amount"]["amount"] == "943000.00"


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_no_number_is_cut_or_folded_on_a_narrow_terminal(instance: Installation, columns: str) -> None:
    arguments = ("allocate", "stockholm", "--year", "2026")
    output = CliRunner(env={"COLUMNS": columns}).invoke(build_cli(instance), arguments).output
    assert "…" not in output
    assert any("Hägersten-Älvsjö" in line and "77\u00a0382,52" in line for line in output.splitlines())


def test_what_has_no_cost_in_the_year_is_named(instance: Installation) -> None:
    assert "Utan belopp för 2024" in _run(instance, "allocate", "stockholm", "--year", "2024").output


def test_the_installed_command_exits_with_2_and_one_line_on_stderr() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "from andel.app import cli; cli()", "allocate", "skan", "--year", "2026"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert ran.stderr.startswith("andel: ")
    assert "Traceback" not in ran.stderr
