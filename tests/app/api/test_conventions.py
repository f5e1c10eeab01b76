from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.app.api.test_parties import SEATS
from tests.app.api.world import COPY, NOW, REGION, Instance, Reply

from andel.identity.model.roles import Role
from andel.parties.tables import FactSeriesRow
from andel.shared import idempotency
from andel.shared.database import Viewer, region_transaction
from andel.shared.idempotency import KEPT, ApiAnswerRow

FACTS = f"/{COPY}/facts"
SERVICE = f"/{COPY}/services/synergi"
WORKERS = 6


@pytest.fixture
def reader(instance: Instance) -> str:
    return instance.token("dalarna", REGION, Role.AUDITOR)


# ---- bodies -----------------------------------------------------------------------------------------------------
BAD_BODIES: dict[str, tuple[bytes, int, str]] = {
    "nothing": (b"", 400, "malformed"),
    "no JSON": (b"seats", 400, "malformed"),
    "cut off": (b'{"name": "seats"', 400, "malformed"),
    "two members of one name": (b'{"name": "seats", "name": "users"}', 400, "malformed"),
    "two members of one name, inside": (b'{"source": {"title": "a", "title": "b"}}', 400, "malformed"),
    "NUL": (b'{"name": "se\\u0000ats"}', 400, "malformed"),
    "NUL in a name": (b'{"na\\u0000me": "seats"}', 400, "malformed"),
    "a lone surrogate": (b'{"name": "\\ud800"}', 400, "malformed"),
    "not a number": (b'{"control_total": NaN}', 400, "malformed"),
    "infinity": (b'{"control_total": -Infinity}', 400, "malformed"),
    "a number of ten thousand digits": (b'{"control_total": ' + b"9" * 10_000 + b"}", 400, "malformed"),
    "Latin-1": ('{"name": "å"}'.encode("latin-1"), 400, "malformed"),
    "UTF-16": ('{"name": "seats"}'.encode("utf-16"), 400, "malformed"),
    "deep": (b'{"source": ' + b"[" * 1000 + b"]" * 1000 + b"}", 400, "malformed"),
    "very deep": (b"[" * 200_000, 400, "malformed"),
    "large": (b'{"name": "' + b"a" * 1_000_000 + b'"}', 413, "too-large"),
    "ten megabytes": (b" " * 10_000_000, 413, "too-large"),
    "a list": (b"[]", 422, "invalid"),
    "null": (b"null", 422, "invalid"),
    "a text": (b'"seats"', 422, "invalid"),
}


@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_body_that_has_no_one_meaning_is_refused(instance: Instance, name: str) -> None:
    body, status, kind = BAD_BODIES[name]
    token = instance.token("dalarna", REGION, Role.ECONOMIST)
    headers = {"Idempotency-Key": "a", "Content-Type": "application/json"}
    answer = instance.ask("POST", "/dalarna/facts", token, data=body, headers=headers)
    assert (answer.status, answer.kind) == (status, f"/problems/{kind}"), answer.text
    assert answer.json["detail"]
    assert answer.json["remedy"]


