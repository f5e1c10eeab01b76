"""SCIM 2.0 for directories, at ``/<tenant>/scim/v2/<organization>/...`` (RFC 7644)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final, TypeVar

from flask import Blueprint, Response, request, url_for
from scim2_models import Context, ListResponse, Resource, ResourceType, Schema
from sqlalchemy import Engine

from andel.identity.api.answers import MEDIA_TYPE, answer_in_scim, document
from andel.identity.model.access import Access, Shown, marked
from andel.identity.model.permissions import Permission
from andel.identity.model.scim.errors import ScimError
from andel.identity.model.scim.queries import Wanted, arguments_of, wanted
from andel.identity.model.scim.reading import LARGEST_BODY, read_object
from andel.identity.model.scim.resources import CONFIG, PROVIDER, Group, User
from andel.identity.service import scim
from andel.identity.service.scim import Directory
from andel.shared.database import gate_transaction

ROOT: Final = "/<tenant:tenant>/scim/v2/<organization>"
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_JSON: Final = frozenset({MEDIA_TYPE, "application/json", ""})
_ACCESS: Final = Access(Permission.USERS_MANAGE, Shown.DIRECTORY)

View = Callable[..., Response]
_Described = TypeVar("_Described", ResourceType, Schema)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """The functions of one kind of resource."""

    model: type[Resource[Any]]
    find: Callable[..., scim.Page]
    read: Callable[..., Resource[Any]]
    create: Callable[..., Resource[Any]]
    replace: Callable[..., Resource[Any]]
    patch: Callable[..., Resource[Any]]
    delete: Callable[..., None]
    tells_patched: bool = True


_USERS: Final = _Kind(
    model=User,
    find=scim.find_users,
    read=lambda session, directory, one, _wanted: scim.read_user(session, directory, one),
    create=scim.create_user,
    replace=scim.replace_user,
    patch=scim.patch_user,
    delete=scim.delete_user,
)
_GROUPS: Final = _Kind(
    model=Group,
    find=scim.find_groups,
    read=lambda session, directory, one, asked: scim.read_group(
        session, directory, one, bare=asked.leaves_out("members")
    ),
    create=scim.create_group,
    replace=scim.replace_group,
    patch=scim.patch_group,
    delete=scim.delete_group,
    tells_patched=False,  # its members can be thousands, and Entra ID asks for no answer
)


def scim_api(engine_of: Callable[[str], Engine], clock: Callable[[], datetime]) -> Blueprint:
    """Return the endpoints of the directories of every region.

    Args:
        engine_of: returns a region's engine, or raises when there is no such region or it rests.
        clock: the moment of a request.
    """
    api = Blueprint("scim", __name__)
    door = _Door(engine_of, clock)
    answer_in_scim(api)
    routes: dict[str, tuple[str, Mapping[str, View]]] = {
        "config": ("/ServiceProviderConfig", {"GET": door.described(lambda _: CONFIG)}),
        "types": ("/ResourceTypes", {"GET": door.described(_types)}),
        "type": ("/ResourceTypes/<one>", {"GET": door.described(_type)}),
        "schemas": ("/Schemas", {"GET": door.described(_schemas)}),
        "schema": ("/Schemas/<one>", {"GET": door.described(_schema)}),
        "search": ("/.search", {"POST": door.described(_everything)}),
        "rest": ("/<path:one>", {}),
    }
    for name, kind in (("Users", _USERS), ("Groups", _GROUPS)):
        routes[name.lower()] = (f"/{name}", {"GET": door.listed(kind), "POST": door.created(kind)})
        routes[f"{name.lower()}_search"] = (f"/{name}/.search", {"POST": door.searched(kind)})
        one = {"GET": door.read(kind), "PUT": door.replaced(kind), "PATCH": door.patched(kind)}
        routes[name.lower()[:-1]] = (f"/{name}/<one>", {**one, "DELETE": door.deleted(kind)})
    for endpoint, (rule, views) in routes.items():
        api.add_url_rule(ROOT + rule, endpoint, _dispatched(views), methods=METHODS)
    return api


def _dispatched(views: Mapping[str, View]) -> View:
    """Return the view of an address, which answers by the request's method; without any, nothing is there."""

    def view(tenant: str, organization: str, one: str = "") -> Response:
        asked = views.get("GET" if request.method == "HEAD" else request.method)
        if asked is not None:
            return asked(tenant, organization, one)
        if not views:
            what = "There is no such endpoint."
            raise ScimError(what, status=HTTPStatus.NOT_FOUND)
        what = f"{request.method} is not answered here."
        remedy = f"Allowed: {', '.join(views)}."
        raise ScimError(what, status=HTTPStatus.METHOD_NOT_ALLOWED, remedy=remedy)

    return marked(view, _ACCESS)


