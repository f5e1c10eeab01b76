from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.app.api.world import COPY, REGION, Instance

from andel.app.web import DatabaseRegions
from andel.costs.service.running import Workplace, execute_run, order_run
from andel.costs.tables import ComponentSettingsRow, CostAmountRow
from andel.host.view import TenantView
from andel.identity.model.roles import Role
from andel.sdk.period import Period
from andel.shared.audit.tables import AuditEntryRow
from andel.shared.database import Viewer, region_transaction
from andel.tenancy.service.pulling import document_of

PART = f"/{COPY}/services/synergi/components/licenser"
SIP = f"/{COPY}/services/sip/components/support"
VALUES = {"price": "5200", "part_of_year": "whole-year", "fact": "seats", "counted_on": "12-31"}
SOURCE = {"title": "Nätverkets beslut", "date": "2026-10-01"}
SETTINGS: dict[str, Any] = {"valid_from": "2028-01-01", "values": VALUES, "source": SOURCE}
COST: dict[str, Any] = {
    "period": {"start": "2028-01-01", "end": "2029-01-01"},
    "amount": {"amount": "1300000.50", "currency": "SEK"},
    "reference": "Budget 2028",
    "source": SOURCE,
}


@pytest.fixture
def reader(instance: Instance) -> str:
    return instance.token("dalarna", REGION, Role.AUDITOR)


def test_services_are_listed_with_their_components(instance: Instance, reader: str) -> None:
    services = instance.get("/dalarna/services", reader).json["services"]
    assert [one["key"] for one in services] == sorted(one["key"] for one in services)
    synergi = instance.get("/dalarna/services/synergi", reader).json
    assert synergi in services
    components = instance.get("/dalarna/services/synergi/components", reader).json["components"]
    assert [one["key"] for one in components] == synergi["components"]
    one = instance.get(f"/dalarna/services/synergi/components/{components[0]['key']}", reader).json
    assert one == components[0]
    assert one["model"] == "per-license"


def test_settings_are_listed_from_day_to_day(instance: Instance, reader: str) -> None:
    path = "/dalarna/services/synergi/components/licenser/settings"
    settings = instance.get(path, reader).json["settings"]
    assert [(one["valid_from"], one["valid_to"]) for one in settings] == [
        ("2024-01-01", "2027-01-01"),
        ("2027-01-01", None),
    ]
    assert instance.get(f"{path}/2027-01-01", reader).json == settings[1]
    assert instance.get(f"{path}/2026-01-01", reader).status == 404
    assert instance.get(f"{path}/20270101", reader).status == 404


def test_new_settings_end_those_before_them_and_are_kept_when_corrected_and_ended(
    changeable: Instance, economist: str
) -> None:
    added = changeable.send(f"{PART}/settings", economist, SETTINGS)
    assert added.status == 201, added.text
    assert added.json["model_version"] == "1.0.0"
    path = added.headers["Location"]
    before = changeable.get(f"{PART}/settings/2027-01-01", economist).json
    assert before["valid_to"] == "2028-01-01"
    corrected = changeable.change(path, economist, {"values": VALUES | {"price": "5300"}, "source": SOURCE})
    assert corrected.status == 200, corrected.text
    assert corrected.json["values"]["price"] == "5300"
    assert changeable.get(path, economist).json == corrected.json
    assert changeable.change(path, economist, None, method="DELETE").status == 204
    assert changeable.get(path, economist).status == 404
    assert changeable.get(f"{PART}/settings/2027-01-01", economist).json["valid_to"] is None
    with region_transaction(changeable.engine_of(COPY), Viewer.staff()) as session:
        late = select(ComponentSettingsRow.settings).where(ComponentSettingsRow.valid_from == Period.year(2028).start)
        assert [one["price"] for one in session.scalars(late.order_by(ComponentSettingsRow.id))] == ["5200", "5300"]
        assert _told(session, "settings.") == ["settings.added", "settings.corrected", "settings.ended"]


def test_settings_are_refused_at_the_field_that_the_model_does_not_take(changeable: Instance, economist: str) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"values": VALUES | {"price": "gratis"}}, "values.price"),
        ({"values": VALUES | {"pris": "5000"}}, "values.pris"),
        ({"values": VALUES | {"price": 5000.5}}, "values.price"),
        ({"values": {}}, "values.price"),
        ({"values": []}, "values"),
        ({"model_version": "9.9.9"}, ""),
        ({"valid_from": "2018-13-01"}, "valid_from"),
        ({"source": {"title": "exempel"}}, "source.example"),
    ]
    for changed, where in wrong:
        answer = changeable.send(f"{PART}/settings", economist, SETTINGS | changed)
        assert answer.status == 422, answer.text
        assert where in answer.json.get("where", "") or not where, answer.text
        assert answer.kind.startswith("/problems/")
    again = changeable.send(f"{PART}/settings", economist, SETTINGS | {"valid_from": "2027-01-01"})
    assert (again.status, again.kind) == (409, "/problems/already-there")


