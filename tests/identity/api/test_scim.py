from __future__ import annotations

import json
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_models import ScimPolicy, ScimProvider
from scim2_tester import Status, check_server
from sqlalchemy.exc import OperationalError
from tests.identity.api.conftest import HOST, Site
from werkzeug.test import TestResponse

from andel.identity.model.access import Shown
from andel.identity.model.permissions import Permission
from andel.identity.pages import Access, routes, undeclared
from andel.identity.service import scim as service
from andel.identity.service.scim.directories import RATE
from andel.shared.database import RegionUnavailableError

USER = ["urn:ietf:params:scim:schemas:core:2.0:User"]
PATCH = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]
ERROR = ["urn:ietf:params:scim:api:messages:2.0:Error"]
PATHS = ("/Users", "/Groups", "/Schemas", "/ResourceTypes", "/ServiceProviderConfig", "/Users/x", "/Groups/x")


def said(response: TestResponse) -> dict[str, Any]:
    assert response.mimetype == "application/scim+json"
    return json.loads(response.text)  # type: ignore[no-any-return]  # JSON


def made(site: Site, number: int = 1, **changed: Any) -> dict[str, Any]:  # noqa: ANN401  (JSON)
    body = {"schemas": USER, "userName": f"n{number}@alby.se", "externalId": f"oid-{number}"} | changed
    response = site.scim("POST", "/Users", body)
    assert response.status_code == 201, response.text
    return said(response)


def refused(response: TestResponse, status: int, keyword: str | None = None) -> str:
    error = said(response)
    assert (response.status_code, error["schemas"], error["status"]) == (status, ERROR, str(status)), response.text
    assert error.get("scimType") == keyword
    assert error["detail"]
    return str(error["detail"])


def change(site: Site, user: str, *operations: dict[str, Any], **request: Any) -> TestResponse:  # noqa: ANN401  (of werkzeug)
    return site.scim("PATCH", f"/Users/{user}", {"schemas": PATCH, "Operations": list(operations)}, **request)


def test_an_independent_tester_finds_nothing_wrong(site: Site) -> None:
    def unhurried(environ: Any, start_response: Any) -> Any:  # noqa: ANN401  (WSGI)
        site.now += timedelta(seconds=1)
        return site.app.wsgi_app(environ, start_response)

    client = WSGISCIMClient(
        unhurried,
        base_url=f"{HOST}/prov/scim/v2/alby",
        headers={"Authorization": f"Bearer {site.world.first.token}"},
        provider=ScimProvider(policy=ScimPolicy()),
    )
    found = [(result.status, result.title, result.reason) for result in check_server(client)]
    assert len(found) > 60
    assert [one for one in found if one[0] not in {Status.SUCCESS, Status.SKIPPED}] == []


# ---- as Entra ID does it ------------------------------------------------------------------------------------
def test_entra_tries_the_connection_by_looking_for_somebody_who_is_not_there(site: Site) -> None:
    response = site.scim("GET", f'/Users?filter=userName+eq+"{uuid4()}"')
    assert (response.status_code, said(response)["totalResults"], said(response)["Resources"]) == (200, 0, [])