@dataclass(frozen=True, slots=True)
class _Door:
    """What lets a directory in and runs its request: first counted, in a transaction of its own, then worked on."""

    engine_of: Callable[[str], Engine]
    clock: Callable[[], datetime]

    def admit(self, tenant: str, organization: str) -> Directory:
        """Return the directory that makes the request.

        Raises:
            ScimError: it is not let in, or asks too often.
        """
        scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
        token = shown.strip() if scheme.lower() == "bearer" else ""
        base = url_for("scim.rest", tenant=tenant, organization=organization, one="-", _external=True)
        with gate_transaction(self.engine_of(tenant)) as session:
            return scim.admit(session, organization, token, self.clock(), base=base.removesuffix("/-"))

    def described(self, find: Callable[[str], Any]) -> View:
        """Return the view of what the service says of itself."""

        def view(tenant: str, organization: str, one: str) -> Response:
            self.admit(tenant, organization)
            found = find(one)
            context = Context.RESOURCE_QUERY_RESPONSE
            return document(found.model_dump(scim_ctx=context) if not isinstance(found, dict) else found)

        return view

    def listed(self, kind: _Kind) -> View:
        """Return the view of a list."""

        def view(tenant: str, organization: str, _one: str) -> Response:
            directory, asked = self.admit(tenant, organization), _asked(kind)
            with gate_transaction(self.engine_of(tenant)) as session:
                page = kind.find(session, directory, asked)
            return document(_list(page, asked))

        return view

    def searched(self, kind: _Kind) -> View:
        """Return the view of a list that is asked for by a body, so that what is looked for is in no log."""

        def view(tenant: str, organization: str, _one: str) -> Response:
            directory = self.admit(tenant, organization)
            asked = wanted(kind.model, arguments_of(_body()))
            with gate_transaction(self.engine_of(tenant)) as session:
                page = kind.find(session, directory, asked)
            return document(_list(page, asked))

        return view

    def read(self, kind: _Kind) -> View:
        """Return the view of one resource."""

        def view(tenant: str, organization: str, one: str) -> Response:
            directory, asked = self.admit(tenant, organization), _asked(kind)
            with gate_transaction(self.engine_of(tenant)) as session:
                found = kind.read(session, directory, one, asked)
            if request.if_none_match.contains_weak(_version(found)):
                return Response(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": _tag(found)})
            return _told(found, asked, Context.RESOURCE_QUERY_RESPONSE)

        return view

    def created(self, kind: _Kind) -> View:
        """Return the view that takes a resource in."""

        def view(tenant: str, organization: str, _one: str) -> Response:
            directory, asked, data = self.admit(tenant, organization), _asked(kind), _body()
            with gate_transaction(self.engine_of(tenant)) as session:
                made = kind.create(session, directory, data, self.clock())
            return _told(made, asked, Context.RESOURCE_CREATION_RESPONSE, status=HTTPStatus.CREATED)

        return view

    def replaced(self, kind: _Kind) -> View:
        """Return the view that puts a resource in the place of another."""

        def view(tenant: str, organization: str, one: str) -> Response:
            directory, asked, data = self.admit(tenant, organization), _asked(kind), _body()
            with gate_transaction(self.engine_of(tenant)) as session:
                changed = kind.replace(session, directory, one, data, self.clock(), match=_match())
            return _told(changed, asked, Context.RESOURCE_REPLACEMENT_RESPONSE)

        return view

    def patched(self, kind: _Kind) -> View:
        """Return the view that changes a resource here and there."""

        def view(tenant: str, organization: str, one: str) -> Response:
            directory, asked, data = self.admit(tenant, organization), _asked(kind), _body()
            with gate_transaction(self.engine_of(tenant)) as session:
                changed = kind.patch(session, directory, one, data, self.clock(), match=_match())
            if not kind.tells_patched:
                return Response(status=HTTPStatus.NO_CONTENT, headers={"ETag": _tag(changed)})
            return _told(changed, asked, Context.RESOURCE_PATCH_RESPONSE)

        return view

    def deleted(self, kind: _Kind) -> View:
        """Return the view that removes a resource."""

        def view(tenant: str, organization: str, one: str) -> Response:
            directory = self.admit(tenant, organization)
            with gate_transaction(self.engine_of(tenant)) as session:
                kind.delete(session, directory, one, self.clock(), match=_match())
            return Response(status=HTTPStatus.NO_CONTENT)

        return view


def _asked(kind: _Kind) -> Wanted:
    return wanted(kind.model, request.args.to_dict())


def _match() -> str:
    return request.headers.get("If-Match", "")


def _body() -> dict[str, Any]:
    if request.mimetype not in _JSON:
        what = f"The body is {request.mimetype}."
        raise ScimError(what, status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE, remedy=f"Send {MEDIA_TYPE}.")
    request.max_content_length = LARGEST_BODY + 1
    return read_object(request.get_data(cache=False))


def _told(found: Resource[Any], asked: Wanted, context: Context, *, status: int = HTTPStatus.OK) -> Response:
    response = document(found.model_dump(scim_ctx=context, response_parameters=asked.parameters), status)
    response.headers["ETag"] = _tag(found)
    if found.meta and found.meta.location:
        response.headers["Location"] = found.meta.location
    return response


def _list(page: scim.Page, asked: Wanted) -> dict[str, Any]:
    """Return a list as RFC 7644, section 3.4.2, writes it."""
    context = Context.RESOURCE_QUERY_RESPONSE
    return {
        "schemas": [str(ListResponse.__schema__)],
        "totalResults": page.total,
        "startIndex": asked.start,
        "itemsPerPage": len(page.resources),
        "Resources": [
            found.model_dump(scim_ctx=context, response_parameters=asked.parameters) for found in page.resources
        ],
    }


def _tag(found: Resource[Any]) -> str:
    return (found.meta.version if found.meta else None) or ""


def _version(found: Resource[Any]) -> str:
    return _tag(found).removeprefix("W/").strip('"')


def _all(found: tuple[Any, ...]) -> dict[str, Any]:
    if "filter" in request.args:  # RFC 7644, section 4: nobody is to learn what a filter would tell
        what = "What the service says of itself cannot be filtered."
        raise ScimError(what, status=HTTPStatus.FORBIDDEN)
    listed = [one.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE) for one in found]
    return {
        "schemas": [str(ListResponse.__schema__)],
        "totalResults": len(listed),
        "startIndex": 1,
        "itemsPerPage": len(listed),
        "Resources": listed,
    }


def _everything(_one: str) -> dict[str, Any]:
    what = "People and groups are not searched together."
    raise ScimError(what, status=HTTPStatus.NOT_IMPLEMENTED, remedy="Ask at Users/.search or Groups/.search.")


def _types(_one: str) -> dict[str, Any]:
    return _all(PROVIDER.resource_types)


def _schemas(_one: str) -> dict[str, Any]:
    return _all(PROVIDER.schemas)


def _type(one: str) -> ResourceType:
    return _named(PROVIDER.resource_types, one)


def _schema(one: str) -> Schema:
    return _named(PROVIDER.schemas, one)


def _named(found: tuple[_Described, ...], one: str) -> _Described:
    for candidate in found:
        if str(candidate.id).lower() == one.lower():
            return candidate
    what = "The service does not describe that."
    raise ScimError(what, status=HTTPStatus.NOT_FOUND)
