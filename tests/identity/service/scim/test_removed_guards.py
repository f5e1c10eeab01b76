"""Each check that keeps a directory within its organization is taken away in turn, and what it kept out gets in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Select, select, update
from tests.identity.service.scim.test_groups import create as create_group
from tests.identity.service.scim.test_users import active, create, find, patch
from tests.identity.service.scim.world import NOW, World

from andel.identity.model.scim import people
from andel.identity.model.scim.errors import ScimError
from andel.identity.service.scim import admit, directories, effects, users
from andel.identity.service.scim.directories import RATE
from andel.identity.tables import PersonRow, ScimTokenRow, ScimUserRow
from andel.shared.database import gate_transaction

Attack = Callable[[World], bool]
Patched = tuple[Any, str, Any]


def reads_another_organizations_user(world: World) -> bool:
    user = create(world, world.second)
    with suppress(ScimError), gate_transaction(world.engine) as session:
        users.read_user(session, world.directory(), str(user.id))
        return True
    return False


def lists_another_organizations_users(world: World) -> bool:
    create(world, world.second)
    return find(world).total > 0


def adds_another_organizations_user_to_a_group(world: World) -> bool:
    user = create(world, world.second)
    with suppress(ScimError):
        create_group(world, str(user.id))
        return True
    return False


def comes_in_by_a_token_that_ended(world: World) -> bool:
    with gate_transaction(world.engine) as session:
        session.execute(update(ScimTokenRow).values(expires_at=NOW))
    with suppress(ScimError), gate_transaction(world.engine) as session:
        admit(session, "alby", world.first.token, NOW + timedelta(hours=1))
        return True
    return False


def asks_without_end(world: World) -> bool:
    with suppress(ScimError):
        for _ in range(RATE.burst + 1):
            world.directory()
        return True
    return False


def changes_what_was_changed_meanwhile(world: World) -> bool:
    user = create(world)
    with suppress(ScimError):
        patch(world, user.id, active(value=False), match='W/"99"')
        return True
    return False


def keeps_an_identity_number(world: World) -> bool:
    with suppress(ScimError):
        create(world, userName="19121212-1212")
        return True
    return False


def stays_signed_in_when_shut_out(world: World) -> bool:
    user = create(world)
    token = world.sign_in(user.id)
    patch(world, user.id, active(value=False))
    return world.alive(token)


def lets_in_whom_an_administrator_shut_out(world: World) -> bool:
    user = create(world)
    with gate_transaction(world.engine) as session:
        session.execute(update(PersonRow).values(deactivated_at=NOW, deactivated_by="manual"))
    patch(world, user.id, active(value=False))
    patch(world, user.id, active(value=True))
    return world.person(user.id).deactivated_at is None


def keeps_the_session_of_another_key(world: World) -> bool:
    user = create(world)
    token = world.sign_in(user.id)
    patch(world, user.id, {"op": "Replace", "path": "externalId", "value": "somebody-else"})
    return world.alive(token)


def leaves_no_trace(world: World) -> bool:
    before = world.events()
    create(world)
    return world.events() == before


def everybody(_directory: object) -> Select[ScimUserRow]:
    return select(ScimUserRow)


GUARDS: dict[str, tuple[Attack, list[Patched]]] = {
    "whose users are read": (reads_another_organizations_user, [(users, "_theirs", everybody)]),
    "whose users are listed": (lists_another_organizations_users, [(users, "_theirs", everybody)]),
    "how long a token lives": (comes_in_by_a_token_that_ended, [(directories, "_live", lambda _now: ())]),
    "how often a directory asks": (asks_without_end, [(directories, "take_from", lambda *_: 0)]),
    "which version is changed": (changes_what_was_changed_meanwhile, [(users, "check_version", lambda *_: None)]),
    "identity numbers": (keeps_an_identity_number, [(people, "is_identity_number", lambda _text: False)]),
    "shutting out": (stays_signed_in_when_shut_out, [(users, "deactivate", lambda *_, **__: False)]),
    "the end of sessions": (keeps_the_session_of_another_key, [(users, "end_everywhere", lambda *_, **__: 0)]),
    "the chain": (
        leaves_no_trace,
        [(users, "append", lambda *_: None), (effects, "append", lambda *_: None)],
    ),
}


@pytest.mark.parametrize("guard", GUARDS)
def test_each_guard_keeps_something_out(world: World, monkeypatch: pytest.MonkeyPatch, guard: str) -> None:
    _, removed = GUARDS[guard]
    for module, name, nothing in removed:
        monkeypatch.setattr(module, name, nothing)
    attack, _ = GUARDS[guard]
    assert attack(world), "the attack gets through without the guard"


@pytest.mark.parametrize(
    "attack",
    [
        *dict.fromkeys(attack for attack, _ in GUARDS.values()),
        lets_in_whom_an_administrator_shut_out,
        adds_another_organizations_user_to_a_group,
    ],
)
def test_with_every_guard_in_place_no_attack_gets_through(world: World, attack: Attack) -> None:
    assert not attack(world)
