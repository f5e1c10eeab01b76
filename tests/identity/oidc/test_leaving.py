"""Signing out: here, at the provider, and when the provider says so, truly or not."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from joserfc import jws
from sqlalchemy import func, select, update
from tests.identity.oidc.lying import CLIENT, Json
from tests.identity.oidc.region import Region

from andel.identity.model.oidc.logouts import EVENT
from andel.identity.model.oidc.refusals import Reason, RefusedError
from andel.identity.model.oidc.rules import RULES
from andel.identity.service.oidc.leaving import logout_by_token, logout_by_visit, sign_out
from andel.identity.tables import IdentityProviderRow, ProviderLogoutRow
from andel.shared.database import gate_transaction

SID = "session-1"
HEADER: Json = {"alg": "RS256", "kid": "main", "typ": "logout+jwt"}


def honest(region: Region) -> Json:
    """Return what an honest logout token says."""
    now = int(time.time())
    return {
        "iss": region.lying.issuer("truth"),
        "aud": CLIENT,
        "iat": now,
        "exp": now + 120,
        "jti": str(uuid4()),
        "sid": SID,
        "sub": "person-1",
        "events": {EVENT: {}},
    }


def signed(region: Region, claims: Json, header: Json | None = None) -> str:
    """Sign a logout token by the provider's own key."""
    body = json.dumps(claims).encode()
    registry = jws.JWSRegistry(strict_check_header=False)
    return jws.serialize_compact(header or HEADER, body, region.lying.keys.main, registry=registry)


def put(**claims: Any) -> Callable[[Json], Json]:  # noqa: ANN401  (any JSON)
    return lambda said: said | claims


def drop(*names: str) -> Callable[[Json], Json]:
    return lambda said: {name: value for name, value in said.items() if name not in names}


def later(**seconds: int) -> Callable[[Json], Json]:
    return lambda said: said | {name: int(time.time()) + moved for name, moved in seconds.items()}


LIES: dict[str, tuple[str, Reason, Callable[[Json], Json]]] = {
    "iss other": ("logout iss", Reason.CLAIM_ISSUER, put(iss="https://idp.falun.se")),
    "aud other": ("logout aud", Reason.CLAIM_AUDIENCE, put(aud="another-client")),
    "aud several": ("logout aud", Reason.CLAIM_AUDIENCE, put(aud=[CLIENT, "another-client"])),
    "no event": ("logout event", Reason.LOGOUT_MALFORMED, drop("events")),
    "another event": ("logout event", Reason.LOGOUT_MALFORMED, put(events={"https://other.example": {}})),
    "event in words": ("logout event", Reason.LOGOUT_MALFORMED, put(events=EVENT)),
    "nonce": ("logout nonce", Reason.LOGOUT_MALFORMED, put(nonce="of an ID token")),
    "nobody": ("logout whom", Reason.LOGOUT_MALFORMED, drop("sid", "sub")),
    "no jti": ("logout jti", Reason.LOGOUT_MALFORMED, drop("jti")),
    "old": ("logout iat", Reason.ISSUED_LONG_AGO, later(iat=-3600)),
    "ahead": ("logout iat", Reason.ISSUED_LONG_AGO, later(iat=600)),
    "no iat": ("logout iat", Reason.ISSUED_LONG_AGO, drop("iat")),
    "expired": ("logout exp", Reason.EXPIRED, later(exp=-120)),
    "no exp": ("logout exp", Reason.EXPIRED, drop("exp")),
    "for ever": ("logout exp", Reason.EXPIRED, later(exp=10**8)),
}


@pytest.fixture
def there(region: Region) -> Region:
    """The region, with somebody signed in by a provider that may sign people out."""
    allowed = {"back_channel_logout": True, "front_channel_logout": True}
    with gate_transaction(region.world.engine) as session:
        session.execute(update(IdentityProviderRow).values(allowed))
    region.lying.extra["sid"] = SID
    region.sign_in("truth")
    return region


