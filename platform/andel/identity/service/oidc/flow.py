"""Signing in and proving anew, from the first click to the session. Every end is written in the audit chain."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from andel.identity.model.oidc.answers import Attempt
from andel.identity.model.oidc.provider import Provider, ProviderError
from andel.identity.model.oidc.refusals import Reason, RefusedError
from andel.identity.model.signed_in import Token
from andel.identity.service.oidc.arriving import Arrived, Browser, arrive, prove
from andel.identity.service.oidc.attempts import Begun, remember, take
from andel.identity.service.oidc.directory import Budget
from andel.identity.service.oidc.providers import Vault, read_provider
from andel.identity.service.oidc.relying import Identity, Relying
from andel.shared.audit import Actor, ActorKind, Entry, append
from andel.shared.database import gate_transaction
from andel.shared.secretbox import SecretBoxError

_COOKIE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_log = structlog.get_logger("andel.sign_in")


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """Where the browser is sent, and the cookie that it is given until it is back."""

    address: str
    cookie: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Somebody is signed in, or was proved anew: the token for the cookie, and where they were going.

    ``employments`` says how many they can choose among.
    """

    token: Token
    next: str
    employments: int
    step_up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Nobody is signed in by this. ``error`` has the reason, the words for the person, and the details for the log."""

    error: RefusedError
    provider: Provider | None

    @property
    def reason(self) -> Reason:
        """Why."""
        return self.error.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Signing in to one region.

    Attributes:
        engine: the region's database.
        relying: the protocol.
        vault: where the secrets of its providers are.
        budget: how many refusals are written in the chain, beside those of people whom a provider vouched for:
            anybody can be refused as often as they like, and what is written stays for ever. The log has all.
    """

    engine: Engine
    relying: Relying
    vault: Vault
    budget: Budget = field(default_factory=lambda: Budget(burst=60, seconds=5.0))

    def begin(
        self,
        key: str,
        *,
        redirect_uri: str,
        begun: Begun,
        language: str = "sv",
    ) -> Started | Refused:
        """Send somebody to a provider; a session in ``begun`` is to be proved anew.

        Args:
            key: the provider's word in addresses.
            redirect_uri: the provider's own, absolute.
            begun: the browser's cookie if it has one, and where the person was going.
            language: what the provider should speak.
        """
        try:
            with gate_transaction(self.engine) as session:
                provider = self._provider(session, key)
        except RefusedError as error:
            return self._refused(error, None)
        try:
            step_up = begun.token is not None
            request = self.relying.request(provider, redirect_uri=redirect_uri, step_up=step_up, language=language)
        except RefusedError as error:
            return self._refused(error, provider)
        cookie = begun.cookie if _COOKIE.fullmatch(begun.cookie) else secrets.token_urlsafe(32)
        bound = Begun(cookie=cookie, next=begun.next, token=begun.token)
        with gate_transaction(self.engine) as session:
            remember(session, provider, request.wanted, bound, box=self.vault.box, now=self._now())
        return Started(address=request.address, cookie=cookie)

    def finish(
        self,
        key: str,
        parameters: Mapping[str, Sequence[str]],
        *,
        redirect_uri: str,
        cookie: str,
        browser: Browser,
    ) -> SignedIn | Refused:
        """Take the browser back from a provider, and let the person in or not.

        Args:
            key: whose redirect URI the browser came to.
            parameters: of the address, each with all its values.
            redirect_uri: that address, absolute, without parameters.
            cookie: what the browser was given when it left.
            browser: its session, which ends when the person is let in, and what it says it is.
        """
        states = parameters.get("state", ())
        try:
            with gate_transaction(self.engine) as session:
                provider = self._provider(session, key)
                state = states[0] if len(states) == 1 else ""
                attempt = take(session, state, cookie, box=self.vault.box, now=self._now())
        except RefusedError as error:
            return self._refused(error, None)
        try:
            attempt, code = self.relying.accept(provider, attempt, parameters=parameters, cookie=cookie)
            identity = self.relying.redeem(provider, attempt, code=code, redirect_uri=redirect_uri)
        except RefusedError as error:
            return self._refused(error, provider)
        except ProviderError as error:
            return self._refused(RefusedError(Reason.PROVIDER_SETTINGS, str(error)), provider)
        return self._enter(provider, attempt, identity, browser)

    def _enter(self, provider: Provider, attempt: Attempt, identity: Identity, browser: Browser) -> SignedIn | Refused:
        """Let the person in, and write it down, in one transaction; a refusal is written in it as well."""
        now = self._now()
        with gate_transaction(self.engine) as session:
            found: Arrived | Reason
            if attempt.step_up:
                found = prove(session, provider, attempt, identity, browser, now=now)
            else:
                found = arrive(session, provider, identity, browser, box=self.vault.box, now=now)
            if isinstance(found, Reason):
                error = RefusedError(found)
                _note(session, error, provider)
                _tell(error, provider)
                return Refused(error=error, provider=provider)
        return SignedIn(token=found.token, next=attempt.next, employments=found.employments, step_up=attempt.step_up)

    def _provider(self, session: Session, key: str) -> Provider:
        try:
            provider = read_provider(session, key, self.vault)
        except (ProviderError, SecretBoxError) as error:
            raise RefusedError(Reason.PROVIDER_SETTINGS, str(error)) from error
        if provider is None:
            raise RefusedError(Reason.PROVIDER_UNKNOWN, key)
        return provider

    def _refused(self, error: RefusedError, provider: Provider | None) -> Refused:
        _tell(error, provider)
        if self.budget.take(time.monotonic()):
            with gate_transaction(self.engine) as session:
                _note(session, error, provider)
        return Refused(error=error, provider=provider)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.relying.clock(), UTC)


def _tell(error: RefusedError, provider: Provider | None) -> None:
    _log.info("refused", reason=error.reason.value, provider=provider.key if provider else "", detail=error.detail)


def _note(session: Session, error: RefusedError, provider: Provider | None) -> None:
    """Write a refusal in the chain: the code alone, since what a provider said may name somebody."""
    entry = Entry(
        event="sign_in.refused",
        actor=Actor(ActorKind.SYSTEM, "sign-in"),
        subject=f"identity_provider:{provider.id}" if provider else "",
        organization=provider.organization if provider else None,
        details={"reason": error.reason.value},
    )
    append(session, entry)
