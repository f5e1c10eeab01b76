from __future__ import annotations

from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session
from tests.app.api.world import BY, COPY, REGION, Instance

from andel.app.web import DatabaseRegions
from andel.costs.service.running import Workplace, execute_run
from andel.host.view import TenantView
from andel.identity.model.roles import Role
from andel.identity.model.sharing import Shared
from andel.identity.service.sharing import set_sharing
from andel.shared.database import Viewer, region_transaction

YEAR = {"period": {"start": "2026-01-01", "end": "2027-01-01"}}


@pytest.fixture
def reader(instance: Instance) -> str:
    return instance.token("dalarna", REGION, Role.AUDITOR)


@pytest.fixture
def mora(instance: Instance) -> str:
    return instance.token("dalarna", "mora", Role.VIEWER)


def test_a_preview_is_the_allocation_that_a_run_stored(instance: Instance, reader: str) -> None:
    path = "/dalarna/services/synergi/components/licenser/preview?year=2026"
    preview = instance.get(path, reader).json
    stored = instance.get(f"/dalarna/allocations/{preview['stored']}", reader).json
    assert preview["is_stored"]
    assert (preview["digest"], preview["charged"]) == (stored["digest"], stored["charged"])
    charges = instance.get(f"/dalarna/allocations/{stored['id']}/charges?limit=200", reader).json["charges"]
    assert {one["organization"]: one["amount"] for one in charges} == {
        one["organization"]: one["amount"] for one in preview["amounts"]
    }
    days = instance.get(path.replace("year=2026", "start=2026-01-01&end=2027-01-01"), reader).json
    assert days == preview


def test_a_municipality_previews_a_cap_on_what_everybody_was_charged_before(instance: Instance) -> None:
    path = "/stockholm/services/samverkan-vardovergangar/components/leverantor/preview?year=2026"
    regional = instance.get(path, instance.token("stockholm", "region-stockholm", Role.AUDITOR))
    own = instance.get(path, instance.token("stockholm", "botkyrka", Role.VIEWER))
    assert regional.status == own.status == 200, own.text
    assert own.json == regional.json


def test_a_preview_asks_for_one_period(instance: Instance, reader: str) -> None:
    path = "/dalarna/services/synergi/components/licenser/preview"
    assert instance.get(path, reader).json["period"]["start"] == "2026-01-01"
    for wrong in ("year=2026&start=2026-01-01&end=2027-01-01", "start=2026-01-01", "end=2026-01-01", "year=1989"):
        assert instance.get(f"{path}?{wrong}", reader).kind == "/problems/invalid"
    empty = instance.get(f"{path}?start=2026-01-01&end=2026-01-01", reader)
    assert (empty.status, empty.kind) == (422, "/problems/refused")


def test_a_municipality_sees_its_own_charges_and_why(instance: Instance, mora: str, reader: str) -> None:
    own = instance.get("/dalarna/charges?limit=200", mora).json["charges"]
    assert {one["organization"] for one in own} == {"mora"}
    everybody = instance.get("/dalarna/charges?limit=200", reader).json["charges"]
    assert [one for one in everybody if one["organization"] == "mora"] == own
    charge = next(one for one in own if one["service"] == "synergi")
    path = f"/dalarna/allocations/{charge['allocation']}/charges/mora"
    assert instance.get(path, mora).json == charge
    why = instance.get(f"{path}/workings", mora).json
    assert why["amount"] == charge["amount"]
    assert why["steps"][-1]["value"]["sv"].startswith(charge["amount"]["amount"].split(".")[0][:2])
    amount = next(value for value in why["row"] if value["name"] == "amount")
    assert Fraction(amount["value"]) == Fraction(charge["amount"]["amount"]) * 100


def test_all_pages_together_are_every_charge_once(instance: Instance, reader: str) -> None:
    found: list[tuple[str, str]] = []
    address: str | None = "/dalarna/charges?limit=7&revisions=all"
    while address:
        page = instance.get(address, reader).json
        found += [(one["organization"], one["allocation"]) for one in page["charges"]]
        address = page["next"]
    assert len(found) == len(set(found)) > 50
    superseded = instance.get("/dalarna/charges?limit=200&revisions=superseded", reader).json["charges"]
    current = instance.get("/dalarna/charges?limit=200", reader).json["charges"]
    assert len(superseded) + len(current) == len(found)


