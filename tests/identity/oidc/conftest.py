"""A lying provider that runs while the tests last, and a relying party that takes away what a test wants away."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest
from tests.identity.conftest import World
from tests.identity.oidc.browsing import visit
from tests.identity.oidc.lies import LIES, TRUTH
from tests.identity.oidc.lying import CLIENT, SECRET, LyingProvider, serving
from tests.identity.oidc.region import Region, vault
from tests.identity.oidc.site import Surfing, build

from andel.identity.model.oidc.answers import Attempt, digest_of
from andel.identity.model.oidc.provider import Provider
from andel.identity.model.oidc.rules import RULES, Rules
from andel.identity.service.oidc.directory import Directory
from andel.identity.service.oidc.fetching import ANSWER_CHECKS, Fetcher, Limits
from andel.identity.service.oidc.flow import Flow
from andel.identity.service.oidc.relying import Identity, Relying

ORGANIZATION = UUID(int=1)
CALLBACK = "https://andel.example/dalarna/logga-in/{}/svar"
COOKIE = "the browser's cookie"
_CONTEXT = ssl.create_default_context()


@pytest.fixture(scope="session")
def lying() -> Iterator[LyingProvider]:
    """The lying provider; ``truth`` is its issuer that tells none."""
    provider = LyingProvider({**LIES, "truth": TRUTH, "no-pkce-check": replace(TRUTH, keeps_pkce=False)})
    with serving(provider) as base:
        provider.base = base
        yield provider


@dataclass(frozen=True, slots=True)
class Signing:
    """One relying party, and ways to sign in through it."""

    relying: Relying
    lying: LyingProvider

    def provider(self, name: str, **settings: Any) -> Provider:  # noqa: ANN401  (any field of it)
        """Return how Andel knows an issuer of the lying provider."""
        lie = self.lying.lies[name]
        known: dict[str, Any] = {
            "id": uuid5(ORGANIZATION, name),
            "key": name,
            "title": "Borlänge kommuns inloggning",
            "issuer": self.lying.issuer(name),
            "client_id": CLIENT,
            "secret": SECRET,
            "organization": ORGANIZATION,
        }
        return Provider(**(known | dict(lie.settings) | settings))

    def sign_in(self, name: str, **changes: Any) -> Identity:  # noqa: ANN401  (any field of an attempt)
        """Go all the way. ``changes`` are of the remembered attempt, or the cookie or provider that comes back."""
        provider = self.provider(name)
        uri = CALLBACK.format(name)
        request = self.relying.request(provider, redirect_uri=uri)
        parameters = visit(request.address)
        attempt: Attempt | None = Attempt(
            provider=provider.id,
            browser=digest_of(COOKIE),
            nonce=digest_of(request.wanted.nonce),
            verifier=request.wanted.verifier,
            started=int(self.relying.clock()),
            max_age=request.wanted.max_age,
            acr=request.wanted.acr,
        )
        if parameters.get("state") != [request.wanted.state]:
            attempt = None
        cookie = changes.pop("cookie", COOKIE)
        to = changes.pop("to", provider)
        parameters |= changes.pop("parameters", {})
        attempt = replace(attempt, **changes) if attempt else None
        accepted, code = self.relying.accept(to, attempt, parameters=parameters, cookie=cookie)
        return self.relying.redeem(provider, accepted, code=code, redirect_uri=uri)


@dataclass(frozen=True, slots=True)
class Making:
    """Makes relying parties."""

    lying: LyingProvider
    limits: Limits = field(default_factory=lambda: Limits(seconds=30.0))

    def __call__(self, *without: str, limits: Limits | None = None) -> Signing:
        """Return one that lacks some of the checks."""
        kept = tuple(check for check in ANSWER_CHECKS if check.name not in without)
        rules: Rules = RULES.without(*(name for name in without if name in RULES.names()))
        fetcher = Fetcher(
            development=True, limits=limits or self.limits, checks=kept, resolve=only_this_machine, context=_CONTEXT
        )
        return Signing(Relying(directory=Directory(fetcher, checks=rules.metadata), rules=rules), self.lying)


def only_this_machine(host: str, port: int) -> tuple[Any, ...]:
    """Resolve without asking anybody: every other name stands for an address inside a network."""
    del port
    return (ip_address("127.0.0.1" if host in {"localhost", "127.0.0.1"} else "10.0.0.1"),)


@pytest.fixture
def signing(lying: LyingProvider) -> Making:
    """A way to make relying parties."""
    return Making(lying)


@pytest.fixture
def region(world: World, signing: Making, tmp_path: Path) -> Iterator[Region]:
    """The region of the lying provider's issuers; ``truth`` is of Mora."""
    made = signing()
    built = Region(world, made.lying, Flow(engine=world.engine, relying=made.relying, vault=vault(tmp_path)))
    built.add("truth")
    yield built
    made.lying.extra.clear()


@pytest.fixture
def surfing(region: Region) -> Surfing:
    """A browser at a site with the pages of signing in."""
    return Surfing(region, build(region).test_client())
