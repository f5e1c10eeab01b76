"""From the database back to the folder, and never over what was changed there by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, update

from andel.host.registry import build_registry
from andel.parties.tables import OrganizationRow
from andel.shared.database import Viewer, region_transaction
from andel.tenancy.model.document import TenantDocument
from andel.tenancy.service.loading import load_tenant
from andel.tenancy.service.pulling import Outcome, Pulled, PullError, pull

if TYPE_CHECKING:
    from tests.tenancy.applying.conftest import Apply, Edit
    from tests.tenancy.conftest import RegionFolder

REGIONS = ("dalarna", "skane", "stockholm", "vastragotaland")

Pull = Callable[..., Pulled]


@pytest.fixture
def pulled() -> Pull:
    def run(engine: Engine, root: Path, *, force: bool = False) -> Pulled:
        with region_transaction(engine, Viewer.staff(read_only=True)) as session:
            return pull(session, root, force=force)

    return run


def rename(engine: Engine, name: str) -> None:
    with region_transaction(engine, Viewer.staff()) as session:
        session.execute(update(OrganizationRow).where(OrganizationRow.key == "alby").values(name=name))


def content(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", REGIONS)
def test_a_region_comes_back_as_a_folder_that_is_valid_and_the_same(
    name: str,
    *,
    documents: dict[str, TenantDocument],
    applied: Apply,
    pulled: Pull,
    region_db: Engine,
    tmp_path: Path,
) -> None:
    applied(region_db, documents[name])
    assert pulled(region_db, tmp_path / name).outcome is Outcome.WRITTEN
    found = load_tenant(tmp_path, name, build_registry(), trial=True)
    assert found.faults == ()
    assert found.valid_document().digest == documents[name].digest
    assert applied(region_db, found.valid_document()).written == {}
    assert pulled(region_db, tmp_path / name).outcome is Outcome.SAME


def test_what_was_changed_in_the_database_is_all_that_changes_in_the_folder(
    applied: Apply, pulled: Pull, region: RegionFolder, region_db: Engine
) -> None:
    applied(region_db, region.load().valid_document())
    before = content(region.root)
    rename(region_db, "Nya Alby")
    done = pulled(region_db, region.root)
    assert (done.outcome, [change.where for change in done.changes]) == (Outcome.WRITTEN, ["organizations[alby]"])
    after = content(region.root)
    assert after.keys() == before.keys()
    assert after["organizations.csv"] == before["organizations.csv"].replace(b"alby,Alby", b"alby,Nya Alby")
    assert after["facts/inhabitants.csv"] == before["facts/inhabitants.csv"]
    assert region.faults() == ()


def test_a_folder_changed_by_hand_is_left_alone_and_both_differences_are_told(
    applied: Apply, pulled: Pull, region: RegionFolder, region_db: Engine
) -> None:
    applied(region_db, region.load().valid_document())
    rename(region_db, "Nya Alby")
    region.edit("organizations.csv", "byn,Byn", "byn,Storbyn")
    before = content(region.root)
    done = pulled(region_db, region.root)
    assert done.outcome is Outcome.REFUSED
    assert [change.where for change in done.by_hand] == ["organizations[byn]"]
    assert [change.where for change in done.by_command] == ["organizations[alby]"]
    assert content(region.root) == before
    assert pulled(region_db, region.root, force=True).outcome is Outcome.WRITTEN
    assert b"Nya Alby" in content(region.root)["organizations.csv"]
    assert b"Storbyn" not in content(region.root)["organizations.csv"]


def test_a_folder_of_an_earlier_revision_was_not_changed_by_hand(
    applied: Apply, pulled: Pull, edited: Edit, region: RegionFolder, region_db: Engine
) -> None:
    applied(region_db, region.load().valid_document())
    applied(region_db, edited(lambda data: data["region"].update(name="Provregionen")))
    assert pulled(region_db, region.root).outcome is Outcome.WRITTEN
    assert region.load().valid_document().region.name == "Provregionen"


def test_a_folder_that_cannot_be_read_is_left_alone(
    applied: Apply, pulled: Pull, region: RegionFolder, region_db: Engine
) -> None:
    applied(region_db, region.load().valid_document())
    region.write("tenant.toml", "this is no TOML")
    done = pulled(region_db, region.root)
    assert (done.outcome, done.readable, done.changes) == (Outcome.REFUSED, False, ())
    assert pulled(region_db, region.root, force=True).outcome is Outcome.WRITTEN
    assert region.faults() == ()


def test_the_folder_of_another_region_is_never_written_in(
    applied: Apply, pulled: Pull, region: RegionFolder, region_db: Engine
) -> None:
    applied(region_db, region.load().valid_document())
    with pytest.raises(PullError, match="is not the folder of prov"):
        pulled(region_db, region.tenants / "annan", force=True)


def test_a_symbolic_link_is_not_followed(
    applied: Apply, pulled: Pull, region: RegionFolder, region_db: Engine, tmp_path: Path
) -> None:
    applied(region_db, region.load().valid_document())
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "prov").symlink_to(elsewhere)
    with pytest.raises(PullError):
        pulled(region_db, tmp_path / "prov", force=True)
    assert list(elsewhere.iterdir()) == []


def test_an_empty_database_has_nothing_to_pull(pulled: Pull, region_db: Engine, tmp_path: Path) -> None:
    with pytest.raises(PullError, match="Nothing has been applied"):
        pulled(region_db, tmp_path / "prov")