def test_entra_creates_changes_shuts_out_and_deletes_somebody(site: Site) -> None:
    body = {
        "schemas": [*USER, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
        "externalId": "oid-1",
        "userName": "Ekonom@alby.se",
        "active": True,
        "addresses": None,
        "displayName": "Ekonom",
        "emails": [{"type": "work", "value": "ekonom@alby.se", "primary": True}],
        "meta": {"resourceType": "User"},
        "name": {"familyName": "Prov", "givenName": "Eva"},
        "roles": [],
        "title": None,
    }
    created = site.scim("POST", "/Users", body)
    user = said(created)
    assert (created.status_code, user["userName"], user["active"]) == (201, "Ekonom@alby.se", True)
    assert "addresses" not in user
    assert created.headers["Location"] == user["meta"]["location"] == f"{HOST}/prov/scim/v2/alby/Users/{user['id']}"
    found = said(site.scim("GET", '/Users?filter=externalId eq "oid-1"'))
    assert [one["id"] for one in found["Resources"]] == [user["id"]]
    token = site.world.sign_in(user["id"])
    changed = change(
        site,
        user["id"],
        {"op": "Replace", "path": "displayName", "value": "Ny ekonom"},
        {"op": "Add", "path": 'emails[type eq "work"].value', "value": "ny@alby.se"},
        {"op": "Add", "path": 'phoneNumbers[type eq "work"].value', "value": "0"},
    )
    assert (changed.status_code, said(changed)["emails"][0]["value"]) == (200, "ny@alby.se")
    assert site.world.alive(token)
    assert change(site, user["id"], {"op": "Replace", "path": "active", "value": "False"}).status_code == 200
    assert not site.world.alive(token)
    assert site.scim("DELETE", f"/Users/{user['id']}").status_code == 204
    refused(site.scim("GET", f"/Users/{user['id']}"), 404)
    refused(site.scim("DELETE", f"/Users/{user['id']}"), 404)


def test_entra_fills_a_group_and_is_not_told_its_members(site: Site) -> None:
    somebody = made(site)["id"]
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Andel.Läsare"}
    group = said(site.scim("POST", "/Groups", body))
    operation = {"op": "Add", "path": "members", "value": [{"$ref": None, "value": somebody}]}
    filled = site.scim("PATCH", f"/Groups/{group['id']}", {"schemas": PATCH, "Operations": [operation]})
    assert (filled.status_code, filled.data, filled.headers["ETag"]) == (204, b"", 'W/"2"')
    assert site.world.roles(somebody) == {"viewer": "scim"}
    whole = said(site.scim("GET", f"/Groups/{group['id']}"))
    address = f"{HOST}/prov/scim/v2/alby/Users/{somebody}"
    assert whole["members"] == [{"$ref": address, "type": "User", "value": somebody}]
    assert "members" not in said(site.scim("GET", f"/Groups/{group['id']}?excludedAttributes=members"))
    assert site.scim("DELETE", f"/Groups/{group['id']}").status_code == 204
    assert site.world.roles(somebody) == {}


# ---- who is let in ------------------------------------------------------------------------------------------
def test_the_token_of_another_organization_and_none_get_the_same_answer_everywhere(site: Site) -> None:
    answers = set()
    for method, path in product(("GET", "POST", "PUT", "PATCH", "DELETE"), PATHS):
        for token, organization in (
            (site.world.second.token, "alby"),
            (site.world.first.token, "byn"),
            (site.world.first.token, "ingen"),
            ("", "alby"),
            ("andel_scim_x", "alby"),
        ):
            body = {"schemas": PATCH, "Operations": []} if method not in {"GET", "DELETE"} else None
            response = site.scim(method, path, body, token=token, organization=organization)
            if response.status_code != 405:
                assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]
                answers.add(refused(response, 401))
    assert len(answers) == 1


def test_a_token_that_is_shown_in_another_way_lets_nobody_in(site: Site) -> None:
    token = site.world.first.token
    for headers in ({"Authorization": token}, {"Authorization": f"Basic {token}"}, {"X-Token": token}):
        response = site.app.test_client().get("/prov/scim/v2/alby/Users", base_url=HOST, headers=headers)
        refused(response, 401)
    path = f"/prov/scim/v2/alby/Users?access_token={token}"
    refused(site.app.test_client().get(path, base_url=HOST), 401)


def test_a_directory_that_asks_too_often_is_told_how_long_to_wait(site: Site) -> None:
    for _ in range(RATE.burst):
        site.world.directory()
    response = site.scim("GET", "/Users")
    refused(response, 429)
    assert response.headers["Retry-After"] == "1"
    site.now += timedelta(seconds=1)
    assert site.scim("GET", "/Users").status_code == 200


def test_every_address_says_what_it_asks_for(site: Site) -> None:
    assert undeclared(site.app) == ()
    declared = {route.endpoint: route.access for route in routes(site.app) if route.endpoint.startswith("scim.")}
    assert len(declared) == 13
    assert set(declared.values()) == {Access(Permission.USERS_MANAGE, Shown.DIRECTORY)}


# ---- what is sent -------------------------------------------------------------------------------------------
DEEP = b'{"a":' * 5000 + b"1" + b"}" * 5000


