"""The requests that Andel makes of a provider, and how a provider may be set up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from andel.identity.model.oidc.claims import half_hash, organization_digits
from andel.identity.model.oidc.granting import Grant, check_role_map, grants
from andel.identity.model.oidc.metadata import Metadata, discovery_address
from andel.identity.model.oidc.provider import NO_KEY, ClientMethod, Provider, ProviderError
from andel.identity.model.roles import Role
from andel.identity.service.oidc.requests import Wanted, authorization_address, exchange

METADATA = Metadata(
    issuer="https://idp.borlange.se",
    authorization_endpoint="https://idp.borlange.se/authorize?tenant=a",
    token_endpoint="https://idp.borlange.se/token",  # noqa: S106  (an address)
    jwks_uri="https://idp.borlange.se/keys",
)
PROVIDER = Provider(
    id=UUID(int=1),
    key="borlange",
    title="Borlänge kommuns inloggning",
    issuer="https://idp.borlange.se",
    client_id="andel",
    secret="a+b c%/",  # noqa: S106  (of a provider that does not exist)
    organization=UUID(int=2),
    scopes=("openid", "profile"),
)
WANTED = Wanted(redirect_uri="https://andel.example/svar", state="s", nonce="n", verifier="v" * 43)


@dataclass(slots=True)
class Posted:
    """Keeps what was posted."""

    sent: list[tuple[str, Mapping[str, str], dict[str, list[str]]]] = field(default_factory=list)

    def post(self, url: str, headers: Mapping[str, str], form: str) -> dict[str, object]:
        """Keep it."""
        self.sent.append((url, headers, parse_qs(form, keep_blank_values=True)))
        return {"id_token": "x"}


def ask(provider: Provider, metadata: Metadata = METADATA) -> tuple[Mapping[str, str], dict[str, list[str]]]:
    posted: Any = Posted()
    exchange(provider, metadata, posted, code="c", verifier="v", redirect_uri="https://andel.example/svar")
    (url, headers, form) = posted.sent[0]
    assert url == METADATA.token_endpoint
    assert form["grant_type"] == ["authorization_code"]
    assert (form["code"], form["code_verifier"]) == (["c"], ["v"])
    assert form["redirect_uri"] == ["https://andel.example/svar"]
    return headers, form


def test_the_browser_is_sent_with_state_nonce_and_a_hash_of_the_secret() -> None:
    address = urlsplit(authorization_address(PROVIDER, METADATA, WANTED))
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}{address.path}" == "https://idp.borlange.se/authorize"
    challenge = asked.pop("code_challenge")
    assert len(challenge) == 43
    assert challenge != WANTED.verifier
    assert asked == {
        "tenant": "a",
        "response_type": "code",
        "client_id": "andel",
        "redirect_uri": "https://andel.example/svar",
        "scope": "openid profile",
        "state": "s",
        "nonce": "n",
        "code_challenge_method": "S256",
        "ui_locales": "sv",
    }


def test_levels_and_age_are_asked_for_when_they_are_wanted() -> None:
    wanted = replace(WANTED, acr=("loa3", "loa4"), max_age=0, language="en")
    asked = parse_qs(urlsplit(authorization_address(PROVIDER, METADATA, wanted)).query)
    assert (asked["acr_values"], asked["max_age"], asked["prompt"]) == (["loa3 loa4"], ["0"], ["login"])
    aged = parse_qs(urlsplit(authorization_address(PROVIDER, METADATA, replace(wanted, max_age=60))).query)
    assert aged["max_age"] == ["60"]
    assert "prompt" not in aged


def test_a_secret_is_encoded_before_it_is_joined() -> None:
    headers, form = ask(PROVIDER)
    assert headers["Authorization"] == "Basic YW5kZWw6YSUyQmIrYyUyNSUyRg=="
    assert "client_secret" not in form


def test_a_secret_goes_into_the_body_where_the_provider_takes_it_there_alone() -> None:
    headers, form = ask(PROVIDER, replace(METADATA, secret_in_body=True))
    assert "Authorization" not in headers
    assert (form["client_id"], form["client_secret"]) == (["andel"], ["a+b c%/"])


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (RSAKey.generate_key(2048), "RS256"),
        (ECKey.generate_key("P-256"), "ES256"),
        (ECKey.generate_key("P-384"), "ES384"),
    ],
)
def test_a_private_key_signs_for_andel(key: RSAKey | ECKey, algorithm: str) -> None:
    pem = key.as_pem(private=True).decode()
    provider = replace(PROVIDER, method=ClientMethod.PRIVATE_KEY, secret=pem)
    headers, form = ask(provider)
    assert "Authorization" not in headers
    assert form["client_assertion_type"] == ["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"]
    token = jwt.decode(form["client_assertion"][0], key, algorithms=[algorithm])
    assert token.header == {"alg": algorithm, "kid": key.thumbprint(), "typ": "JWT"}
    assert (token.claims["iss"], token.claims["sub"]) == ("andel", "andel")
    assert token.claims["aud"] == METADATA.token_endpoint
    assert token.claims["exp"] - token.claims["iat"] <= 301
    again = jwt.decode(ask(provider)[1]["client_assertion"][0], key, algorithms=[algorithm])
    assert again.claims["jti"] != token.claims["jti"]


@pytest.mark.parametrize("secret", ["", "no key", ECKey.generate_key("secp256k1").as_pem(private=True).decode()])
def test_what_is_no_usable_key_is_said(secret: str) -> None:
    with pytest.raises(ProviderError, match="går inte att använda"):
        ask(replace(PROVIDER, method=ClientMethod.PRIVATE_KEY, secret=secret))


@pytest.mark.parametrize("claim", sorted(NO_KEY))
def test_nobody_is_keyed_on_what_changes_or_moves_or_names_them(claim: str) -> None:
    with pytest.raises(ProviderError) as refused:
        replace(PROVIDER, key_claim=claim)
    assert refused.value.where == "key_claim"


@pytest.mark.parametrize("claim", ["sub", "oid", "employeeHsaId", "https://id.oidc.se/claim/orgAffiliation"])
def test_people_are_keyed_on_what_stays_theirs(claim: str) -> None:
    assert replace(PROVIDER, key_claim=claim).key_claim == claim


@pytest.mark.parametrize(
    ("where", "changed"),
    [
        ("scopes", {"scopes": ("profile",)}),
        ("algorithms", {"algorithms": ("HS256",)}),
        ("algorithms", {"algorithms": ("RS256", "none")}),
        ("algorithms", {"algorithms": ()}),
        ("organization_number", {"organization_claim": "org"}),
    ],
)
def test_settings_that_would_let_anybody_in_are_refused(where: str, changed: dict[str, Any]) -> None:
    with pytest.raises(ProviderError) as refused:
        replace(PROVIDER, **changed)
    assert refused.value.where == where


def test_a_secret_is_never_shown() -> None:
    assert PROVIDER.secret not in repr(PROVIDER)
    assert WANTED.verifier not in repr(WANTED)


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("212000-2221", "2120002221"),
        ("2120002221", "2120002221"),
        ("162120002221", "2120002221"),
        ("person-1@2120002221", "2120002221"),
        ("a@b@212000-2221", "2120002221"),
        ("212000222", ""),
        ("21200022210", ""),
        ("SE2120002221-B", ""),
        ("２１２０００２２２１", ""),
        ("", ""),
        (None, ""),
        (2120002221, ""),
        ([["2120002221"]], ""),
    ],
)
def test_an_organization_number_is_read_in_the_forms_that_are_written(said: object, digits: str) -> None:
    assert organization_digits(said) == digits


def test_half_a_hash_is_as_long_as_its_algorithm_says() -> None:
    # OpenID Connect Core 1.0, A.3: the access token of the example and its at_hash
    token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"  # noqa: S105  (of the specification)
    assert half_hash(token, "RS256") == half_hash(token, "ES256") == "77QmUPtjPfzWtF2AnpK9RQ"
    assert [len(half_hash("x", algorithm)) for algorithm in ("PS384", "ES512", "EdDSA")] == [32, 43, 43]


def test_an_issuer_with_a_slash_has_its_document_at_the_same_place() -> None:
    assert discovery_address("https://a.se/b/") == discovery_address("https://a.se/b")


# ---- roles ------------------------------------------------------------------------------------------------
def test_a_map_gives_roles_by_the_values_that_it_names() -> None:
    known: dict[str, object] = {
        "a": "viewer",
        "b": ["viewer", {"role": "signatory", "organization": "norrmalm"}],
        "c": {"role": "auditor"},
        "d": "king",
        "e": {"role": ["viewer"]},
        "f": None,
        "g": {"role": "viewer", "organization": 17},
    }
    assert grants(known, ["a", "b", "zz"]) == (Grant("", Role.VIEWER), Grant("norrmalm", Role.SIGNATORY))
    assert grants(known, ["c"]) == (Grant("", Role.AUDITOR),)
    assert grants(known, ["d", "e", "f", "g"]) == ()
    assert grants({"operator": "operator"}, ["operator"]) == ()


@pytest.mark.parametrize("given", ["viewr", "operator", None, 17, ["viewer", "king"], {"role": "king"}, {}])
def test_a_map_with_a_role_that_does_not_exist_is_refused_before_it_is_kept(given: object) -> None:
    with pytest.raises(ProviderError, match="ger en roll som inte finns"):
        check_role_map({"x": given})
