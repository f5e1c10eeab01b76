"""Each condition that keeps a program out is taken away in turn, and what it kept out gets in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import TextClause, text, update
from tests.identity.conftest import BY, NOW, World
from tests.identity.service.clients.test_clients import admitted, registered, token

from andel.identity.model import programs
from andel.identity.model.permissions import Permission
from andel.identity.model.programs import OVERLAP, TOKEN_LIFE
from andel.identity.service.clients import IssuedSecret, admitting, authenticate, rotate
from andel.identity.tables import ApiClientRow, ApiClientSecretRow, ApiTokenRow
from andel.parties.tables import OrganizationRow
from andel.shared.database import Viewer, gate_transaction, region_transaction

Spoil = Callable[[World, IssuedSecret], None]


def change(row: type, **values: object) -> Spoil:
    def spoil(world: World, _issued: IssuedSecret) -> None:
        with gate_transaction(world.engine) as session:
            session.execute(update(row).values(**values))

    return spoil


def end_organization(world: World, _issued: IssuedSecret) -> None:
    with region_transaction(world.engine, Viewer.staff()) as session:
        session.execute(update(OrganizationRow).where(OrganizationRow.key == "mora").values(valid_to=NOW.date()))


def without(statement: TextClause, condition: str) -> TextClause:
    written = statement.text
    assert written.count(condition) == 1, condition
    return text(written.replace(condition, "true"))


@pytest.mark.parametrize(
    ("condition", "spoil"),
    [
        ("t.revoked_at IS NULL", change(ApiTokenRow, revoked_at=NOW)),
        ("t.expires_at > :now", change(ApiTokenRow, revoked_at=None)),
        ("s.revoked_at IS NULL", change(ApiClientSecretRow, revoked_at=NOW)),
        ("coalesce(s.expires_at > :now, true)", change(ApiClientSecretRow, expires_at=NOW)),
        ("c.enabled", change(ApiClientRow, enabled=False)),
        ("c.ended_at IS NULL", change(ApiClientRow, ended_at=NOW)),
        ("coalesce(o.valid_to > :today, true)", end_organization),
    ],
)
def test_each_condition_of_a_token_keeps_something_out(
    world: World, monkeypatch: pytest.MonkeyPatch, condition: str, spoil: Spoil
) -> None:
    issued = registered(world)
    shown = token(world, issued)
    now = NOW + TOKEN_LIFE if condition.startswith("t.expires_at") else NOW
    spoil(world, issued)
    assert not admitted(world, shown, now=now)
    monkeypatch.setattr(admitting, "_HOLDER", without(admitting._HOLDER, condition))  # noqa: SLF001  (the guard itself)
    assert admitted(world, shown, now=now)


def test_a_token_is_only_what_its_digest_says(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    token(world, registered(world))
    assert not admitted(world, "andel_access_made_up")
    monkeypatch.setattr(admitting, "digest", lambda *_: b"x" * 32)
    monkeypatch.setattr(admitting, "_HOLDER", without(admitting._HOLDER, "t.token_hash = :digest"))  # noqa: SLF001  (the guard itself)
    assert admitted(world, "andel_access_made_up")


def test_without_the_bucket_nobody_waits(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = token(world, registered(world, requests_per_minute=1))
    monkeypatch.setattr(admitting, "take_from", lambda *_: 0)
    assert all(admitted(world, shown) for _ in range(20))


def test_without_what_is_for_people_alone_a_program_signs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    issued = registered(world, role="signatory")
    change(ApiClientRow, scopes=["agreements:sign"])(world, issued)
    shown = token(world, issued, scopes=(Permission.AGREEMENTS_SIGN,))
    program = admitted(world, shown)
    assert program is not None
    assert not program.may(Permission.AGREEMENTS_SIGN)
    monkeypatch.setattr(programs, "FOR_PEOPLE", frozenset())
    program = admitted(world, shown)
    assert program is not None
    assert program.may(Permission.AGREEMENTS_SIGN)


def test_without_the_overlaps_end_an_older_secret_never_dies(world: World) -> None:
    old = registered(world)
    with gate_transaction(world.engine) as session:
        rotate(session, old.client_id, actor=BY, now=NOW)
    late = NOW + OVERLAP + timedelta(days=1)

    def works() -> bool:
        with gate_transaction(world.engine) as session:
            return authenticate(session, str(old.client_id), old.shown, late) is not None

    assert not works()
    with gate_transaction(world.engine) as session:
        session.execute(update(ApiClientSecretRow).values(expires_at=None))
    assert works()