def test_allocations_are_filtered_sorted_and_say_how_they_differ(instance: Instance, reader: str) -> None:
    corrected = instance.get("/dalarna/allocations?service=synergi&year=2025", reader).json["allocations"]
    assert [one["revision"] for one in corrected] == [2]
    difference = corrected[0]["difference"]
    moved = [(one["organization"], one["before"]["amount"], one["after"]["amount"]) for one in difference["amounts"]]
    assert moved == [("mora", "20000.00", "25000.00")]
    assert difference["causes"][0]["cause"] == "facts"
    listed = instance.get("/dalarna/allocations?sort=period&revisions=all&limit=200", reader).json["allocations"]
    starts = [one["period"]["start"] for one in listed]
    assert starts == sorted(starts)
    assert instance.get("/dalarna/allocations?kind=ceiling", reader).json["allocations"] == []


def test_the_workings_add_up_exactly(instance: Instance, reader: str) -> None:
    allocation = instance.get("/dalarna/allocations?service=rss&year=2026", reader).json["allocations"][0]
    workings = instance.get(f"/dalarna/allocations/{allocation['id']}/workings", reader).json
    amount = next(column for column in workings["columns"] if column["role"] == "amount")
    assert sum(map(Fraction, amount["values"])) == Fraction(allocation["charged"]["amount"]) * 100
    assert len(amount["values"]) == len(workings["organizations"])
    assert workings["is_complete"]


def test_a_run_is_ordered_followed_and_done(changeable: Instance, economist: str, peopled: DatabaseRegions) -> None:
    ordered = changeable.send(f"/{COPY}/runs", economist, YEAR)
    assert ordered.status == 202, ordered.text
    assert ordered.json["state"] == "waiting"
    assert ordered.json["progress"]["waiting"] == len(ordered.json["parts"]) > 0
    again = changeable.send(f"/{COPY}/runs", economist, YEAR)
    assert again.json["id"] == ordered.json["id"]
    _execute(changeable, peopled, UUID(ordered.json["id"]))
    done = changeable.get(ordered.headers["Location"], economist).json
    assert done["state"] == "done", done
    assert done["progress"]["done"] == done["progress"]["parts"]
    allocation = next(one["allocation"] for one in done["parts"] if one["service"] == "synergi")
    assert changeable.get(f"/{COPY}/allocations/{allocation}", economist).json["run"] == done["id"]
    listed = changeable.get(f"/{COPY}/runs?state=done", economist).json["runs"]
    assert [one["id"] for one in listed] == [done["id"]]
    nothing = changeable.send(f"/{COPY}/runs", economist, {"period": {"start": "1999-01-01", "end": "2000-01-01"}})
    assert (nothing.status, nothing.kind) == (422, "/problems/costs")
    unknown = changeable.send(f"/{COPY}/runs", economist, YEAR | {"services": ["ingen"]})
    assert (unknown.status, unknown.kind) == (422, "/problems/costs")


def test_a_region_that_keeps_shares_to_each_tells_a_municipality_only_its_own(
    changeable: Instance, economist: str, peopled: DatabaseRegions
) -> None:
    ordered = changeable.send(f"/{COPY}/runs", economist, YEAR)
    _execute(changeable, peopled, UUID(ordered.json["id"]))
    mora = changeable.token(COPY, "mora", Role.VIEWER)
    allocation = changeable.get(f"/{COPY}/allocations?service=synergi", mora).json["allocations"][0]["id"]
    path = f"/{COPY}/allocations/{allocation}/workings"
    preview = f"/{COPY}/services/synergi/components/licenser/preview"
    assert "leksand" in changeable.get(path, mora).json["organizations"]
    with region_transaction(changeable.engine_of(COPY), Viewer.staff()) as session:
        set_sharing(session, Shared.ALLOCATIONS, is_open=False, by=BY)
    workings = changeable.get(path, mora).json
    assert workings["organizations"] == ["mora"]
    assert all(len(column["values"]) == 1 for column in workings["columns"])
    assert not workings["is_complete"]
    assert [one["organization"] for one in changeable.get(preview, mora).json["amounts"]] == ["mora"]
    assert changeable.get(path, economist).json["is_complete"]


def test_what_is_not_there_and_what_is_another_s_get_the_same_answer(
    instance: Instance, mora: str, reader: str
) -> None:
    charge = instance.get("/dalarna/charges?organization=leksand", reader).json["charges"][0]
    foreign = instance.get(f"/dalarna/allocations/{charge['allocation']}/charges/leksand", mora)
    random = instance.get(f"/dalarna/allocations/{uuid4()}/charges/leksand", mora)
    nobody = instance.get(f"/dalarna/allocations/{charge['allocation']}/charges/ingen", mora)
    assert _plain(foreign.json) == _plain(random.json) == _plain(nobody.json)
    assert foreign.status == 404


def _plain(problem: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in problem.items() if name not in {"instance", "reference"}}


def _execute(instance: Instance, regions: DatabaseRegions, run: UUID) -> None:
    engine = instance.engine_of(COPY)

    def view(session: Session) -> TenantView:
        return regions.view(COPY, session)

    execute_run(Workplace(engine=engine, view=view), run)
