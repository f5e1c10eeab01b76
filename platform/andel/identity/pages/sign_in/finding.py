"""The sign-in page: which organization somebody belongs to, and the ways to sign in from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, current_app, request

from andel.identity.model.access import public
from andel.identity.model.home import (
    Home,
    Municipality,
    alike,
    domain_of,
    elsewhere,
    folded,
    municipalities,
    search,
    thought_to_be,
)
from andel.identity.model.levels import least
from andel.identity.model.oidc.answers import local_path
from andel.identity.pages.guard import guard_of
from andel.identity.pages.sign_in.addresses import Addresses
from andel.identity.pages.sign_in.gateway import Gateway, chosen_way, keep_way
from andel.identity.service.homes import Homes, Way, read_homes
from andel.shared.clock import swedish_day
from andel.shared.i18n import gettext
from andel.shared.web import FieldError, go_to, render

_MOST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownWay:
    """A way to sign in as it is shown: the level that it at least gives, and whether it suffices for everything."""

    title: str
    href: str
    level: int | None
    enough: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An organization that was found, and by which domain; its ways, which may be none."""

    name: str
    domain: str
    ways: tuple[ShownWay, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A line of the search. ``href`` is empty for an organization that nobody can sign in from here."""

    name: str
    domains: str
    region: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A domain that nobody has shown to be theirs, and the municipality that it is thought to be of.

    ``href`` leads to the municipality when it is one of the region's; ``meant`` is another one of almost that name.
    """

    domain: str
    municipality: Municipality | None
    href: str = ""
    meant: Municipality | None = None


def add_finding(pages: Blueprint, gateway: Gateway) -> None:
    """Add the sign-in page."""

    @pages.get("/<tenant:tenant>/logga-in")
    @public
    def sign_in(tenant: str) -> Response:
        with gateway.entered(tenant) as (session, _who):
            homes = read_homes(session, swedish_day(guard_of(current_app).clock()))
        return _page(tenant, homes)

    @pages.post("/<tenant:tenant>/logga-in")
    @public
    def find(tenant: str) -> Response:
        """Take the address in the body, so that it stands in no log, and keep what is behind the @ alone."""
        domain = domain_of(request.form.get("epost", ""))
        if domain:
            return go_to(f"{Addresses(tenant).sign_in(request.form.get('next', ''), doman=domain)}#svar")
        with gateway.entered(tenant) as (session, _who):
            homes = read_homes(session, swedish_day(guard_of(current_app).clock()))
        message = gettext("Skriv hela adressen, till exempel namn@kommun.se.")
        return _page(tenant, homes, errors=(FieldError("epost", message),))


def _page(tenant: str, homes: Homes, *, errors: tuple[FieldError, ...] = ()) -> Response:
    to, back = Addresses(tenant), local_path(request.values.get("next"))
    domain, words = domain_of(request.args.get("doman", "")), request.args.get("sok", "")[:100]
    home = homes.home(request.args.get("organisation", ""))
    found = _found(to, back, home, homes.ways_of(home.id)) if home else _by_domain(to, back, homes, domain)
    everybody = "alla" in request.args and not words
    forgotten = "glom" in request.args
    response = render(
        "identity/sign_in.html",
        partial="identity/_hits.html",
        status=422 if errors else 200,
        to=to,
        back=back,
        errors=errors,
        found=found,
        guess=_guess(to, back, homes, domain) if domain and not found else None,
        last=None if forgotten else _last(to, back, homes, chosen_way(tenant)),
        words=words,
        hits=_hits(to, back, homes, homes.homes) if everybody else _search(to, back, homes, words),
        similar=bool(words) and alike([hit.name for hit in _search(to, back, homes, words)]),
        everybody=everybody,
    )
    if forgotten:
        keep_way(response, tenant, "")
    return response


def _by_domain(to: Addresses, back: str, homes: Homes, domain: str) -> Found | None:
    led = homes.by_domain(domain) if domain else None
    return _found(to, back, led[0], led[1], domain) if led else None


def _found(to: Addresses, back: str, home: Home, ways: Sequence[Way], domain: str = "") -> Found:
    return Found(name=home.name, domain=domain, ways=tuple(_shown(to, back, way) for way in ways))


def _shown(to: Addresses, back: str, way: Way) -> ShownWay:
    level, needed = least(way.levels), least(way.step_up)
    return ShownWay(
        title=way.title,
        href=to.start(way.key, back),
        level=level,
        enough=not way.step_up or (level is not None and needed is not None and level >= needed),
    )


def _last(to: Addresses, back: str, homes: Homes, key: str) -> Found | None:
    way = homes.way(key)
    home = next((home for home in homes.homes if way and home.id == way.organization), None)
    return _found(to, back, home, (way,)) if way and home else None


def _guess(to: Addresses, back: str, homes: Homes, domain: str) -> Guess:
    thought = thought_to_be(domain)
    if thought is None:
        return Guess(domain=domain, municipality=None)
    own = next((home for home in homes.homes if home.code == thought.code), None)
    others = (one for one in municipalities() if one.code != thought.code)
    meant = next((one for one in others if folded(one.name) == folded(thought.name)), None)
    href = to.sign_in(back, organisation=own.key) if own else ""
    return Guess(domain=domain, municipality=thought, href=href, meant=meant)


def _search(to: Addresses, back: str, homes: Homes, words: str) -> tuple[Hit, ...]:
    own = _hits(to, back, homes, search(words, homes.homes))
    others = tuple(
        Hit(name=one.name, domains=one.domain, region=one.region, href="") for one in elsewhere(words, homes.homes)
    )
    return (own + others)[:_MOST]


def _hits(to: Addresses, back: str, homes: Homes, found: Sequence[Home]) -> tuple[Hit, ...]:
    return tuple(
        Hit(
            name=home.name,
            domains=", ".join(home.domains),
            region="",
            href=to.sign_in(back, organisation=home.key) if homes.ways_of(home.id) else "",
        )
        for home in found
    )
