"""Signing out: here, at the provider, and when the provider says so."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from authlib.common.urls import add_params_to_uri
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from andel.identity.model.oidc.checks import moment_of, text_of
from andel.identity.model.oidc.claims import SKEW
from andel.identity.model.oidc.logouts import LogoutClaimed
from andel.identity.model.oidc.provider import Provider
from andel.identity.model.oidc.refusals import Reason, RefusedError
from andel.identity.model.signed_in import Token
from andel.identity.service import sessions
from andel.identity.service.oidc.arriving import id_token_purpose
from andel.identity.service.oidc.flow import Flow
from andel.identity.service.oidc.providers import Vault, provider_of
from andel.identity.tables import IdentityProviderRow, ProviderLogoutRow
from andel.shared.database import gate_transaction
from andel.shared.secretbox import SecretBoxError

_KEPT: Final = timedelta(seconds=2 * SKEW)
_log = structlog.get_logger("andel.sign_in")


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Somebody has signed out here. ``provider_address``: where they sign out there as well; empty for nowhere."""

    provider_title: str = ""
    provider_address: str = ""


def sign_out(flow: Flow, token: Token, *, back_to: str) -> Left:
    """End a session, and tell where the person signs out at their provider.

    Args:
        flow: of the region.
        token: the session's.
        back_to: where the provider may send the browser afterwards, absolute.
    """
    with gate_transaction(flow.engine) as session:
        ended = sessions.end(session, token)
        provider = _known(session, ended.provider) if ended and ended.provider else None
    if provider is None or ended is None or not provider.ends_session:
        return Left()
    try:
        metadata = flow.relying.directory.metadata(provider.issuer)
    except RefusedError as error:
        _log.info("no logout at the provider", provider=provider.key, reason=error.reason.value, detail=error.detail)
        return Left()
    if not metadata.end_session_endpoint:
        return Left()
    asked = [("client_id", provider.client_id), ("post_logout_redirect_uri", back_to)]
    if hint := _hint(flow.vault, provider, ended.id_token):
        asked.append(("id_token_hint", hint))
    return Left(
        provider_title=provider.title, provider_address=str(add_params_to_uri(metadata.end_session_endpoint, asked))
    )


def logout_by_token(flow: Flow, key: str, token: str) -> int:
    """End the sessions that a provider's logout token names, and return how many there were.

    Raises:
        RefusedError: the token is wrong, or was used before, or the provider may not end sessions so.
    """
    provider = _provider(flow, key)
    if provider is None or not provider.back_channel:
        raise RefusedError(Reason.PROVIDER_UNKNOWN, key)
    try:
        claimed = flow.relying.logout(provider, token)
        with gate_transaction(flow.engine) as session:
            _use(session, provider, claimed)
            return sessions.end_by_provider(session, provider.id, sid=claimed.sid or None, subject=claimed.sub or None)
    except RefusedError as error:
        _log.info("logout refused", provider=provider.key, reason=error.reason.value, detail=error.detail)
        raise


def logout_by_visit(flow: Flow, key: str, *, issuer: str, sid: str) -> int:
    """End the session of which a provider lets the browser load the front-channel address; return how many ended.

    Both must be said: without a session's name anybody's page could sign people out (OpenID Connect Front-Channel
    Logout 1.0, 2).

    Raises:
        RefusedError: they are not, or are not the provider's, or it may not end sessions so.
    """
    provider = _provider(flow, key)
    if provider is None or not provider.front_channel:
        raise RefusedError(Reason.PROVIDER_UNKNOWN, key)
    if issuer != provider.issuer or not text_of(sid):
        raise RefusedError(Reason.LOGOUT_MALFORMED, "iss or sid is missing or another's")
    with gate_transaction(flow.engine) as session:
        return sessions.end_by_provider(session, provider.id, sid=sid)


def _use(session: Session, provider: Provider, claimed: LogoutClaimed) -> None:
    """Note that a token was used; of two at the same moment one is a replay."""
    now = datetime.fromtimestamp(claimed.now, UTC)
    session.execute(delete(ProviderLogoutRow).where(ProviderLogoutRow.expires_at <= now - _KEPT))
    until = datetime.fromtimestamp(moment_of(claimed.claims.get("exp")) or claimed.now, UTC)
    values = {
        "provider_id": provider.id,
        "token_hash": hashlib.sha256(claimed.jti.encode()).digest(),
        "expires_at": until,
    }
    noting = insert(ProviderLogoutRow).values(values).on_conflict_do_nothing()
    if session.execute(noting.returning(ProviderLogoutRow.provider_id)).one_or_none() is None:
        raise RefusedError(Reason.LOGOUT_REPLAYED, "jti was used before")


def _provider(flow: Flow, key: str) -> Provider | None:
    with gate_transaction(flow.engine) as session:
        named = select(IdentityProviderRow.id).where(IdentityProviderRow.key == key, IdentityProviderRow.enabled)
        found = session.scalar(named)
        return _known(session, found) if found else None


def _known(session: Session, provider: UUID) -> Provider | None:
    """Return a provider without its secret, also one no longer in use: who came by it can still sign out of it."""
    row = session.get(IdentityProviderRow, provider)
    return provider_of(row, "") if row else None


def _hint(vault: Vault, provider: Provider, sealed: bytes | None) -> str:
    if sealed is None:
        return ""
    try:
        return vault.box.open(sealed, purpose=id_token_purpose(provider.id))
    except SecretBoxError:
        return ""
