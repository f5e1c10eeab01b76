from __future__ import annotations

from pathlib import Path

import pytest

from andel.identity.model.permissions import PERMISSIONS, STEP_UP, WORDS, Permission, allowed, table
from andel.identity.model.roles import MEMBERSHIP, MUNICIPAL, REGIONAL, Role
from andel.identity.model.roles import WORDS as ROLE_WORDS

GOLDEN = Path(__file__).parent / "permissions.txt"


def printed() -> str:
    head = " " * 20 + "  ".join(role.value for role in Role)
    rows = [
        f"{permission.value:20}"
        + "  ".join(f"{'x' if allowed(role, permission) else '.':{len(role)}}" for role in Role)
        for permission in Permission
    ]
    return "\n".join(line.rstrip() for line in [head, *rows]) + "\n"


def test_the_table_is_the_one_that_was_agreed_on() -> None:
    """Who changes it on purpose prints it anew: python -m tests.identity.model.test_permissions."""
    assert printed() == GOLDEN.read_text(encoding="utf-8")


def test_every_role_and_permission_has_words_in_both_languages() -> None:
    assert set(WORDS) == set(Permission)
    assert set(ROLE_WORDS) == set(Role)
    assert set(PERMISSIONS) == set(Role)
    for words in (*WORDS.values(), *ROLE_WORDS.values()):
        assert words.sv
        assert words.en
        assert words.sv != words.en or words.sv == ""


def test_the_shown_table_says_the_same() -> None:
    shown = dict(table("sv"))
    assert len(shown) == len(Permission)
    assert shown["slutföra fakturor"] == (Role.ECONOMIST,)
    assert dict(table("en"))["sign agreements"] == (Role.SIGNATORY, Role.MANAGER)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OPERATOR])
def test_an_auditor_and_an_operator_change_nothing_of_a_region(role: Role) -> None:
    changing = {one for one in Permission if not one.value.endswith((":read", ":compare"))}
    assert PERMISSIONS[role] & changing == ({Permission.OPERATION_MANAGE} if role is Role.OPERATOR else set())


def test_the_instance_is_operated_by_operators_alone_and_they_are_no_members() -> None:
    assert [role for role in Role if allowed(role, Permission.OPERATION_MANAGE)] == [Role.OPERATOR]
    assert set(MEMBERSHIP) == set(Role) - {Role.OPERATOR}
    assert not set(MUNICIPAL) & set(REGIONAL)


def test_what_binds_asks_for_proof_anew() -> None:
    assert {Permission.AGREEMENTS_SIGN, Permission.INVOICES_FINALIZE, Permission.MINUTES_CLOSE} == STEP_UP


def test_nobody_prepares_and_decides_alone() -> None:
    for role in Role:
        assert not {Permission.REGION_MANAGE, Permission.INVOICES_FINALIZE} <= PERMISSIONS[role]
        assert not {Permission.USERS_MANAGE, Permission.INVOICES_FINALIZE} <= PERMISSIONS[role]


if __name__ == "__main__":
    GOLDEN.write_text(printed(), encoding="utf-8")
