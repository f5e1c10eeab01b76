from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from andel.shared.postgres import Settings, StartError

if TYPE_CHECKING:
    from tests.shared.postgres.conftest import Rig


def test_a_comma_or_quote_in_the_socket_folder_stays_one_folder() -> None:
    arguments = Settings().arguments(socket_folder=Path('/run/a,b"c'), port=1)
    assert 'unix_socket_directories="/run/a,b""c"' in arguments


def test_the_server_takes_the_settings(rig: Rig) -> None:
    extra = {"work_mem": "7MB", "shared_buffers": "16MB"}
    settings = Settings(durable=False, max_connections=37, shared_buffers_mb=32, extra=extra)
    address = rig.server(settings=settings).start().address()
    query = "select string_agg(name || '=' || current_setting(name), ' ' order by name) from pg_settings where name in"
    names = "('fsync', 'full_page_writes', 'max_connections', 'shared_buffers', 'work_mem')"
    assert rig.ask(address, f"{query} {names}") == (
        "fsync=off full_page_writes=off max_connections=37 shared_buffers=16MB work_mem=7MB"
    )


def test_a_server_keeps_data_through_a_crash_of_the_machine_unless_told_otherwise(embedded_rig: Rig) -> None:
    address = embedded_rig.server(settings=Settings()).start().address()
    assert [embedded_rig.ask(address, f"show {name}") for name in ("fsync", "full_page_writes")] == ["on", "on"]
    assert embedded_rig.ask(address, "show synchronous_commit") == "on"


def test_a_parameter_that_the_server_does_not_know_is_told_with_its_own_words(embedded_rig: Rig) -> None:
    server = embedded_rig.server(settings=Settings(durable=False, extra={"no_such_thing": "1"}))
    with pytest.raises(StartError, match='unrecognized configuration parameter "no_such_thing"'):
        server.start()
    assert not server.status().running
