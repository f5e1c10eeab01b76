from __future__ import annotations

import hashlib
import string

import pytest

from andel.identity.model.credentials import Credential, digest, mint


@pytest.mark.parametrize("kind", Credential)
def test_a_secret_is_found_by_its_digest_and_by_nothing_else(kind: Credential) -> None:
    minted = mint(kind)
    assert minted.shown.startswith(f"andel_{kind}_")
    assert digest(minted.shown, kind) == minted.digest == hashlib.sha256(minted.shown.encode()).digest()
    assert all(digest(minted.shown, other) is None for other in Credential if other is not kind)


def test_no_two_secrets_are_alike() -> None:
    assert len({mint(Credential.ACCESS).digest for _ in range(200)}) == 200


def test_a_secret_with_one_character_changed_is_refused_before_the_database_is_asked() -> None:
    shown = mint(Credential.SCIM).shown
    for place in range(len(shown)):
        for letter in string.ascii_letters[:3] + "0_":
            changed = shown[:place] + letter + shown[place + 1 :]
            assert changed == shown or digest(changed, Credential.SCIM) is None


@pytest.mark.parametrize(
    "shown", ["", "andel_scim_", "x" * 100_000, "andel_scim_" + "å" * 43 + "0" * 8, "\x00", "Bearer x", "\n"]
)
def test_what_is_no_secret_at_all_has_no_digest(shown: str) -> None:
    assert digest(shown, Credential.SCIM) is None


def test_a_secret_with_something_around_it_is_another_one() -> None:
    shown = mint(Credential.CLIENT).shown
    assert digest(f"{shown}\n", Credential.CLIENT) is None
    assert digest(f" {shown}", Credential.CLIENT) is None


def test_a_secret_that_is_logged_by_mistake_says_nothing() -> None:
    minted = mint(Credential.CLIENT)
    assert minted.shown not in repr(minted)
    assert minted.shown not in str(minted)
