from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import ProgrammingError
from tests.identity.service.scim.world import HAND, NOW, World

from andel.identity.model.credentials import Credential, mint
from andel.identity.model.scim.errors import ScimError
from andel.identity.service.scim import (
    DirectoryError,
    TooManyRequestsError,
    admit,
    issue_token,
    known_tokens,
    revoke_tokens,
)
from andel.identity.service.scim.directories import OVERLAP, RATE
from andel.identity.tables import ScimTokenRow
from andel.parties.tables import OrganizationRow
from andel.shared.database import Viewer, gate_transaction, region_transaction


def admitted(world: World, token: str, *, organization: str = "alby", now: datetime = NOW) -> bool:
    try:
        with gate_transaction(world.engine) as session:
            admit(session, organization, token, now)
    except ScimError as error:
        if error.status == 401:
            return False
        raise
    return True


def issued(world: World, now: datetime) -> str:
    with gate_transaction(world.engine) as session:
        return issue_token(session, world.first.provider, actor=HAND, now=now).shown


def test_a_directory_is_let_in_by_the_token_of_its_organization_alone(world: World) -> None:
    assert admitted(world, world.first.token)
    assert not admitted(world, world.second.token)
    assert not admitted(world, world.region.token)
    assert not admitted(world, world.first.token, organization="byn")
    assert not admitted(world, world.first.token, organization="ingen")
    assert not admitted(world, mint(Credential.SCIM).shown)
    assert not admitted(world, mint(Credential.ACCESS).shown)


def test_every_refusal_is_answered_alike(world: World) -> None:
    answers = set()
    for organization, token in (("byn", world.first.token), ("ingen", world.first.token), ("alby", "x"), ("alby", "")):
        with pytest.raises(ScimError) as raised, gate_transaction(world.engine) as session:
            admit(session, organization, token, NOW)
        answers.add(str(raised.value))
    assert len(answers) == 1


def test_of_a_token_the_database_keeps_nothing_that_lets_anybody_in(world: World) -> None:
    with gate_transaction(world.engine) as session:
        kept = session.scalars(select(ScimTokenRow.token_hash)).all()
    assert len(kept) == 3
    assert all(len(digest) == 32 and digest.hex() not in world.first.token for digest in kept)


@pytest.mark.parametrize("viewer", ["staff", "member"])
def test_nobody_but_the_gate_reads_a_token(world: World, viewer: str) -> None:
    who = Viewer.staff() if viewer == "staff" else Viewer.member(world.first.id)
    with pytest.raises(ProgrammingError, match="permission denied"), region_transaction(world.engine, who) as session:
        session.scalars(select(ScimTokenRow.token_hash)).all()


def test_an_older_token_lives_on_for_the_overlap_and_no_longer(world: World) -> None:
    fresh = issued(world, NOW)
    late = NOW + OVERLAP
    assert admitted(world, world.first.token, now=late - timedelta(seconds=1))
    assert not admitted(world, world.first.token, now=late)
    assert admitted(world, fresh, now=late + timedelta(days=1000))


def test_of_three_tokens_the_oldest_ends_at_once(world: World) -> None:
    second = issued(world, NOW + timedelta(hours=1))
    third = issued(world, NOW + timedelta(hours=2))
    now = NOW + timedelta(hours=2)
    assert [admitted(world, token, now=now) for token in (world.first.token, second, third)] == [False, True, True]


def test_an_overlap_never_prolongs_a_token_that_ends_sooner(world: World) -> None:
    with gate_transaction(world.engine) as session:
        session.execute(update(ScimTokenRow).values(expires_at=NOW + timedelta(hours=1)))
    issued(world, NOW)
    assert not admitted(world, world.first.token, now=NOW + timedelta(hours=1))


def test_revoked_tokens_let_nobody_in_and_others_stay(world: World) -> None:
    fresh = issued(world, NOW)
    with gate_transaction(world.engine) as session:
        assert revoke_tokens(session, world.first.provider, actor=HAND, now=NOW) == 2
    assert not admitted(world, world.first.token)
    assert not admitted(world, fresh)
    assert admitted(world, world.second.token, organization="byn")
    assert world.events().count("scim_token.revoked") == 2


def test_an_organization_that_is_no_more_has_no_directory(world: World) -> None:
    with region_transaction(world.engine, Viewer.staff()) as session:
        session.execute(update(OrganizationRow).where(OrganizationRow.key == "alby").values(valid_to=NOW.date()))
    assert not admitted(world, world.first.token)


def test_the_last_use_is_known_to_the_minute(world: World) -> None:
    def last() -> datetime | None:
        with gate_transaction(world.engine) as session:
            return known_tokens(session, world.first.id, NOW)[0].last_used_at

    assert last() is None
    admitted(world, world.first.token)
    admitted(world, world.first.token, now=NOW + timedelta(seconds=59))
    assert last() == NOW
    admitted(world, world.first.token, now=NOW + timedelta(seconds=60))
    assert last() == NOW + timedelta(seconds=60)


def test_the_tokens_that_live_are_listed_the_newest_first(world: World) -> None:
    issued(world, NOW + timedelta(hours=1))
    with gate_transaction(world.engine) as session:
        known = known_tokens(session, world.first.id, NOW + timedelta(hours=2))
    assert [token.created_at for token in known] == [NOW + timedelta(hours=1), NOW]
    assert known[1].expires_at == NOW + timedelta(hours=1) + OVERLAP


def test_a_token_for_no_provider_is_refused(world: World) -> None:
    with pytest.raises(DirectoryError), gate_transaction(world.engine) as session:
        issue_token(session, uuid4(), actor=HAND, now=NOW)


def test_a_directory_that_asks_too_often_waits_and_no_other_one_does(world: World) -> None:
    for _ in range(RATE.burst):
        assert admitted(world, world.first.token)
    with pytest.raises(TooManyRequestsError) as raised, gate_transaction(world.engine) as session:
        admit(session, "alby", world.first.token, NOW)
    assert (raised.value.status, raised.value.wait) == (429, 1)
    assert admitted(world, world.second.token, organization="byn")
    assert admitted(world, world.first.token, now=NOW + timedelta(seconds=1))


def test_a_new_token_is_no_new_bucket(world: World) -> None:
    for _ in range(RATE.burst):
        assert admitted(world, world.first.token)
    fresh = issued(world, NOW)
    with pytest.raises(TooManyRequestsError), gate_transaction(world.engine) as session:
        admit(session, "alby", fresh, NOW)


def test_a_token_that_is_issued_stands_in_the_chain(world: World) -> None:
    issued(world, NOW)
    with gate_transaction(world.engine) as session:
        count = session.scalar(select(func.count()).select_from(ScimTokenRow))
    assert world.events().count("scim_token.issued") == count == 4