def test_the_first_settings_cannot_be_ended(changeable: Instance, economist: str) -> None:
    answer = changeable.change(f"{PART}/settings/2024-01-01", economist, None, method="DELETE")
    assert (answer.status, answer.kind) == (422, "/problems/costs")


def test_a_cost_is_added_corrected_and_ended_and_what_it_was_is_kept(changeable: Instance, economist: str) -> None:
    added = changeable.send(f"{SIP}/costs", economist, COST)
    assert added.status == 201, added.text
    assert added.json["amount"] == {"amount": "1300000.50", "currency": "SEK"}
    other = COST | {"amount": {"amount": "1310000", "currency": "SEK"}}
    corrected = changeable.change(added.headers["Location"], economist, other)
    assert corrected.status == 200, corrected.text
    assert corrected.json["amount"]["amount"] == "1310000.00"
    was = changeable.get(added.headers["Location"], economist).json
    assert was["superseded_at"]
    assert changeable.change(added.headers["Location"], economist, other).status == 404
    assert changeable.change(corrected.headers["Content-Location"], economist, None, method="DELETE").status == 204
    listed = changeable.get(f"{SIP}/costs?revisions=superseded", economist).json["costs"]
    assert {one["id"] for one in listed} == {added.json["id"], corrected.json["id"]}
    with region_transaction(changeable.engine_of(COPY), Viewer.staff()) as session:
        ore = select(CostAmountRow.ore).where(CostAmountRow.reference == "Budget 2028").order_by(CostAmountRow.id)
        assert session.scalars(ore).all() == [130000050, 131000000]
        assert _told(session, "cost.") == ["cost.added", "cost.corrected", "cost.ended"]


def test_a_cost_is_refused_where_it_is_wrong(changeable: Instance, economist: str) -> None:
    wrong: list[tuple[dict[str, Any], int, str]] = [
        ({"amount": {"amount": 1300000, "currency": "SEK"}}, 422, "amount.amount"),
        ({"amount": {"amount": "1300000,50", "currency": "SEK"}}, 422, "amount.amount"),
        ({"amount": {"amount": "-1", "currency": "SEK"}}, 422, "amount.amount"),
        ({"amount": {"amount": "1.00", "currency": "EUR"}}, 422, "amount.currency"),
        ({"period": {"start": "2028-01-01", "end": "2028-01-01"}}, 422, ""),
        ({"period": {"start": "1950-01-01", "end": "1951-01-01"}}, 422, ""),
        ({"period": {"start": "2026-01-01", "end": "2027-01-01"}, "reference": "Budget 2026"}, 409, "period"),
        ({"basis": "budget"}, 422, "basis"),
    ]
    for changed, status, where in wrong:
        answer = changeable.send(f"{SIP}/costs", economist, COST | changed)
        assert (answer.status, answer.json.get("where", "") if where else "") == (status, where), answer.text


def test_what_a_stored_result_was_made_of_can_be_corrected_and_not_taken_away(
    changeable: Instance, economist: str, peopled: DatabaseRegions
) -> None:
    _run(changeable, peopled, 2026)
    cost = changeable.get(f"{SIP}/costs?limit=200", economist).json["costs"][1]
    assert cost["period"]["start"] == "2026-01-01"
    path = f"{SIP}/costs/{cost['id']}"
    refused = changeable.change(path, economist, None, method="DELETE")
    assert (refused.status, refused.kind) == (409, "/problems/in-use")
    assert changeable.get(path, economist).json["superseded_at"] is None
    sent = {"amount": {"amount": "1", "currency": "SEK"}, "source": SOURCE}
    changed = {"period": cost["period"], "reference": cost["reference"], **sent}
    assert changeable.change(path, economist, changed).status == 200


def test_a_service_is_changed_and_stays_a_valid_document(changeable: Instance, economist: str) -> None:
    path = f"/{COPY}/services/synergi"
    bearer = {"sv": "Kommunerna.", "en": "The municipalities."}
    changed = changeable.change(path, economist, {"bearer": bearer, "summary": None}, method="PATCH")
    assert changed.status == 200, changed.text
    assert (changed.json["bearer"], changed.json["summary"]) == (bearer, None)
    assert changed.headers["ETag"] == changeable.get(path, economist).headers["ETag"]
    with region_transaction(changeable.engine_of(COPY), Viewer.staff()) as session:
        document = document_of(session)
        assert document is not None
        service = next(one for one in document.services if one.key == "synergi")
    assert service.bearer.sv == "Kommunerna."


def _run(instance: Instance, regions: DatabaseRegions, year: int) -> None:
    engine = instance.engine_of(COPY)

    def view(session: Session) -> TenantView:
        return regions.view(COPY, session)

    with region_transaction(engine, Viewer.staff()) as session:
        ordered = order_run(session, Period.year(year), view=view, ordered_by="a test")
    execute_run(Workplace(engine=engine, view=view), ordered.run.id)


def _told(session: Session, beginning: str) -> list[str]:
    found = session.scalars(select(AuditEntryRow.content).order_by(AuditEntryRow.id)).all()
    events = [one.split('"event":"', 1)[1].split('"', 1)[0] for one in found]
    return [event for event in events if event.startswith(beginning)]