UNKEEPABLE: list[tuple[bytes, int, str | None]] = [
    (b"", 400, "invalidSyntax"),
    (b"{", 400, "invalidSyntax"),
    (b"[]", 400, "invalidSyntax"),
    (DEEP, 400, "invalidSyntax"),
    (b"[" * 200_000, 400, "invalidSyntax"),
    (b'{"userName": "a\\u0000"}', 400, "invalidValue"),
    (b'{"userName": "\\ud800"}', 400, "invalidValue"),
    (b'{"userName": "\xff"}', 400, "invalidSyntax"),
    (b'{"userName": "a", "USERNAME": "b"}', 400, "invalidSyntax"),
    (b'{"userName": 7}', 400, "invalidValue"),
    (b'{"userName": "' + b"a" * 5000 + b'"}', 400, "invalidValue"),
    (b'{"userName": "a", "active": 1e999}', 400, "invalidSyntax"),
    (b'{"a": "' + b"x" * (2 << 20) + b'"}', 413, None),
    (b'{"a": [' + b"1," * 200_000 + b"1]}", 413, None),
    (b"{}", 400, "invalidValue"),
]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_body_that_cannot_be_kept_is_refused_and_changes_nothing(site: Site, method: str) -> None:
    user = made(site)
    for body, status, keyword in UNKEEPABLE:
        response = site.scim(method, "/Users" if method == "POST" else f"/Users/{user['id']}", body)
        if method == "PATCH" and keyword == "invalidValue":
            assert response.status_code == status
        else:
            refused(response, status, keyword)
    assert said(site.scim("GET", f"/Users/{user['id']}")) == user
    assert said(site.scim("GET", "/Users"))["totalResults"] == 1


def test_a_body_of_another_type_is_refused(site: Site) -> None:
    address = "/prov/scim/v2/alby/Users"
    headers = {"Authorization": f"Bearer {site.world.first.token}"}
    response = site.app.test_client().post(address, base_url=HOST, headers=headers, data={"userName": "a"})
    refused(response, 415)


NOT_UNDERSTOOD = [
    "/Users?filter=userName%20eq%20%22a%00%22",
    "/Users?filter=((((",
    "/Users?filter=" + "(" * 900,
    "/Users?filter=userName%20sw%20%22a%22",
    "/Users?count=x",
    "/Users?startIndex=1e3",
    "/Users?attributes=a%00",
    "/Users?attributes=userName&excludedAttributes=emails",
    "/Users?filter=" + "a" * 5000,
]


def test_a_query_that_is_not_understood_is_refused_and_never_ignored(site: Site) -> None:
    assert [site.scim("GET", path).status_code for path in NOT_UNDERSTOOD] == [400] * len(NOT_UNDERSTOOD)


def test_a_name_that_is_no_id_is_nobody(site: Site) -> None:
    for name in ("x", "%00", "..%2f..%2f", "a%0ab", "1'%20or%20'1", "%ff", "x" * 3000):
        for kind in ("Users", "Groups", "Schemas", "ResourceTypes"):
            assert site.scim("GET", f"/{kind}/{name}").status_code == 404


def test_another_method_is_told_which_are_allowed(site: Site) -> None:
    assert "GET" in refused(site.scim("POST", "/Schemas", {}), 405)
    assert "PATCH" in refused(site.scim("POST", "/Users/x", {}), 405)
    refused(site.scim("POST", "/Bulk", {}), 404)
    refused(site.scim("GET", "/Me"), 404)
    refused(site.app.test_client().get("/annan/scim/v2/alby/Users", base_url=HOST), 404)