def test_a_large_body_of_unknown_length_is_not_read_to_its_end(instance: Instance) -> None:
    token = instance.token("dalarna", REGION, Role.ECONOMIST)
    taken: list[int] = []

    class Endless:
        def read(self, size: int = -1) -> bytes:
            taken.append(size)
            assert len(taken) < 1000
            return b" " * max(1, min(size, 100_000))

        def readline(self, size: int = -1) -> bytes:
            return self.read(size)

    environment = {"wsgi.input": Endless(), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    headers = {"Idempotency-Key": "a", "Content-Type": "application/json"}
    answer = instance.ask("POST", "/dalarna/facts", token, headers=headers, environ_overrides=environment)
    assert (answer.status, answer.kind) == (413, "/problems/too-large")


TYPES = ["text/plain", "application/x-www-form-urlencoded", "", "application/json; charset=latin-1"]


@pytest.mark.parametrize("content_type", TYPES)
def test_only_json_is_received(instance: Instance, content_type: str) -> None:
    token = instance.token("dalarna", REGION, Role.ECONOMIST)
    headers = {"Idempotency-Key": "a", "Content-Type": content_type}
    answer = instance.ask("POST", "/dalarna/facts", token, data=b"{}", headers=headers)
    assert (answer.status, answer.kind) == (415, "/problems/media-type")


def test_all_that_is_wrong_is_said_at_once_in_the_reader_s_language(instance: Instance) -> None:
    token = instance.token("dalarna", REGION, Role.ECONOMIST)
    body = {"name": "Seats", "unit": 1, "surprise": None}
    headers = {"Idempotency-Key": "a", "Accept-Language": "sv"}
    answer = instance.ask("POST", "/dalarna/facts", token, json=body, headers=headers).json
    told = {answer["where"]: answer["detail"], **{one["where"]: one["what"] for one in answer["errors"]}}
    assert set(told) == {"name", "unit", "reference_date", "source", "values", "surprise"}
    assert told["values"] == "Uppgiften saknas."
    english = instance.ask("POST", "/dalarna/facts", token, json=body, headers={"Idempotency-Key": "a"}).json
    assert {one["where"]: one["what"] for one in english["errors"]}["values"] == "The field is missing."
    assert english["type"] == answer["type"]


# ---- parameters and pages ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("limit=0", "query.limit"),
        ("limit=201", "query.limit"),
        ("limit=1.0", "query.limit"),
        ("limit=-1", "query.limit"),
        ("limit=%D9%A3", "query.limit"),
        ("limit=1&limit=2", "query.limit"),
        ("sort=name", "query.sort"),
        ("kind=city", "query.kind"),
        ("existing_on=2026-13-01", "query.existing_on"),
        ("group=Kommuner", "query.group"),
        ("group=a%00b", "query.group"),
        ("lang=sv", "query.lang"),
        ("cursor=", "query.cursor"),
        ("cursor=abc", "query.cursor"),
        ("cursor=W10", "query.cursor"),
        ("cursor=!!", "query.cursor"),
    ],
)
def test_a_parameter_is_known_given_once_and_of_its_form(
    instance: Instance, reader: str, query: str, where: str
) -> None:
    answer = instance.get(f"/dalarna/organizations?{query}", reader)
    assert (answer.status, answer.kind, answer.json["where"]) == (422, "/problems/invalid", where)


def test_a_cursor_serves_no_other_question(instance: Instance, reader: str) -> None:
    cursor = instance.get("/dalarna/organizations?limit=3", reader).json["next"].split("cursor=")[1]
    assert instance.get(f"/dalarna/organizations?limit=5&cursor={cursor}", reader).status == 200
    for other in (f"organizations?kind=municipality&cursor={cursor}", f"organizations?sort=-key&cursor={cursor}"):
        assert instance.get(f"/dalarna/{other}", reader).json["where"] == "query.cursor"
    assert instance.get(f"/dalarna/groups?cursor={cursor}", reader).json["where"] == "query.cursor"


@pytest.mark.parametrize("name", ["a%00b", "%00", "a%0Ab", "%E2%80%AE", "%FF", "..", "a b", "x" * 5000])
def test_a_name_that_nothing_has_is_not_there(instance: Instance, reader: str, name: str) -> None:
    assert instance.get(f"/dalarna/organizations/{name}", reader).status == 404


# ---- versions ---------------------------------------------------------------------------------------------------
def test_a_reader_is_told_when_nothing_is_new(instance: Instance, reader: str) -> None:
    first = instance.get("/dalarna/organizations/mora", reader)
    tag = first.headers["ETag"]
    again = instance.get("/dalarna/organizations/mora", reader, headers={"If-None-Match": tag})
    assert (again.status, again.text, again.headers["ETag"]) == (304, "", tag)
    other = instance.get("/dalarna/organizations/leksand", reader, headers={"If-None-Match": tag})
    assert other.status == 200
    assert first.headers["Cache-Control"] == "private, no-cache"