# ---- here and at the provider -----------------------------------------------------------------------------
def test_who_signs_out_is_told_where_to_sign_out_as_well(there: Region) -> None:
    assert there.token is not None
    left = sign_out(there.flow, there.token, back_to="https://andel.example/testlandet/utloggad")
    assert there.who() is None
    assert left.provider_title == "Inloggning truth"
    address = urlsplit(left.provider_address)
    asked = parse_qs(address.query)
    assert address.path == "/truth/logout"
    assert asked["client_id"] == [CLIENT]
    assert asked["post_logout_redirect_uri"] == ["https://andel.example/testlandet/utloggad"]
    assert asked["id_token_hint"][0].count(".") == 2
    assert there.log()[-1][0] == "person.signed_out"


def test_signing_out_twice_is_no_error(there: Region) -> None:
    assert there.token is not None
    sign_out(there.flow, there.token, back_to="https://andel.example/")
    assert not sign_out(there.flow, there.token, back_to="https://andel.example/").provider_address


@pytest.mark.parametrize("way", ["not wanted", "no endpoint", "unreachable"])
def test_signing_out_here_never_depends_on_the_provider(there: Region, way: str) -> None:
    assert there.token is not None
    with gate_transaction(there.world.engine) as session:
        if way == "not wanted":
            session.execute(update(IdentityProviderRow).values(end_session=False))
        elif way == "unreachable":
            session.execute(update(IdentityProviderRow).values(issuer="http://127.0.0.1:9/gone"))
    if way == "no endpoint":
        known = there.flow.relying.directory.metadata(there.lying.issuer("truth"))
        bare = replace(known, end_session_endpoint="")
        there.flow.relying.directory._metadata.renew(there.lying.issuer("truth"), lambda: bare)  # noqa: SLF001
    left = sign_out(there.flow, there.token, back_to="https://andel.example/")
    assert there.who() is None
    assert not left.provider_address


# ---- back channel -----------------------------------------------------------------------------------------
def test_a_logout_token_ends_the_session_that_it_names(there: Region) -> None:
    assert logout_by_token(there.flow, "truth", signed(there, honest(there))) == 1
    assert there.who() is None
    assert there.log()[-1][0] == "person.signed_out_by_provider"


def test_a_logout_token_without_a_session_ends_all_of_the_subject(there: Region) -> None:
    there.token = None
    there.lying.extra["sid"] = "session-2"
    there.sign_in("truth")
    assert logout_by_token(there.flow, "truth", signed(there, drop("sid")(honest(there)))) == 2


def test_another_session_or_subject_goes_on(there: Region) -> None:
    assert logout_by_token(there.flow, "truth", signed(there, put(sid="another")(honest(there)))) == 0
    assert logout_by_token(there.flow, "truth", signed(there, put(sub="another")(honest(there)))) == 0
    assert there.who() is not None


@pytest.mark.parametrize("typ", ["logout+jwt", "JWT", "application/logout+jwt", None])
def test_the_types_that_providers_write_pass(there: Region, typ: str | None) -> None:
    header = HEADER | {"typ": typ} if typ else drop("typ")(HEADER)
    assert logout_by_token(there.flow, "truth", signed(there, honest(there), header)) == 1


@pytest.mark.parametrize("name", sorted(LIES))
def test_a_false_logout_token_ends_nothing_and_its_check_is_what_refuses_it(there: Region, name: str) -> None:
    check, reason, lie = LIES[name]
    token = signed(there, lie(honest(there)))
    with pytest.raises(RefusedError) as refused:
        logout_by_token(there.flow, "truth", token)
    assert refused.value.reason is reason
    assert there.who() is not None
    lax = replace(there.flow, relying=replace(there.flow.relying, rules=RULES.without(check)))
    if name == "nobody":
        with pytest.raises(ValueError, match="names a session or a subject"):
            logout_by_token(lax, "truth", token)
        return
    assert logout_by_token(lax, "truth", token) == 1


def test_every_check_of_logout_tokens_has_a_lie() -> None:
    assert {check for check, _, _ in LIES.values()} == {check.name for check in RULES.logout}


@pytest.mark.parametrize(
    ("reason", "token"),
    [
        (Reason.TOKEN_MALFORMED, "no token"),
        (Reason.TOKEN_MALFORMED, ""),
        (Reason.ALGORITHM_FORBIDDEN, "eyJhbGciOiJub25lIn0.e30."),
    ],
)
def test_what_is_no_signed_token_is_refused(there: Region, reason: Reason, token: str) -> None:
    with pytest.raises(RefusedError) as refused:
        logout_by_token(there.flow, "truth", token)
    assert refused.value.reason is reason


