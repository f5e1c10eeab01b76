from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine
from tests.identity.conftest import World

from andel.identity.cli import keys, operator_command
from andel.shared.secretbox import SecretBox
from andel.tenancy.service.databases import Databases

WHY = "Felsökning av fördelningen, ärende 4711"


class Instance:
    def __init__(self, databases: Databases, region: Engine) -> None:
        self._databases, self._region = databases, region

    @contextmanager
    def control(self) -> Iterator[Engine]:
        engine = self._databases.control_engine()
        try:
            yield engine
        finally:
            engine.dispose()

    def region(self, tenant: str) -> AbstractContextManager[Engine]:
        assert tenant == "testlandet"

        @contextmanager
        def lend() -> Iterator[Engine]:
            yield self._region

        return lend()


@pytest.fixture
def instance(world: World, databases: Databases) -> Instance:
    return Instance(databases, world.engine)


def run(instance: Instance, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(operator_command(instance), list(arguments))
    return result.exit_code, result.output.strip() or str(result.exception)


def test_an_operator_is_let_in_for_a_while_and_out_again_and_the_region_reads_it(instance: Instance) -> None:
    subject = str(uuid4())
    code, operator = run(instance, "add", "https://idp.example", subject, "--name", "Driftoperatör")
    assert (code, run(instance, "add", "https://idp.example", subject)) == (0, (0, operator))
    code, said = run(instance, "grant", "testlandet", "--operator", operator, "--reason", WHY, "--hours", "3")
    grant = said.split()[0]
    assert code == 0
    assert any(line.startswith(f"{grant} testlandet {operator}") for line in run(instance, "grants")[1].splitlines())
    assert run(instance, "end", grant, "--by", operator) == (0, "ended")
    assert run(instance, "end", grant, "--by", operator) == (0, "had ended already")
    assert grant not in run(instance, "grants")[1]
    told = [json.loads(line) for line in run(instance, "log", "testlandet")[1].splitlines()]
    assert [one["event"] for one in told] == ["operator.access_ended", "operator.access_given"]
    assert told[1]["details"]["reason"] == WHY


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--reason", "kort"), "Skälet saknas eller är för kort."),
        ((), "Missing option '--reason'"),
        (("--reason", WHY, "--hours", "25"), "not in the range 1<=x<=24"),
        (("--reason", WHY, "--by", str(uuid4())), "Operatören är inte verksam."),
    ],
)
def test_nobody_is_let_in_without_a_reason_or_for_long(
    instance: Instance, arguments: tuple[str, ...], complaint: str
) -> None:
    operator = run(instance, "add", "https://idp.example", str(uuid4()))[1]
    code, said = run(instance, "grant", "testlandet", "--operator", operator, *arguments)
    assert code != 0
    assert complaint in said


def test_a_grant_that_is_not_there_cannot_be_ended(instance: Instance) -> None:
    code, said = run(instance, "end", str(uuid4()), "--by", str(uuid4()))
    assert code == 1
    assert "Åtkomsten finns inte." in said


def test_a_key_is_added_to_the_folder(tmp_path: Path) -> None:
    for count in (1, 2):
        result = CliRunner().invoke(keys, ["add", "--folder", str(tmp_path)])
        assert Path(result.output.strip()).is_file()
        assert len(list(tmp_path.iterdir())) == count
    assert SecretBox.from_folder(tmp_path).seal("x", purpose="y")
