from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from tests.app.api.world import COPY, REGION, Instance

from andel.identity.model.roles import Role
from andel.parties.tables import FactSeriesRow
from andel.shared.audit.tables import AuditEntryRow
from andel.shared.database import Viewer, region_transaction

SEATS: dict[str, Any] = {
    "name": "seats",
    "unit": "license",
    "reference_date": "2026-12-31",
    "source": {"title": "Länschefsnätverkets inventering", "date": "2026-12-31"},
    "control_total": 9,
    "values": [{"organization": "leksand", "value": 4}, {"organization": "mora", "value": 5}],
}
FACTS = f"/{COPY}/facts"


@pytest.fixture
def reader(instance: Instance) -> str:
    return instance.token("dalarna", REGION, Role.AUDITOR)


def test_the_region_says_who_it_is(instance: Instance, reader: str) -> None:
    answer = instance.get("/dalarna", reader)
    assert answer.json["name"] == "Region Dalarna"
    assert answer.json["organization"] == REGION


def test_all_pages_together_are_every_organization_once_in_order(instance: Instance, reader: str) -> None:
    keys: list[str] = []
    address: str | None = "/dalarna/organizations?limit=7"
    while address:
        page = instance.get(address, reader).json
        keys += [one["key"] for one in page["organizations"]]
        address = page["next"]
    assert len(keys) == 19
    assert keys == sorted(set(keys))


def test_organizations_are_listed_backwards_too(instance: Instance, reader: str) -> None:
    page = instance.get("/dalarna/organizations?limit=2&sort=-key", reader).json
    after = instance.get(page["next"], reader).json
    assert [one["key"] for one in page["organizations"] + after["organizations"]] == [
        "vansbro",
        "sos-alarm",
        "smedjebacken",
        "sater",
    ]


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ("kind=municipality", 15),
        ("kind=region", 1),
        ("group=kommuner", 15),
        ("group=ingen", 0),
        ("existing_on=2026-01-01", 19),
    ],
)
def test_organizations_are_filtered(instance: Instance, reader: str, filters: str, count: int) -> None:
    page = instance.get(f"/dalarna/organizations?limit=200&{filters}", reader).json
    assert len(page["organizations"]) == count


def test_a_district_names_its_authority_and_its_last_day(instance: Instance) -> None:
    token = instance.token("stockholm", "region-stockholm", Role.AUDITOR)
    districts = instance.get("/stockholm/organizations?kind=district&limit=50", token).json["organizations"]
    assert {one["authority"] for one in districts} == {"stockholm"}
    assert any(one["valid_to"] for one in districts)
    assert not any(one["valid_from"] == "0001-01-01" for one in districts)


def test_groups_are_listed_with_their_members_and_by_member(instance: Instance, reader: str) -> None:
    groups = instance.get("/dalarna/groups?member=mora", reader).json["groups"]
    assert [one["key"] for one in groups] == ["kommuner"]
    one = instance.get("/dalarna/groups/kommuner", reader)
    assert "mora" in one.json["members"]
    assert one.headers["ETag"]


def test_only_figures_that_count_are_listed_unless_others_are_asked_for(instance: Instance, reader: str) -> None:
    everything = instance.get("/dalarna/facts?name=seats&revisions=all&limit=200", reader).json["facts"]
    current = instance.get("/dalarna/facts?name=seats", reader).json["facts"]
    replaced = instance.get("/dalarna/facts?name=seats&revisions=superseded", reader).json["facts"]
    assert len(everything) == len(current) + len(replaced)
    assert [(one["reference_date"], one["revision"]) for one in replaced] == [("2024-12-31", 1)]
    correction = next(one for one in current if one["reference_date"] == "2024-12-31")
    assert correction["revision"] == 2
    assert correction["corrects"] == "en licens var inte med"
    assert correction["corrects_id"] == replaced[0]["id"]


def test_a_series_has_its_rows_and_their_sum(instance: Instance, reader: str) -> None:
    listed = instance.get("/dalarna/facts?name=inhabitants", reader).json["facts"][0]
    series = instance.get(f"/dalarna/facts/{listed['id']}", reader).json
    assert sum(row["value"] for row in series["values"]) == series["total"] == 286048
    assert len(series["values"]) == series["rows"] == 15


def test_figures_are_loaded_and_stand_in_the_chain(changeable: Instance, economist: str) -> None:
    answer = changeable.send(FACTS, economist, SEATS)
    assert answer.status == 201, answer.text
    assert answer.json["revision"] == 1
    assert answer.json["total"] == 9
    assert changeable.get(answer.headers["Location"], economist).json == answer.json
    with region_transaction(changeable.engine_of(COPY), Viewer.staff()) as session:
        told = session.scalars(
            select(AuditEntryRow.content).where(AuditEntryRow.content.contains("facts.loaded"))
        ).one()
    assert '"kind":"client"' in told
    assert '"total":9' in told


def test_figures_of_the_same_day_need_a_reason_and_become_the_next_revision(
    changeable: Instance, economist: str
) -> None:
    changeable.send(FACTS, economist, SEATS)
    again = SEATS | {"control_total": 10, "values": [{"organization": "mora", "value": 10}]}
    refused = changeable.send(FACTS, economist, again)
    assert (refused.status, refused.kind) == (409, "/problems/already-loaded")
    answer = changeable.send(FACTS, economist, again | {"corrects": "fel i inventeringen"})
    assert answer.json["revision"] == 2
    assert answer.json["corrects"] == "fel i inventeringen"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"control_total": 10}, "seats 2026-12-31"),
    ({"values": [{"organization": "morra", "value": 9}]}, "values.morra"),
    ({"values": [*SEATS["values"], SEATS["values"][0]]}, "values[2].organization"),
    ({"values": [{"organization": "mora", "value": -1}]}, "values[0].value"),
    ({"values": [{"organization": "mora", "value": 9.5}]}, "values[0].value"),
    ({"values": [{"organization": "mora", "value": "9"}]}, "values[0].value"),
    ({"values": [{"organization": "mora", "value": True}]}, "values[0].value"),
    ({"values": []}, "values"),
    ({"values": {"mora": 9}}, "values"),
    ({"values": [{"organization": "mora", "value": 9, "note": ""}]}, "values[0].note"),
    ({"corrects": "inget att rätta"}, "corrects"),
    ({"source": {}}, "source.title"),
    ({"source": {"title": "Exempel på något"}}, "source.example"),
    ({"reference_date": "2026-02-30"}, "reference_date"),
    ({"reference_date": "20261231"}, "reference_date"),
    ({"unit": "seat"}, "unit"),
    ({"name": "Seats"}, "name"),
    ({"surprise": 1}, "surprise"),
]


def test_what_is_wrong_with_figures_is_said_at_its_field_and_nothing_is_loaded(
    changeable: Instance, economist: str
) -> None:
    before = _series(changeable)
    for changed, where in WRONG:
        answer = changeable.send(FACTS, economist, SEATS | changed)
        assert (answer.status, answer.json["where"]) == (422, where), answer.text
        assert answer.json["detail"]
        assert answer.kind in {"/problems/invalid", "/problems/facts", "/problems/source"}
    assert _series(changeable) == before


def _series(instance: Instance) -> int:
    with region_transaction(instance.engine_of(COPY), Viewer.staff()) as session:
        return len(session.scalars(select(FactSeriesRow.id)).all())