def test_an_id_token_is_no_logout_token(there: Region) -> None:
    now = int(time.time())
    claims = {"iss": there.lying.issuer("truth"), "aud": CLIENT, "iat": now, "exp": now + 60, "sub": "person-1"}
    with pytest.raises(RefusedError) as refused:
        logout_by_token(there.flow, "truth", signed(there, claims, {"alg": "RS256", "kid": "main", "typ": "JWT"}))
    assert refused.value.reason is Reason.LOGOUT_MALFORMED


def test_a_logout_token_is_used_once(there: Region) -> None:
    token = signed(there, honest(there))
    assert logout_by_token(there.flow, "truth", token) == 1
    there.sign_in("truth")
    with pytest.raises(RefusedError) as refused:
        logout_by_token(there.flow, "truth", token)
    assert refused.value.reason is Reason.LOGOUT_REPLAYED
    assert there.who() is not None


def test_of_eight_that_bring_the_same_logout_token_one_is_heard(there: Region) -> None:
    token = signed(there, honest(there))
    heard: list[int | Reason] = []

    def bring() -> None:
        try:
            heard.append(logout_by_token(there.flow, "truth", token))
        except RefusedError as error:
            heard.append(error.reason)

    threads = [threading.Thread(target=bring) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(heard, key=str) == [1, *[Reason.LOGOUT_REPLAYED] * 7]


def test_old_marks_of_used_tokens_go_when_the_next_is_used(there: Region) -> None:
    logout_by_token(there.flow, "truth", signed(there, later(exp=-30)(honest(there))))
    ahead = replace(there.flow, relying=replace(there.flow.relying, clock=lambda: time.time() + 200))
    logout_by_token(ahead, "truth", signed(there, later(iat=200, exp=260)(honest(there))))
    with gate_transaction(there.world.engine) as session:
        assert session.scalar(select(func.count()).select_from(ProviderLogoutRow)) == 1


def test_a_provider_that_may_not_end_sessions_is_not_heard(there: Region) -> None:
    with gate_transaction(there.world.engine) as session:
        off = {"back_channel_logout": False, "front_channel_logout": False}
        session.execute(update(IdentityProviderRow).values(off))
    ways: tuple[Callable[[], int], ...] = (
        lambda: logout_by_token(there.flow, "truth", signed(there, honest(there))),
        lambda: logout_by_visit(there.flow, "truth", issuer=there.lying.issuer("truth"), sid=SID),
        lambda: logout_by_token(there.flow, "nobody", signed(there, honest(there))),
    )
    for asked in ways:
        with pytest.raises(RefusedError) as refused:
            asked()
        assert refused.value.reason is Reason.PROVIDER_UNKNOWN
    assert there.who() is not None


def test_forged_logout_tokens_do_not_use_up_what_sign_ins_need(there: Region) -> None:
    there.lying.seen.clear()
    for _ in range(10):
        with pytest.raises(RefusedError):
            logout_by_token(there.flow, "truth", signed(there, honest(there), HEADER | {"kid": "made-up"}))
    asked = there.lying.seen.count("GET /truth/keys")
    assert asked == 2
    there.lying.seen.clear()
    assert there.flow.relying.directory.fresh_keys(f"{there.lying.issuer('truth')}/keys", "sign-in")


# ---- front channel ----------------------------------------------------------------------------------------
def test_a_visit_from_the_provider_ends_the_session_that_it_names(there: Region) -> None:
    assert logout_by_visit(there.flow, "truth", issuer=there.lying.issuer("truth"), sid=SID) == 1
    assert there.who() is None


@pytest.mark.parametrize(("issuer", "sid"), [("", SID), ("https://idp.falun.se", SID), ("own", ""), ("own", " ")])
def test_a_visit_that_does_not_name_both_ends_nothing(there: Region, issuer: str, sid: str) -> None:
    with pytest.raises(RefusedError) as refused:
        logout_by_visit(there.flow, "truth", issuer=there.lying.issuer("truth") if issuer == "own" else issuer, sid=sid)
    assert refused.value.reason is Reason.LOGOUT_MALFORMED
    assert there.who() is not None
