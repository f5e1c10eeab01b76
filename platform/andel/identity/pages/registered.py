"""The programs of an organization and its directories: what may use the API, and who tells of its people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, current_app, g, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from andel.identity.model.access import Access, marked
from andel.identity.model.errors import ForbiddenError, SignInNeededError
from andel.identity.model.permissions import WORDS, Permission
from andel.identity.model.roles import REGIONAL
from andel.identity.model.roles import WORDS as ROLES
from andel.identity.model.signed_in import SignedIn
from andel.identity.pages.guard import guard_of
from andel.identity.service import sessions
from andel.identity.service.clients import KnownClient, known_clients
from andel.identity.service.scim import KnownToken, UserCount, known_tokens, user_counts
from andel.parties.pages import Surroundings
from andel.parties.service import read_profile
from andel.parties.tables import OrganizationRow
from andel.sdk.text import Text
from andel.shared.clock import SWEDEN
from andel.shared.database import gate_transaction
from andel.shared.web import render

_PERMISSION = Permission.CLIENTS_MANAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientLine:
    """A program as the page shows it: its role and scopes in words."""

    client: KnownClient
    role: Text
    scopes: tuple[tuple[str, Text], ...]


def registered_pages() -> Blueprint:
    """Return the page of programs and directories, for those who administer them; it needs the guard."""
    pages = Blueprint("registered", __name__)

    def registered(tenant: str) -> Response:
        """Show what is registered, with its last use."""
        now = guard_of(current_app).clock()
        with _entered(tenant) as (session, who):
            seen = _seen(session, who)
            clients = known_clients(session, now, organizations=seen)
            tokens = [token for one in seen for token in known_tokens(session, one, now)]
            counts = user_counts(session, seen, now) if who.may(Permission.USERS_READ) else ()
        return _page(who, clients, tokens, counts)

    pages.add_url_rule("/<tenant:tenant>/program", "registered", marked(registered, Access(_PERMISSION)))
    return pages


def _page(
    who: SignedIn, clients: tuple[KnownClient, ...], tokens: list[KnownToken], counts: tuple[UserCount, ...]
) -> Response:
    return render(
        "identity/registered.html",
        living=[_line(client) for client in clients if client.ended_at is None],
        ended=[_line(client) for client in clients if client.ended_at is not None],
        tokens=sorted(tokens, key=lambda token: token.provider),
        counts=counts,
        several=who.role in REGIONAL,
        SWEDEN=SWEDEN,
    )


def _line(client: KnownClient) -> ClientLine:
    words = {permission.value: told for permission, told in WORDS.items()}
    scopes = tuple((scope, words[scope]) for scope in client.scopes if scope in words)
    return ClientLine(client=client, role=ROLES[client.role], scopes=scopes)


@contextmanager
def _entered(tenant: str) -> Iterator[tuple[Session, SignedIn]]:
    """Let in who may administer programs, in one transaction of the gate: secrets are read by it alone.

    Raises:
        SignInNeededError: nobody is signed in.
        ForbiddenError: their role does not allow it.
    """
    guard = guard_of(current_app)
    with gate_transaction(guard.doors.region(tenant)) as session:
        who = sessions.look_up(session.connection(), guard.cookies.read(request, tenant), guard.clock())
        if who is None:
            raise SignInNeededError.now()
        g.andel_who = who
        g.andel_surroundings = Surroundings(profile=read_profile(session), weights={})
        if not who.may(_PERMISSION):
            raise ForbiddenError.lacking(_PERMISSION)
        yield session, who


def _seen(session: Session, who: SignedIn) -> list[UUID]:
    """Return whose programs are shown: to the region's staff everybody's, to others their own organization's."""
    asked = select(OrganizationRow.id).order_by(OrganizationRow.key)
    return list(session.scalars(asked)) if who.role in REGIONAL else [who.organization]
