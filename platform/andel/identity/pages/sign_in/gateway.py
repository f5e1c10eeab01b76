"""What the pages of signing in work with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from flask import Response, current_app, g, request
from sqlalchemy.orm import Session

from andel.identity.model.oidc.answers import LIFETIME
from andel.identity.model.signed_in import SignedIn, Token
from andel.identity.pages.guard import guard_of
from andel.identity.pages.sign_in.addresses import Addresses
from andel.identity.pages.sites import check_token
from andel.identity.service import sessions
from andel.identity.service.oidc.directory import Budget
from andel.identity.service.oidc.flow import Flow
from andel.identity.service.oidc.providers import Vault
from andel.identity.service.oidc.relying import Relying
from andel.parties.pages import Surroundings
from andel.parties.service import read_profile
from andel.shared.database import gate_transaction

_YEAR: Final = 365 * 24 * 3600


def _own_address() -> str:
    return request.host_url.rstrip("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Signing in to every region of the instance.

    Attributes:
        relying: the protocol.
        vault: where the secrets of providers are.
        address: the site's own address, ``https://andel.example``; by default the one that was asked for. Redirect
            URIs begin with it, and each provider knows the whole one.
    """

    relying: Relying
    vault: Vault
    address: Callable[[], str] = _own_address
    _budgets: dict[str, Budget] = field(default_factory=dict)

    def flow(self, tenant: str) -> Flow:
        """Return the sign-in of a region.

        Raises:
            AndelError: there is no such region, or it is closed for the moment.
        """
        engine = guard_of(current_app).doors.region(tenant)
        budget = self._budgets.setdefault(tenant, Budget(burst=60, seconds=5.0))
        return Flow(engine=engine, relying=self.relying, vault=self.vault, budget=budget)

    def redirect_uri(self, tenant: str, way: str) -> str:
        """Return the redirect URI of a provider, absolute."""
        return f"{self.address()}{Addresses(tenant).answer(way)}"

    @contextmanager
    def entered(self, tenant: str, *, changes: bool = False) -> Iterator[tuple[Session, SignedIn | None]]:
        """Open the region as its gate, find out who is there, and let the frame of the page be the region's.

        Args:
            tenant: the region.
            changes: whether something is changed: then the form must be of the session of whoever is there.

        Raises:
            CrossSiteError: it is not.
            AndelError: there is no such region, or it is closed for the moment.
        """
        guard = guard_of(current_app)
        with gate_transaction(guard.doors.region(tenant)) as session:
            g.andel_surroundings = Surroundings(profile=read_profile(session), weights={})
            who = sessions.look_up(session.connection(), shown_token(tenant), guard.clock())
            if changes and who is not None:
                check_token(request, who.csrf_secret)
            g.andel_who = who
            yield session, who


def shown_token(tenant: str) -> Token | None:
    """Return the token that the browser shows for a region."""
    return guard_of(current_app).cookies.read(request, tenant)


def started_cookie(tenant: str) -> str:
    """Return what the browser was given when its last sign-in began."""
    return request.cookies.get(_named(tenant, "start"), "")


def keep_started(response: Response, tenant: str, value: str) -> None:
    """Let the browser keep what binds its sign-ins to it, as long as one lasts."""
    _keep(response, _named(tenant, "start"), value, LIFETIME)


def chosen_way(tenant: str) -> str:
    """Return the way by which the browser last signed in, empty for none."""
    return request.cookies.get(_named(tenant, "val"), "")


def keep_way(response: Response, tenant: str, way: str) -> None:
    """Let the browser remember by which way it signed in; an empty one is forgotten."""
    _keep(response, _named(tenant, "val"), way, _YEAR if way else 0)


def _named(tenant: str, what: str) -> str:
    """Return a cookie's name: like the session's, and never one, since no region's key ends so."""
    return f"{guard_of(current_app).cookies.name(tenant)}.{what}"


def _keep(response: Response, name: str, value: str, seconds: int) -> None:
    secure = not guard_of(current_app).cookies.development
    response.set_cookie(name, value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="Lax")