def test_a_change_names_the_version_that_it_was_made_from(changeable: Instance, economist: str) -> None:
    change = {"bearer": {"sv": "Någon annan.", "en": "Another."}}
    tag = changeable.get(SERVICE, economist).headers["ETag"]
    missing = changeable.ask("PATCH", SERVICE, economist, json=change)
    assert (missing.status, missing.kind) == (428, "/problems/precondition-needed")
    for wrong in ('"0000"', f"W/{tag}", '"', "nonsense"):
        refused = changeable.change(SERVICE, economist, change, tag=wrong, method="PATCH")
        assert refused.status in {412, 428}, wrong
    assert changeable.change(SERVICE, economist, change, tag=tag, method="PATCH").status == 200
    stale = changeable.change(SERVICE, economist, change, tag=tag, method="PATCH")
    assert (stale.status, stale.kind) == (412, "/problems/precondition-failed")


def test_of_changes_of_one_version_at_once_one_is_made(changeable: Instance, economist: str) -> None:
    tag = changeable.get(SERVICE, economist).headers["ETag"]

    def change(number: int) -> Reply:
        words = {"sv": f"Bärare {number}.", "en": f"Bearer {number}."}
        return changeable.change(SERVICE, economist, {"bearer": words}, tag=tag, method="PATCH")

    answers = _at_once(change)
    assert sorted(answer.status for answer in answers) == [200] + [412] * (WORKERS - 1)


# ---- the same request twice -------------------------------------------------------------------------------------
def test_the_same_request_under_the_same_key_is_done_once(changeable: Instance, economist: str) -> None:
    first = changeable.send(FACTS, economist, SEATS, key="a")
    again = changeable.send(FACTS, economist, SEATS, key="a")
    assert (again.status, again.text) == (first.status, first.text) == (201, first.text)
    assert again.headers["Location"] == first.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert _count(changeable) == 1


def test_another_request_under_the_same_key_is_refused(changeable: Instance, economist: str) -> None:
    changeable.send(FACTS, economist, SEATS, key="a")
    other = changeable.send(FACTS, economist, SEATS | {"corrects": "något annat"}, key="a")
    assert (other.status, other.kind) == (422, "/problems/key-reused")
    run = {"period": {"start": "2026-01-01", "end": "2027-01-01"}}
    elsewhere = changeable.send(f"/{COPY}/runs", economist, run, key="a")
    assert (elsewhere.status, elsewhere.kind) == (422, "/problems/key-reused")
    assert _count(changeable) == 1


def test_each_program_has_keys_of_its_own(changeable: Instance, economist: str) -> None:
    changeable.send(FACTS, economist, SEATS, key="a")
    other = changeable.token(COPY, REGION, Role.LICENSE_MANAGER)
    assert changeable.send(FACTS, other, SEATS, key="a").kind == "/problems/already-loaded"


def test_what_was_refused_can_be_mended_under_the_same_key(changeable: Instance, economist: str) -> None:
    assert changeable.send(FACTS, economist, SEATS | {"control_total": 1}, key="a").status == 422
    assert changeable.send(FACTS, economist, SEATS, key="a").status == 201


def test_a_key_is_forgotten_after_a_day(changeable: Instance, economist: str) -> None:
    changeable.send(FACTS, economist, SEATS, key="a")
    changeable.clock[0] = NOW + KEPT + timedelta(minutes=1)
    later = changeable.token(COPY, REGION, Role.ECONOMIST, fresh=True)
    assert changeable.send(FACTS, later, SEATS | {"corrects": "en till"}, key="b").status == 201
    with region_transaction(changeable.engine_of(COPY), Viewer.staff()) as session:
        assert session.scalars(select(ApiAnswerRow.key)).all() == ["b"]


