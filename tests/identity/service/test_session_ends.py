from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, select
from tests.identity.conftest import BY, NOW, TODAY, World

from andel.identity.model.roles import Role
from andel.identity.model.signed_in import SignedIn, Token
from andel.identity.service import sessions
from andel.identity.service.people import deactivate, memberships
from andel.identity.tables import IdentityProviderRow, SignInAttemptRow, WebSessionRow
from andel.identity.tables.people import Origin
from andel.shared.audit.tables import AuditEntryRow
from andel.shared.database import Viewer, gate_transaction, region_transaction

SignIn = Callable[..., Token]
Privileged = Callable[[Engine], AbstractContextManager[Connection]]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def person(world: World) -> UUID:
    return world.person("ekonom-mora", ("mora", Role.VIEWER), name="Testperson")


def found(world: World, token: Token | None, now: Any = NOW) -> SignedIn | None:  # noqa: ANN401  (a moment)
    with gate_transaction(world.engine) as session:
        return sessions.look_up(session.connection(), token, now)


def events(world: World) -> list[str]:
    with region_transaction(world.engine, Viewer.staff()) as session:
        return list(session.scalars(select(AuditEntryRow.event).order_by(AuditEntryRow.id)))


def test_signing_out_ends_one_session_and_signing_out_everywhere_all_of_a_person(
    world: World, person: UUID, sign_in: SignIn
) -> None:
    other = sign_in(world.person("annan", ("mora", Role.VIEWER)))
    tokens = [sign_in(person, id_token=b"sealed", provider=world.providers["mora"]) for _ in range(3)]
    with gate_transaction(world.engine) as session:
        ended = sessions.end(session, tokens[0])
        assert sessions.end(session, tokens[0]) is None
    assert ended == sessions.Ended(person=person, provider=world.providers["mora"], id_token=b"sealed")
    assert [found(world, token) is not None for token in tokens] == [False, True, True]
    with gate_transaction(world.engine) as session:
        assert sessions.end_everywhere(session, person) == 2
    assert [found(world, token) for token in tokens] == [None, None, None]
    assert found(world, other) is not None


@pytest.mark.parametrize(
    ("named", "left"),
    [
        ({"sid": "s1"}, ["mora s2", "staden s1"]),
        ({"subject": "u"}, ["staden s1"]),
        ({"sid": "s2", "subject": "u"}, ["mora s1", "staden s1"]),
        ({"sid": "s1", "subject": "another"}, ["mora s1", "mora s2", "staden s1"]),
    ],
)
def test_a_logout_that_the_provider_begins_ends_what_it_names_and_nothing_of_other_providers(
    world: World, person: UUID, sign_in: SignIn, named: dict[str, str], left: list[str]
) -> None:
    city = world.person("staden", ("staden", Role.VIEWER))
    known = {"provider_subject": "u"}
    tokens = {
        f"{key} {sid}": sign_in(who, provider=world.providers[key], provider_sid=sid, **known)
        for key, who, sid in (("mora", person, "s1"), ("mora", person, "s2"), ("staden", city, "s1"))
    }
    with gate_transaction(world.engine) as session:
        assert sessions.end_by_provider(session, world.providers["mora"], **named) == 3 - len(left)
    assert [name for name, token in tokens.items() if found(world, token)] == left


def test_a_logout_that_names_nothing_ends_nothing(world: World, person: UUID, sign_in: SignIn) -> None:
    token = sign_in(person, provider=world.providers["mora"])
    with gate_transaction(world.engine) as session, pytest.raises(ValueError, match="names a session or a subject"):
        sessions.end_by_provider(session, world.providers["mora"], sid="", subject=None)
    assert found(world, token) is not None


def test_somebody_who_is_shut_out_is_signed_out_at_once(world: World, person: UUID, sign_in: SignIn) -> None:
    token = sign_in(person)
    with gate_transaction(world.engine) as session:
        assert deactivate(session, person, origin=Origin.SCIM, now=NOW, by=BY)
        assert not deactivate(session, person, origin=Origin.SCIM, now=NOW, by=BY)
        assert session.scalars(select(WebSessionRow)).all() == []
    assert found(world, token) is None


def test_what_has_ended_by_itself_is_removed(world: World, person: UUID, sign_in: SignIn) -> None:
    kept = sign_in(person, now=NOW + 9 * HOUR)
    sign_in(person)
    with gate_transaction(world.engine) as session:
        for number, minutes in enumerate((5, 1000)):
            attempt = SignInAttemptRow(
                state_hash=bytes([number]) * 32,
                provider_id=session.scalars(select(IdentityProviderRow.id)).first(),
                browser_hash=bytes(32),
                nonce_hash=bytes(32),
                verifier=b"",
                created_at=NOW,
                expires_at=NOW + minutes * MINUTE,
            )
            session.add(attempt)
        session.flush()
        assert sessions.purge(session, NOW + 9 * HOUR) == 2
        assert session.scalars(select(WebSessionRow.token_hash)).all() == [kept.digest]


def test_every_change_of_a_session_stands_in_the_log(world: World, person: UUID, sign_in: SignIn) -> None:
    token = sign_in(person)
    with gate_transaction(world.engine) as session:
        own = memberships(session, person, TODAY)[0]
        token = sessions.switch(session, token, own.id, now=NOW)
        token = sessions.step_up(session, token, person, acr="", authenticated_at=NOW, now=NOW)
        sessions.end(session, token)
        sessions.end_everywhere(session, person)
    assert events(world)[2:] == [
        "person.signed_in",
        "session.switched",
        "session.stepped_up",
        "person.signed_out",
        "person.signed_out_everywhere",
    ]


def test_what_is_kept_of_a_browser_does_not_tell_it_from_others(world: World, person: UUID, sign_in: SignIn) -> None:
    sign_in(person, user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0")
    with gate_transaction(world.engine) as session:
        assert session.scalar(select(WebSessionRow.user_agent)) == "Firefox, Linux"
