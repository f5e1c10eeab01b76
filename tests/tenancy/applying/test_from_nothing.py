"""The command from nothing: killed at any moment, or two of it at once, a region with its document comes of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from random import Random
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import URL

from andel.tenancy.service.applying.regions import region_session, registered_region
from andel.tenancy.service.databases import Databases
from andel.tenancy.service.pulling import document_of, last_applied

if TYPE_CHECKING:
    from tests.tenancy.applying.conftest import Forget
    from tests.tenancy.conftest import RegionFolder

Begin = Callable[[], "subprocess.Popen[str]"]

COMMAND = "import sys; from andel.app import cli; sys.argv[0] = 'andel'; cli()"


@pytest.fixture
def begin(region: RegionFolder, admin: URL, databases: Databases, forget: Forget) -> Iterator[Begin]:
    """Begin ``andel tenant apply prov`` in another process, on an instance that has no such region."""
    address = admin.render_as_string(hide_password=False)
    variables = {
        "ANDEL_DATABASE_URL": address,
        "ANDEL_ADMIN_DATABASE_URL": address,
        "ANDEL_SECRETS_DIR": str(databases.secrets.folder),
        "ANDEL_TENANTS": str(region.tenants),
    }

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603  (our own program)
            [sys.executable, "-c", COMMAND, "tenant", "apply", "prov"],
            env=os.environ | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    yield start
    forget("prov")


def ended(process: subprocess.Popen[str]) -> str:
    output, error = process.communicate(timeout=60)
    assert process.returncode == 0, error
    return output


def is_there(databases: Databases, region: RegionFolder) -> bool:
    found = registered_region(databases, "prov")
    assert found is not None
    with region_session(databases, found, read_only=True) as session:
        document, applied = document_of(session), last_applied(session)
    assert document is not None
    assert applied is not None
    return (document.digest, applied.revision) == (region.load().valid_document().digest, 1)


def test_killed_at_any_moment_the_next_run_ends_what_was_begun(
    begin: Begin, databases: Databases, region: RegionFolder, forget: Forget
) -> None:
    started = time.monotonic()
    ended(begin())
    whole = time.monotonic() - started
    assert is_there(databases, region)
    for moment in (Random().uniform(0.3, 1.0) for _ in range(3)):  # noqa: S311  (any moment)
        forget("prov")
        process = begin()
        time.sleep(whole * moment)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        ended(begin())
        assert is_there(databases, region), f"killed after {moment:.2f} of the time"


def test_two_at_once_are_one_region_applied_once(begin: Begin, databases: Databases, region: RegionFolder) -> None:
    outputs = sorted(ended(process) for process in (begin(), begin()))
    assert outputs[0].startswith("prov: 13 added; revision 1, ")
    assert outputs[1] == "prov: nothing to do, it is as the folder says (revision 1)\n"
    assert is_there(databases, region)
