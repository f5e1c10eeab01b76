"""The relying party without a database: what is asked of a provider, and who its answer says is there."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from andel.identity.model.oidc.answers import Attempt, Returned
from andel.identity.model.oidc.checks import demand, moment_of, text_of, texts_of
from andel.identity.model.oidc.claims import Claimed
from andel.identity.model.oidc.logouts import LOGOUT_TYPES, LogoutClaimed
from andel.identity.model.oidc.provider import Provider
from andel.identity.model.oidc.rules import RULES, Rules
from andel.identity.service.oidc.directory import Directory
from andel.identity.service.oidc.requests import Wanted, authorization_address, exchange
from andel.identity.service.oidc.signatures import Expected, Signed, read_signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Where the browser is sent, and what must be remembered until it is back."""

    address: str
    wanted: Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who somebody is, by their provider.

    Attributes:
        key: the value of the provider's key claim: with the provider, this is the person.
        subject: ``sub``, what a logout that the provider begins may name; ``sid`` is its session.
        roles: the values of the role claim.
        authenticated_at: when the provider saw the person, in seconds since 1970.
    """

    key: str
    subject: str
    name: str
    roles: tuple[str, ...]
    acr: str
    sid: str
    authenticated_at: int
    id_token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relying:
    """The protocol.

    Attributes:
        directory: what is known of providers.
        rules: what their answers must pass.
        clock: seconds since 1970.
    """

    directory: Directory
    rules: Rules = RULES
    clock: Callable[[], float] = time.time

    def request(self, provider: Provider, *, redirect_uri: str, step_up: bool = False, language: str = "sv") -> Request:
        """Begin a sign-in, or a step-up: then the provider must see the person now, at the higher level.

        Raises:
            RefusedError: the provider's metadata cannot be had or trusted.
        """
        wanted = Wanted(
            redirect_uri=redirect_uri,
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            acr=provider.wanted_acr(step_up=step_up),
            max_age=0 if step_up else provider.max_age,
            language=language,
        )
        metadata = self.directory.metadata(provider.issuer)
        return Request(address=authorization_address(provider, metadata, wanted), wanted=wanted)

    def accept(
        self, provider: Provider, attempt: Attempt | None, *, parameters: Mapping[str, Sequence[str]], cookie: str
    ) -> tuple[Attempt, str]:
        """Return the attempt that the browser came back from, and the code that it brought.

        Args:
            provider: whose redirect URI the browser came to.
            attempt: the one with the state that came along, if there is one.
            parameters: of the address, each with all its values.
            cookie: what the browser was given when the attempt began.

        Raises:
            RefusedError: it came back from no attempt of its own, or without a code.
        """
        seen = Returned(
            parameters=parameters,
            provider=provider.id,
            issuer=provider.issuer,
            sends_issuer=self.directory.metadata(provider.issuer).sends_issuer,
            cookie=cookie,
            attempt=attempt,
            now=int(self.clock()),
        )
        demand(self.rules.returned, seen)
        assert seen.attempt is not None  # noqa: S101  (what cannot be without its check is an error, not a sign-in)
        return seen.attempt, seen.one("code")

    def redeem(self, provider: Provider, attempt: Attempt, *, code: str, redirect_uri: str) -> Identity:
        """Exchange the code, and return who the ID token says is there.

        Raises:
            RefusedError: anything about the answer is wrong.
            ProviderError: the provider's private key cannot be used.
        """
        metadata = self.directory.metadata(provider.issuer)
        tokens = exchange(
            provider,
            metadata,
            self.directory.fetcher,
            code=code,
            verifier=attempt.verifier,
            redirect_uri=redirect_uri,
        )
        demand(self.rules.tokens, tokens)
        expected = Expected(keys=metadata.jwks_uri, algorithms=provider.algorithms, purpose="sign-in")
        signed = read_signed(tokens.id_token, expected, self.directory, self.rules)
        now = int(self.clock())
        demand(
            self.rules.claims,
            Claimed(
                claims=signed.claims,
                algorithm=signed.algorithm,
                provider=provider,
                attempt=attempt,
                access_token=tokens.access_token,
                now=now,
            ),
        )
        return _identity(provider, signed, tokens.id_token, now)

    def logout(self, provider: Provider, token: str) -> LogoutClaimed:
        """Return what a logout token says.

        Raises:
            RefusedError: anything about it is wrong. Whether it was used before, somebody else must know.
        """
        metadata = self.directory.metadata(provider.issuer)
        expected = Expected(
            keys=metadata.jwks_uri, algorithms=provider.algorithms, purpose="logout", types=LOGOUT_TYPES
        )
        signed = read_signed(token, expected, self.directory, self.rules)
        claimed = LogoutClaimed(claims=signed.claims, provider=provider, now=int(self.clock()))
        demand(self.rules.logout, claimed)
        return claimed


def _identity(provider: Provider, signed: Signed, id_token: str, now: int) -> Identity:
    claims = signed.claims
    return Identity(
        key=text_of(claims.get(provider.key_claim)),
        subject=text_of(claims.get("sub")),
        name=text_of(claims.get(provider.name_claim)) if provider.name_claim else "",
        roles=texts_of(claims.get(provider.role_claim)),
        acr=text_of(claims.get("acr")),
        sid=text_of(claims.get("sid")),
        authenticated_at=moment_of(claims.get("auth_time")) or moment_of(claims.get("iat")) or now,
        id_token=id_token,
    )
