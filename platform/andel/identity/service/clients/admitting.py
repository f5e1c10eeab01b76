"""Letting programs in: a token for a secret, and a request for a token."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Engine, delete, select, text
from sqlalchemy.orm import Session

from andel.identity.model.credentials import Credential, digest, mint
from andel.identity.model.permissions import Permission
from andel.identity.model.programs import (
    TOKEN_LIFE,
    Program,
    TokenNeededError,
    TooManyRequestsError,
    held_scopes,
    rate_of,
)
from andel.identity.model.roles import REGIONAL, Role
from andel.identity.service.rates import take_from
from andel.identity.tables import ApiClientRow, ApiClientSecretRow, ApiTokenRow
from andel.shared.clock import swedish_day
from andel.shared.database import Viewer, gate_transaction, region_transaction

_HOLDER: Final = text(
    """
    SELECT c.id AS client, c.role, c.requests_per_minute, t.scopes AS token_scopes, c.scopes AS client_scopes,
        o.id AS organization, o.key AS organization_key,
        ARRAY(
            SELECT id FROM organization WHERE authority_id = o.id
            UNION
            SELECT for_id FROM acting_for
            WHERE organization_id = o.id AND superseded_at IS NULL
                AND valid_from <= :today AND coalesce(valid_to > :today, true)
        ) AS others
    FROM api_token t
        JOIN api_client_secret s ON s.id = t.secret_id
        JOIN api_client c ON c.id = t.client_id
        JOIN organization o ON o.id = c.organization_id
        CROSS JOIN profile
    WHERE t.token_hash = :digest AND t.revoked_at IS NULL AND t.expires_at > :now
        AND s.revoked_at IS NULL AND coalesce(s.expires_at > :now, true)
        AND c.enabled AND c.ended_at IS NULL AND coalesce(o.valid_to > :today, true)
        AND (c.role <> ALL (:regional) OR profile.organization_id = o.id)
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A program that has shown a secret of its own."""

    id: UUID
    secret_id: UUID
    scopes: frozenset[Permission]


def authenticate(session: Session, client_id: str, shown: str, now: datetime) -> Client | None:
    """Return the program that a secret is of, and note that it was used; None for whatever reason.

    Args:
        session: of the gate.
        client_id: as the program says it; no secret by itself.
        shown: the secret.
        now: the moment.
    """
    hashed = digest(shown, Credential.CLIENT)
    if hashed is None:
        return None
    lasting = ApiClientSecretRow.expires_at.is_(None) | (ApiClientSecretRow.expires_at > now)
    asked = (
        select(ApiClientSecretRow, ApiClientRow)
        .join(ApiClientRow, ApiClientRow.id == ApiClientSecretRow.client_id)
        .where(
            ApiClientSecretRow.secret_hash == hashed,
            ApiClientSecretRow.revoked_at.is_(None),
            lasting,
            ApiClientRow.enabled,
            ApiClientRow.ended_at.is_(None),
        )
    )
    found = session.execute(asked).one_or_none()
    if found is None or str(found[1].id) != client_id.lower():
        return None
    secret, client = found
    secret.last_used_at = now
    return Client(id=client.id, secret_id=secret.id, scopes=held_scopes(Role(client.role), client.scopes))


def issue(session: Session, client: Client, scopes: Collection[Permission], now: datetime) -> str:
    """Give a program an access token and return it; its tokens that have ended are removed.

    Raises:
        TooManyRequestsError: it asks too often, tokens included.
    """
    row = session.get_one(ApiClientRow, client.id)
    wait = take_from(session, client.id, rate_of(row.requests_per_minute), now)
    if wait:
        raise TooManyRequestsError.after(wait)
    session.execute(delete(ApiTokenRow).where(ApiTokenRow.client_id == client.id, ApiTokenRow.expires_at <= now))
    minted = mint(Credential.ACCESS)
    token = ApiTokenRow(
        token_hash=minted.digest,
        client_id=client.id,
        secret_id=client.secret_id,
        scopes=sorted(scope.value for scope in scopes),
        created_at=now,
        expires_at=now + TOKEN_LIFE,
    )
    session.add(token)
    session.flush()
    return minted.shown


def admit(session: Session, shown: str, now: datetime) -> Program:
    """Return who makes a request of the API, and count it.

    Args:
        session: of the gate; committed before the request is worked on, so that what fails later has been counted.
        shown: the access token.
        now: the moment.

    Raises:
        TokenNeededError: the token is none, has ended, or what it stands on has.
        TooManyRequestsError: the program asks too often.
    """
    hashed = digest(shown, Credential.ACCESS)
    parameters = {"digest": hashed, "now": now, "today": swedish_day(now), "regional": list(REGIONAL)}
    row = None if hashed is None else session.execute(_HOLDER, parameters).one_or_none()
    if row is None:
        raise TokenNeededError.now()
    wait = take_from(session, row.client, rate_of(row.requests_per_minute), now)
    if wait:
        raise TooManyRequestsError.after(wait)
    role = Role(row.role)
    return Program(
        client=row.client,
        role=role,
        organization=row.organization,
        organization_key=row.organization_key,
        organizations=(row.organization, *sorted(row.others)),
        scopes=held_scopes(role, row.token_scopes) & held_scopes(role, row.client_scopes),
    )


def viewer_of_program(program: Program, *, writing: bool) -> Viewer:
    """Return what a program sees of the region: as a person with its role in its organization. Auditors only read."""
    if program.role in REGIONAL:
        return Viewer.staff(read_only=not writing or program.role is Role.AUDITOR)
    return Viewer.member(*program.organizations, read_only=not writing)


@contextmanager
def program_transaction(
    engine: Engine,
    shown: str,
    now: datetime,
    *,
    writing: bool = False,
    check: Callable[[Program], None] = lambda _: None,
) -> Iterator[tuple[Session, Program]]:
    """Find out which program makes a request, count it, and run a transaction as what it may see.

    Args:
        engine: the region's.
        shown: the access token.
        now: the moment of the request.
        writing: whether the request may change anything.
        check: raises when the program may not do what was asked, before anything of the region was seen.

    Raises:
        TokenNeededError, TooManyRequestsError: as for ``admit``.
        RegionUnavailableError, RegionBehindError: the region's database is gone, or lags.
    """
    with gate_transaction(engine) as session:
        program = admit(session, shown, now)
    check(program)
    with region_transaction(engine, viewer_of_program(program, writing=writing)) as session:
        yield session, program