# ---- versions and parts -------------------------------------------------------------------------------------
def test_a_resource_that_is_unchanged_is_not_sent_again(site: Site) -> None:
    user = made(site)
    path = f"/Users/{user['id']}"
    first = site.scim("GET", path)
    assert first.headers["ETag"] == user["meta"]["version"] == 'W/"1"'
    again = site.scim("GET", path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", 'W/"1"')
    change(site, user["id"], {"op": "replace", "path": "displayName", "value": "B"})
    assert site.scim("GET", path, headers={"If-None-Match": 'W/"1"'}).status_code == 200


def test_a_change_of_what_was_changed_meanwhile_is_refused(site: Site) -> None:
    user = made(site)
    operation = {"op": "replace", "path": "displayName", "value": "B"}
    stale = {"If-Match": 'W/"7"'}
    refused(change(site, user["id"], operation, headers=stale), 412)
    refused(site.scim("PUT", f"/Users/{user['id']}", {"userName": "x"}, headers=stale), 412)
    refused(site.scim("DELETE", f"/Users/{user['id']}", headers=stale), 412)
    assert change(site, user["id"], operation, headers={"If-Match": 'W/"1"'}).status_code == 200


def test_only_the_parts_that_are_asked_for_are_answered(site: Site) -> None:
    user = made(site, displayName="Ekonom", name={"givenName": "Eva", "familyName": "Prov"})
    bare = said(site.scim("GET", f"/Users/{user['id']}?attributes=userName,name.givenName"))
    assert bare == {"schemas": USER, "id": user["id"], "userName": "n1@alby.se", "name": {"givenName": "Eva"}}
    rest = said(site.scim("GET", f"/Users/{user['id']}?excludedAttributes=name"))
    assert "name" not in rest
    listed = said(site.scim("GET", "/Users?attributes=userName&count=1"))
    assert listed["Resources"] == [{"schemas": USER, "id": user["id"], "userName": "n1@alby.se"}]


def test_a_list_is_paged(site: Site) -> None:
    for number in range(3):
        made(site, number)
        site.now += timedelta(seconds=1)
    page = said(site.scim("GET", "/Users?startIndex=2&count=1"))
    shown = [page[name] for name in ("totalResults", "startIndex", "itemsPerPage")]
    assert (shown, page["Resources"][0]["userName"]) == ([3, 2, 1], "n1@alby.se")


def test_a_search_says_the_same_in_a_body(site: Site) -> None:
    for number in range(3):
        made(site, number)
    body = {"filter": 'userName eq "n1@alby.se"', "startIndex": 1, "count": 5, "attributes": ["userName"]}
    found = said(site.scim("POST", "/Users/.search", body))
    assert (found["totalResults"], found["Resources"][0].keys()) == (1, {"schemas", "id", "userName"})
    assert said(site.scim("POST", "/Groups/.search", {}))["totalResults"] == 0
    refused(site.scim("POST", "/.search", {}), 501)
    for wrong in ({"count": True}, {"filter": {"a": 1}}, {"filter": None}):
        refused(site.scim("POST", "/Users/.search", wrong), 400, "invalidValue")
    refused(site.scim("POST", "/Users/.search", {"filter": "x"}), 400, "invalidFilter")


def test_a_filter_on_active_understands_words(site: Site) -> None:
    made(site, 1)
    made(site, 2, active=False)
    for word in ("false", '"False"'):
        found = said(site.scim("GET", f"/Users?filter=active eq {word}"))
        assert [user["userName"] for user in found["Resources"]] == ["n2@alby.se"]


def test_a_conflict_is_told_as_one(site: Site) -> None:
    made(site)
    refused(site.scim("POST", "/Users", {"schemas": USER, "userName": "N1@alby.se"}), 409, "uniqueness")


def test_what_the_service_says_of_itself_is_not_filtered(site: Site) -> None:
    refused(site.scim("GET", '/Schemas?filter=id eq "x"'), 403)
    config = said(site.scim("GET", "/ServiceProviderConfig"))
    assert (config["patch"], config["bulk"]["supported"], config["sort"]) == (
        {"supported": True},
        False,
        {"supported": False},
    )


# ---- what goes wrong on our side ----------------------------------------------------------------------------
def test_a_region_that_is_closed_is_told_in_the_same_form(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        region, driver = "prov", "the driver says host db-7"
        raise RegionUnavailableError.about(region, driver)

    monkeypatch.setattr(service, "admit", gone)
    response = site.scim("GET", "/Users")
    assert "db-7" not in refused(response, 503)


def test_a_defect_of_ours_tells_a_reference_and_nothing_else(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        message = "SELECT secret"
        driver = OSError()
        raise OperationalError(message, {}, driver)

    monkeypatch.setattr(service, "admit", broken)
    detail = refused(site.scim("GET", "/Users"), 500)
    assert "secret" not in detail
    assert "Reference" in detail