@pytest.mark.parametrize("key", ["", " ", "a b", "å", "x" * 256])
def test_what_creates_needs_a_key(instance: Instance, key: str) -> None:
    token = instance.token("dalarna", REGION, Role.ECONOMIST)
    headers = {"Idempotency-Key": key} if key else {}
    answer = instance.ask("POST", "/dalarna/facts", token, json=SEATS, headers=headers)
    assert (answer.status, answer.kind, answer.json["where"]) == (400, "/problems/malformed", "Idempotency-Key")


def test_the_same_request_at_once_is_done_once(changeable: Instance, economist: str) -> None:
    answers = _at_once(lambda _: changeable.send(FACTS, economist, SEATS, key="a"))
    assert {(answer.status, answer.text) for answer in answers} == {(201, answers[0].text)}
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == WORKERS - 1
    assert _count(changeable) == 1


def test_without_the_lock_the_same_request_at_once_would_get_other_answers(
    changeable: Instance, economist: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency.service, "_wait_for_others", lambda _session, _asked: None)
    answers = _at_once(lambda _: changeable.send(FACTS, economist, SEATS, key="a"))
    assert {answer.status for answer in answers} != {201}
    assert _count(changeable) == 1


# ---- rates ------------------------------------------------------------------------------------------------------
def test_who_asks_too_often_is_told_how_long_to_wait(instance: Instance) -> None:
    token = instance.token("dalarna", "mora", Role.VIEWER, "facts:read", rate=30)
    answers = [instance.get("/dalarna", token) for _ in range(12)]
    refused = [answer for answer in answers if answer.status == 429]
    assert len(refused) > 1
    assert refused[0].kind == "/problems/too-many-requests"
    assert int(refused[0].headers["Retry-After"]) >= 1
    other = instance.token("dalarna", "leksand", Role.VIEWER, "facts:read", rate=30)
    assert instance.get("/dalarna", other).status == 200


# ---- what everybody may read ------------------------------------------------------------------------------------
def test_the_api_says_what_it_is(instance: Instance) -> None:
    info = instance.get("/api-info").json
    assert info["api_status"] == "active"
    document = instance.get(info["api_specification"]).json
    assert document["info"]["version"] == info["api_version"]
    for language, words in (("sv", "Lista organisationer"), ("en", "List the organizations.")):
        page = instance.get(f"{info['api_documentation']}?lang={language}")
        assert page.status == 200
        assert words in page.text
        assert f'<html lang="{language}"' in page.text
        assert "http://localhost/api/v1" in page.text
        for path in document["paths"]:
            assert path in page.text


def test_the_reference_asks_no_other_site_for_anything(instance: Instance) -> None:
    page = instance.get("/reference").text
    assert 'src="http' not in page
    assert 'href="http' not in page
    assert "<style" not in page
    assert " style=" not in page
    assert page.count("<script") == 1


def test_what_is_not_an_operation_is_answered_as_a_problem(instance: Instance, reader: str) -> None:
    missing = instance.get("/dalarna/nothing/at/all", reader)
    assert (missing.status, missing.kind) == (404, "about:blank")
    method = instance.ask("DELETE", "/dalarna/organizations", reader)
    assert (method.status, method.kind) == (405, "about:blank")
    assert "GET" in method.headers["Allow"]


def _at_once(ask: Any) -> list[Reply]:  # noqa: ANN401  (any call of a number)
    ready = Barrier(WORKERS)

    def one(number: int) -> Reply:
        ready.wait()
        found: Reply = ask(number)
        json.loads(found.text)
        return found

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(one, range(WORKERS)))


def _count(instance: Instance) -> int:
    with region_transaction(instance.engine_of(COPY), Viewer.staff()) as session:
        late = FactSeriesRow.reference_date == date.fromisoformat(SEATS["reference_date"])
        return (
            session.scalar(select(func.count()).select_from(FactSeriesRow).where(late, FactSeriesRow.name == "seats"))
            or 0
        )
