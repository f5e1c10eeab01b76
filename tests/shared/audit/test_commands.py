from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from andel.shared.audit import Actor, ActorKind, Entry, append
from andel.shared.audit.cli import audit_command
from andel.shared.database import Viewer, region_transaction

Privileged = Callable[[Engine], AbstractContextManager[Connection]]
APPLY = Entry(event="document.applied", actor=Actor(ActorKind.SYSTEM, "andel tenant apply"), subject="document:1")


def write(engine: Engine, count: int) -> None:
    for _ in range(count):
        with region_transaction(engine, Viewer.staff()) as session:
            append(session, APPLY)


class Regions:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def reading(self, tenant: str) -> AbstractContextManager[Session]:
        assert tenant == "testlandet"
        return region_transaction(self._engine, Viewer.staff(read_only=True))


def run(engine: Engine, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(audit_command(Regions(engine)), list(arguments))
    return result.exit_code, result.output or str(result.exception)


def test_the_head_is_kept_in_a_file_and_compared(region_db: Engine, tmp_path: Path) -> None:
    anchors = str(tmp_path / "anchors")
    for count in (2, 3):
        write(region_db, count)
        code, said = run(region_db, "anchor", "testlandet", "--file", anchors)
        assert (code, said.split()[0]) == (0, str(2 if count == 2 else 5))
    assert run(region_db, "verify", "testlandet", "--anchor", anchors) == (
        0,
        "5 links: whole, compared with 2 anchors.\n",
    )
    code, said = run(region_db, "verify", "testlandet", "--format", "json")
    assert (code, json.loads(said)) == (0, {"whole": True, "links": 5, "anchors": 0, "findings": []})


def test_a_damaged_chain_is_told_with_exit_code_2_and_never_anchored(
    region_db: Engine, tmp_path: Path, as_owner_of_all: Privileged
) -> None:
    write(region_db, 3)
    anchors = tmp_path / "anchors"
    run(region_db, "anchor", "testlandet", "--file", str(anchors))
    before = anchors.read_text(encoding="utf-8")
    with as_owner_of_all(region_db) as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql("DELETE FROM audit_link WHERE sequence = 3")
        connection.exec_driver_sql('UPDATE audit_entry SET content = \'{"event":"a.b"}\'')
        connection.commit()
    for command in (("verify", "--anchor"), ("anchor", "--file")):
        code, said = run(region_db, command[0], "testlandet", command[1], str(anchors))
        assert code == 2
        assert "cut, link 3: An anchor knows link 3, and the chain ends at 2." in said
        assert "flip, link 1" in said
        assert "unchained, no link" in said
    assert anchors.read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("nonsense", "no anchor"),
        ("[]", "no anchor"),
        ('{"region": "testlandet", "sequence": "1", "digest": "", "at": ""}', "no anchor"),
        ('{"region": "andra-landet", "sequence": 1, "digest": "", "at": ""}', 'of the region "andra-landet"'),
    ],
)
def test_a_file_that_holds_no_anchor_of_the_region_is_refused(
    region_db: Engine, tmp_path: Path, line: str, complaint: str
) -> None:
    anchors = tmp_path / "anchors"
    anchors.write_text(f"{line}\n", encoding="utf-8")
    code, said = run(region_db, "verify", "testlandet", "--anchor", str(anchors))
    assert code != 0
    assert complaint in said
    assert f"{anchors}:1" in said
