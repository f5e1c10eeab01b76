from __future__ import annotations

import pytest

from andel.identity.model.permissions import PERMISSIONS, STEP_UP, Permission
from andel.identity.model.programs import ClientError, checked_scopes, grantable, held_scopes, rate_of
from andel.identity.model.roles import MEMBERSHIP, Role


@pytest.mark.parametrize("role", MEMBERSHIP)
def test_no_program_signs_or_finalizes_or_lets_others_in(role: Role) -> None:
    assert grantable(role) < PERMISSIONS[role] or grantable(role) == PERMISSIONS[role]
    assert not grantable(role) & STEP_UP
    assert not grantable(role) & {Permission.CLIENTS_MANAGE, Permission.SIGN_IN_MANAGE}


def test_scopes_are_those_of_the_role_sorted_and_once() -> None:
    asked = ["invoices:read", "costs:read", "costs:read"]
    assert checked_scopes(Role.VIEWER, asked) == (Permission.COSTS_READ, Permission.INVOICES_READ)


@pytest.mark.parametrize(
    ("role", "names"),
    [
        (Role.VIEWER, []),
        (Role.VIEWER, ["costs:manage"]),
        (Role.VIEWER, ["costs:reed"]),
        (Role.VIEWER, ["*"]),
        (Role.SIGNATORY, ["agreements:sign"]),
        (Role.ECONOMIST, ["invoices:finalize"]),
        (Role.MANAGER, ["clients:manage"]),
    ],
)
def test_a_scope_beyond_the_role_or_beyond_any_program_is_refused(role: Role, names: list[str]) -> None:
    with pytest.raises(ClientError) as raised:
        checked_scopes(role, names)
    assert raised.value.where == "scopes"
    assert raised.value.complaints[0].remedy


def test_a_misspelt_scope_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(ClientError, match="costs:reed") as raised:
        checked_scopes(Role.VIEWER, ["costs:reed"])
    assert raised.value.remedy == 'Did you mean "costs:read"?'


def test_scopes_that_a_role_lost_are_lost_to_what_was_given_before() -> None:
    assert held_scopes(Role.VIEWER, ["costs:read", "costs:manage", "gone:scope"]) == {Permission.COSTS_READ}
    assert held_scopes(Role.VIEWER, []) == frozenset()


def test_a_bucket_holds_a_tenth_of_a_minute_and_ten_at_least() -> None:
    assert (rate_of(300).burst, rate_of(300).per_minute, rate_of(1).burst) == (30, 300, 10)
