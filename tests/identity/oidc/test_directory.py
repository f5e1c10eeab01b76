"""What is remembered of providers: ages, rotation of keys, and that nobody can make us ask all the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import RSAKey

from andel.identity.model.oidc.keys import Header, key_for, keys_of
from andel.identity.model.oidc.provider import ALGORITHMS
from andel.identity.model.oidc.refusals import Reason, RefusedError
from andel.identity.service.oidc.directory import FAILURE_AGE, KEYS_AGE, LATEST, METADATA_AGE, Budget, Directory
from andel.identity.service.oidc.fetching import Fetcher
from andel.identity.service.oidc.signatures import Expected, read_signed

ISSUER = "https://idp.borlange.se"
KEYS = f"{ISSUER}/keys"
OLD = RSAKey.generate_key(2048, {"kid": "old"})
NEW = RSAKey.generate_key(2048, {"kid": "new"})
SAME = RSAKey.generate_key(2048, {"kid": "old"})
EXPECTED = Expected(keys=KEYS, algorithms=ALGORITHMS, purpose="sign-in")


@dataclass(slots=True)
class Net:
    """The net, as far as one provider is in it; None for an address that does not answer."""

    answers: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    now: float = 0.0
    development: bool = False

    def get(self, url: str) -> Mapping[str, Any]:
        """Answer."""
        self.asked.append(url)
        found = self.answers[url]
        if found is None:
            raise RefusedError(Reason.UNREACHABLE, url)
        return found

    def publish(self, *keys: RSAKey) -> None:
        """Publish these keys from now on."""
        self.answers[KEYS] = {"keys": [dict(key.as_dict(private=False)) for key in keys]}


@pytest.fixture
def net() -> Net:
    there = Net()
    there.answers[f"{ISSUER}/.well-known/openid-configuration"] = {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/authorize",
        "token_endpoint": f"{ISSUER}/token",
        "jwks_uri": KEYS,
    }
    there.publish(OLD)
    return there


@pytest.fixture
def directory(net: Net) -> Directory:
    fetcher: Any = net
    assert hasattr(Fetcher, "get")
    return Directory(fetcher, clock=lambda: net.now)


def signed(key: RSAKey) -> str:
    registry = jws.JWSRegistry(strict_check_header=False)
    return jws.serialize_compact({"alg": "RS256", "kid": key.kid}, b'{"sub": "one"}', key, registry=registry)


# ---- ages -------------------------------------------------------------------------------------------------
def test_metadata_is_asked_for_when_it_is_of_age(net: Net, directory: Directory) -> None:
    for moment, asked in ((0, 1), (METADATA_AGE - 1, 1), (METADATA_AGE, 2)):
        net.now = moment
        directory.metadata(ISSUER)
        assert len(net.asked) == asked


def test_metadata_serves_on_for_a_day_when_nothing_newer_can_be_had(net: Net, directory: Directory) -> None:
    first = directory.metadata(ISSUER)
    net.answers = dict.fromkeys(net.answers)
    net.now = LATEST - 1
    assert directory.metadata(ISSUER) == first
    net.now = LATEST + FAILURE_AGE
    with pytest.raises(RefusedError):
        directory.metadata(ISSUER)


def test_metadata_that_turns_false_is_not_believed_and_the_true_one_serves_on(net: Net, directory: Directory) -> None:
    first = directory.metadata(ISSUER)
    changed = net.answers[f"{ISSUER}/.well-known/openid-configuration"]
    assert changed is not None
    changed["issuer"] = "https://idp.falun.se"
    net.now = METADATA_AGE
    assert directory.metadata(ISSUER) == first


def test_who_does_not_answer_is_not_asked_by_everybody(net: Net, directory: Directory) -> None:
    net.answers = dict.fromkeys(net.answers)
    for _ in range(5):
        with pytest.raises(RefusedError):
            directory.metadata(ISSUER)
    assert len(net.asked) == 1
    net.now = FAILURE_AGE
    with pytest.raises(RefusedError):
        directory.metadata(ISSUER)
    assert len(net.asked) == 2


# ---- rotation ---------------------------------------------------------------------------------------------
def test_a_new_key_is_found_at_once(net: Net, directory: Directory) -> None:
    assert read_signed(signed(OLD), EXPECTED, directory).claims == {"sub": "one"}
    net.publish(OLD, NEW)
    assert read_signed(signed(NEW), EXPECTED, directory).claims == {"sub": "one"}
    assert len(net.asked) == 2


def test_a_new_key_under_an_old_name_is_found_as_well(net: Net, directory: Directory) -> None:
    read_signed(signed(OLD), EXPECTED, directory)
    net.publish(SAME)
    assert read_signed(signed(SAME), EXPECTED, directory).claims == {"sub": "one"}


def test_a_key_that_was_withdrawn_is_no_longer_believed(net: Net, directory: Directory) -> None:
    read_signed(signed(OLD), EXPECTED, directory)
    net.publish(NEW)
    net.now = KEYS_AGE
    with pytest.raises(RefusedError) as refused:
        read_signed(signed(OLD), EXPECTED, directory)
    assert refused.value.reason is Reason.KEY_UNKNOWN


def test_made_up_names_of_keys_make_nobody_ask_all_the_time(net: Net, directory: Directory) -> None:
    made_up = RSAKey.generate_key(2048, {"kid": "made-up"})
    for _ in range(50):
        with pytest.raises(RefusedError):
            read_signed(signed(made_up), EXPECTED, directory)
    assert len(net.asked) == 3
    net.now = 30.0
    with pytest.raises(RefusedError):
        read_signed(signed(made_up), EXPECTED, directory)
    assert len(net.asked) == 4


def test_keys_serve_on_when_their_address_does_not_answer(net: Net, directory: Directory) -> None:
    read_signed(signed(OLD), EXPECTED, directory)
    net.answers[KEYS] = None
    net.now = KEYS_AGE
    assert read_signed(signed(OLD), EXPECTED, directory).claims == {"sub": "one"}


def test_a_process_remembers_a_bounded_number_of_providers(net: Net, directory: Directory) -> None:
    for number in range(600):
        address = f"https://idp{number}.borlange.se/keys"
        net.answers[address] = {"keys": []}
        directory.keys(address)
        directory.fresh_keys(address, "sign-in")
    assert len(directory._keys._known) == 256  # noqa: SLF001  (the bound itself)
    assert len(directory._budgets) <= 513  # noqa: SLF001  (the bound itself)


# ---- budgets ----------------------------------------------------------------------------------------------
def test_a_budget_gives_a_burst_and_then_one_at_a_time() -> None:
    budget = Budget(burst=2, seconds=30.0)
    assert [budget.take(moment) for moment in (0, 0, 0, 29, 30, 30, 90, 90, 90)] == [
        True, True, False, False, True, False, True, True, False,
    ]  # fmt: skip


# ---- choosing a key ---------------------------------------------------------------------------------------
def _header(algorithm: str = "RS256", **members: str) -> Header:
    return Header(raw={"alg": algorithm, **members}, algorithms=ALGORITHMS)


RSA = {"kty": "RSA", "n": "x" * 400, "e": "AQAB", "kid": "a"}
EC = {"kty": "EC", "crv": "P-256", "x": "x", "y": "y", "kid": "a"}


def test_keys_of_one_name_are_told_apart_by_their_type() -> None:
    assert key_for((RSA, EC), _header("ES256", kid="a")) == EC
    assert key_for((RSA, EC), _header("PS384", kid="a")) == RSA


def test_a_token_without_a_name_is_read_by_the_one_key_that_fits() -> None:
    assert key_for((RSA, EC), _header("ES256")) == EC


@pytest.mark.parametrize(
    ("keys", "header", "reason"),
    [
        ((RSA, RSA | {"n": "y" * 400}), _header(kid="a"), Reason.KEY_UNKNOWN),
        ((RSA, RSA | {"kid": "b"}), _header(), Reason.KEY_UNKNOWN),
        ((), _header(), Reason.KEY_UNKNOWN),
        ((EC | {"crv": "P-384"},), _header("ES256", kid="a"), Reason.KEY_UNFIT),
        ((RSA | {"e": "AQ"},), _header(kid="a"), Reason.KEY_UNFIT),
        ((RSA | {"e": "Ag"},), _header(kid="a"), Reason.KEY_UNFIT),
        ((RSA | {"n": "AQAB"},), _header(kid="a"), Reason.KEY_UNFIT),
        ((RSA | {"n": "%%%"},), _header(kid="a"), Reason.KEY_UNFIT),
        ((RSA | {"n": 17},), _header(kid="a"), Reason.KEY_UNFIT),
        (({"kty": "oct", "k": "c2VjcmV0", "kid": "a"},), _header(kid="a"), Reason.KEY_UNFIT),
        (({"kty": "OKP", "crv": "X25519", "x": "x", "kid": "a"},), _header("EdDSA", kid="a"), Reason.KEY_UNFIT),
    ],
)
def test_a_key_that_may_not_have_signed_is_refused(keys: Any, header: Header, reason: Reason) -> None:  # noqa: ANN401  (any JSON)
    with pytest.raises(RefusedError) as refused:
        key_for(keys, header)
    assert refused.value.reason is reason


def test_a_set_of_keys_may_hold_what_we_do_not_know() -> None:
    assert keys_of({"keys": [RSA, "something", {"kty": "new"}]}) == (RSA, {"kty": "new"})
    documents: tuple[dict[str, object], ...] = ({}, {"keys": {}}, {"keys": [RSA] * 101})
    for document in documents:
        with pytest.raises(RefusedError):
            keys_of(document)
