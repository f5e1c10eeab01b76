from __future__ import annotations

from datetime import UTC, date, datetime

from tests.identity.service.scim.world import NOW, World

from andel.identity.service.scim import create_user, user_counts
from andel.shared.database import gate_transaction


def fill(world: World, count: int, *, active: bool = True) -> None:
    for number in range(count):
        body = {"userName": f"{active}{number}@alby.se", "externalId": f"{active}{number}", "active": active}
        with gate_transaction(world.engine) as session:
            create_user(session, world.directory(), body, NOW)


def test_a_count_is_of_those_who_are_active_on_a_swedish_day(world: World) -> None:
    fill(world, 3)
    fill(world, 2, active=False)
    late = datetime(2026, 9, 30, 22, 30, tzinfo=UTC)
    with gate_transaction(world.engine) as session:
        counts = user_counts(session, [world.first.id, world.second.id], late)
    assert [(count.key, count.users, count.on, count.heard_at) for count in counts] == [
        ("alby", 3, date(2026, 10, 1), NOW),
        ("byn", 0, date(2026, 10, 1), None),
    ]


def test_an_organization_that_was_not_asked_about_is_not_told(world: World) -> None:
    fill(world, 1)
    with gate_transaction(world.engine) as session:
        assert [count.key for count in user_counts(session, [world.second.id], NOW)] == ["byn"]
        assert user_counts(session, [], NOW) == ()
