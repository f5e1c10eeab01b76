from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from andel.identity.model.permissions import STEP_UP, Permission
from andel.identity.model.roles import Role
from andel.identity.model.sharing import Shared, Sharing
from andel.identity.model.signed_in import FRESH, SignedIn, csrf_token, is_csrf_token
from andel.identity.model.user_agents import summary_of

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECRET, OTHER = b"s" * 32, b"o" * 32


def signatory(**changed: object) -> SignedIn:
    values: dict[str, object] = {
        "person": UUID(int=1),
        "role": Role.SIGNATORY,
        "organization": UUID(int=2),
        "organization_key": "mora",
        "organization_name": "Mora",
        "organizations": (UUID(int=2),),
        "authenticated_at": NOW,
        "csrf_secret": SECRET,
    }
    return SignedIn(**values | changed)  # type: ignore[arg-type]  # fields the test names


# ---- proof anew ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changed", "after", "asked"),
    [
        ({}, timedelta(0), False),
        ({}, FRESH, False),
        ({}, FRESH + timedelta(seconds=1), True),
        ({"step_up_acr": ("loa3",), "acr": "loa2"}, timedelta(0), True),
        ({"step_up_acr": ("loa3",), "acr": ""}, timedelta(0), True),
        ({"step_up_acr": ("loa3", "loa4"), "acr": "loa4"}, timedelta(0), False),
        ({"step_up_acr": ("loa3",), "acr": "loa3"}, FRESH + timedelta(seconds=1), True),
    ],
)
def test_signing_asks_for_a_fresh_proof_at_the_providers_higher_level(
    changed: dict[str, object], after: timedelta, *, asked: bool
) -> None:
    assert signatory(**changed).must_step_up(Permission.AGREEMENTS_SIGN, NOW + after) is asked


def test_reading_asks_for_no_proof_anew() -> None:
    late = NOW + timedelta(hours=9)
    asked = {one for one in Permission if signatory().must_step_up(one, late)}
    assert asked == STEP_UP


def test_a_role_may_what_the_table_says() -> None:
    assert signatory().may(Permission.AGREEMENTS_SIGN)
    assert not signatory().may(Permission.COSTS_MANAGE)


# ---- tokens of forms ----------------------------------------------------------------------------------------
def test_each_form_has_a_token_of_its_own_that_holds_for_the_session() -> None:
    tokens = {csrf_token(SECRET) for _ in range(20)}
    assert len(tokens) == 20
    assert all(is_csrf_token(SECRET, token) for token in tokens)
    assert not any(is_csrf_token(OTHER, token) for token in tokens)


def test_a_token_that_was_changed_anywhere_is_refused() -> None:
    raw = base64.urlsafe_b64decode(csrf_token(SECRET) + "==")
    for place in range(len(raw)):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        assert not is_csrf_token(SECRET, base64.urlsafe_b64encode(changed).decode().rstrip("="))


@pytest.mark.parametrize("token", ["", "x", "åäö", "=", "A" * 21, "A" * 22, "A" * 10_000, "\0"])
def test_what_is_no_token_is_refused(token: str) -> None:
    assert not is_csrf_token(SECRET, token)
    assert not is_csrf_token(SECRET, csrf_token(SECRET)[:-1] + "é")


# ---- what is kept -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("agent", "summary"),
    [
        ("", ""),
        ("curl/8.5", ""),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/131.0 Safari/537.36", "Chrome, macOS"),
        ("Mozilla/5.0 (Linux; Android 14) Gecko Firefox/131.0", "Firefox, Android"),
    ],
)
def test_of_a_browser_two_words_are_kept(agent: str, summary: str) -> None:
    assert summary_of(agent) == summary


def test_allocations_are_open_and_seats_and_users_are_not_unless_the_region_says_so() -> None:
    assert [Sharing().is_open(subject) for subject in Shared] == [True, False, False]
    assert [Sharing(allocations=False, users=True).is_open(subject) for subject in Shared] == [False, False, True]
