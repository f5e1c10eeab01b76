"""The command from nothing: killed at any moment, or two of it at once, a region with its document comes of it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from random import Random
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from sqlalchemy import URL

from andel.tenancy.cli import tenant
from andel.tenancy.service.applying.regions import region_session, registered_region
from andel.tenancy.service.databases import Databases
from andel.tenancy.service.pulling import document_of, last_applied

if TYPE_CHECKING:
    from tests.tenancy.applying.conftest import Forget
    from tests.tenancy.conftest import RegionFolder

Begin = Callable[[], "subprocess.Popen[str]"]

COMMAND = """
import sys
from pathlib import Path
from types import SimpleNamespace
from andel.host.registry import build_registry
from andel.tenancy.cli import tenant

wiring = SimpleNamespace(registry=build_registry(), tenants_folder=Path(sys.argv[1]))
print("begun", flush=True)
tenant(["apply", "prov"], obj=wiring)
"""


@pytest.fixture
def begin(
    region: RegionFolder, admin: URL, databases: Databases, forget: Forget, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Begin]:
    """Begin ``andel tenant apply prov`` in another process, on an instance that has no such region."""
    address = admin.render_as_string(hide_password=False)
    monkeypatch.setenv("ANDEL_DATABASE_URL", address)
    monkeypatch.setenv("ANDEL_ADMIN_DATABASE_URL", address)
    monkeypatch.setenv("ANDEL_SECRETS_DIR", str(databases.secrets.folder))

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603  (our own program)
            [sys.executable, "-c", COMMAND, str(region.tenants)], stdout=subprocess.PIPE, text=True
        )

    yield start
    forget("prov")


def killed_after(begin: Begin, seconds: float) -> None:
    """Begin, and kill it so many seconds after its imports, which take longer than its work."""
    process = begin()
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def apply_here(region: RegionFolder) -> float:
    """Apply in this process, and return how many seconds it took."""
    began = time.monotonic()
    wiring = SimpleNamespace(registry=region.registry, tenants_folder=region.tenants)
    result = CliRunner().invoke(tenant, ["apply", "prov"], obj=wiring, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return time.monotonic() - began


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
    whole = apply_here(region)
    assert is_there(databases, region)
    for part in (0.2, 0.5, 0.8, Random().random()):  # noqa: S311  (any moment)
        forget("prov")
        killed_after(begin, whole * part)
        apply_here(region)
        assert is_there(databases, region), f"killed after {part:.2f} of {whole:.2f} seconds"


def test_two_at_once_are_one_region_applied_once(begin: Begin, databases: Databases, region: RegionFolder) -> None:
    outputs = sorted(process.communicate(timeout=120)[0] for process in [begin(), begin()])
    assert outputs[0].startswith("begun\nprov: 13 added; revision 1, ")
    assert outputs[1] == "begun\nprov: nothing to do, it is as the folder says (revision 1)\n"
    assert is_there(databases, region)
