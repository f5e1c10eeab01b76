"""Signing in by an independent provider (npm ``oidc-provider``), certified by the OpenID Foundation.

Node and npm are needed once; what is installed is kept in ``var/npm``. Without them the tests are skipped, but fail
where CI is true.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, NoReturn
from urllib.error import HTTPError
from urllib.parse import parse_qs, quote, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, OpenerDirector, build_opener

import pytest
from joserfc.jwk import ECKey
from sqlalchemy import select
from tests.identity.oidc.lying import Late, serving
from tests.identity.oidc.region import ROLES, Region
from tests.identity.oidc.site import build

from andel.identity.model.roles import Role
from andel.identity.service.oidc.flow import Refused, SignedIn, Started
from andel.identity.service.oidc.leaving import sign_out
from andel.identity.tables import IdentityProviderRow, ProviderSecretRow, WebSessionRow
from andel.identity.tables.providers import ClientAuthentication
from andel.shared.database import gate_transaction, new_id

NODE = Path(__file__).parent / "node"
CACHE = Path(__file__).parents[3] / "var" / "npm"
LEVELS = ("http://id.sambi.se/loa/loa2", "http://id.sambi.se/loa/loa3")
SUBJECT = "1234567890"
SECRET = "secret of one test / with signs + and spaces"  # noqa: S105  (of a provider that lives for one test)
ORGANIZATION = "https://id.oidc.se/claim/orgNumber"
KEY = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"})


def _without(what: str) -> NoReturn:
    missing = f"{what} is missing: install Node.js 20 or later with npm to test against oidc-provider"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture(scope="session")
def installed() -> Path:
    """The folder with the installed provider: made once for each lock file."""
    npm = shutil.which("npm") or _without("npm")
    lock = (NODE / "package-lock.json").read_bytes()
    folder = CACHE / hashlib.sha256(lock).hexdigest()[:16]
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        # whole before it has its name: another process of the tests may install at the same moment
        making = Path(tempfile.mkdtemp(dir=CACHE, prefix=".new-"))
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(NODE / name, making / name)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
        found = subprocess.run(command, cwd=making, capture_output=True, text=True, check=False, timeout=300)  # noqa: S603  (npm itself)
        if found.returncode:
            shutil.rmtree(making)
            _without(f"oidc-provider ({found.stderr.strip()[-300:]})")
        try:
            making.rename(folder)
        except OSError:
            shutil.rmtree(making)
    shutil.copy(NODE / "provider.mjs", folder / "provider.mjs")
    return folder


@dataclass(frozen=True, slots=True)
class Providers:
    """Two running providers, by the key of their organization, and the site that they send people back to."""

    ports: dict[str, int]
    site: str
    late: Late

    def issuer(self, key: str) -> str:
        """Return an organization's issuer."""
        return f"http://127.0.0.1:{self.ports[key]}"


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _clients(site: str) -> dict[str, dict[str, Any]]:
    def addresses(key: str) -> dict[str, Any]:
        here = f"{site}/testlandet/logga-in/{key}"
        return {
            "redirect_uris": [f"{here}/svar"],
            "post_logout_redirect_uris": [f"{site}/testlandet/utloggad"],
            "backchannel_logout_uri": f"{here}/bakkanal",
            "backchannel_logout_session_required": True,
        }

    shared = {"client_id": "andel", "client_secret": SECRET, "token_endpoint_auth_method": "client_secret_basic"}
    signing = {"client_id": "andel", "token_endpoint_auth_method": "private_key_jwt"}
    keys = {"keys": [KEY.as_dict(private=False) | {"kid": KEY.thumbprint()}]}
    return {"one": addresses("one") | shared, "two": addresses("two") | signing | {"jwks": keys}}


@pytest.fixture(scope="module")
def providers(installed: Path) -> Iterator[Providers]:
    """The providers, in a process that ends with the tests."""
    node = shutil.which("node") or _without("node")
    ports = {"one": _free_port(), "two": _free_port()}
    late = Late()
    with serving(late) as site:
        clients = _clients(site)
        organizations = [
            {"name": "Mora", "port": ports["one"], "number": "2120002213", "alg": "RS256", "client": clients["one"]},
            {"name": "Rättvik", "port": ports["two"], "number": "2120002197", "alg": "ES256", "client": clients["two"]},
        ]
        settings = {"subject": SUBJECT, "levels": LEVELS, "organizations": organizations}
        command = [node, "--no-warnings", "provider.mjs", json.dumps(settings)]
        with subprocess.Popen(  # noqa: S603  (Node itself)
            command, cwd=installed, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            while (line := process.stdout.readline()) and line.strip() != "ready":
                pass
            assert process.poll() is None, "oidc-provider did not start"
            yield Providers(ports, site, late)
            assert process.stdin is not None
            process.stdin.close()
            process.wait(timeout=10)


@pytest.fixture
def there(region: Region, providers: Providers) -> Region:
    """The region, where Mora and Rättvik sign in by a provider each."""
    region.site = providers.site
    providers.late.app = build(region, development=True)
    known = {
        "one": ("mora", "212000-2213", ClientAuthentication.SHARED, SECRET),
        "two": ("rattvik", "212000-2197", ClientAuthentication.PRIVATE_KEY_JWT, KEY.as_pem(private=True).decode()),
    }
    with gate_transaction(region.world.engine) as session:
        for key, (organization, number, method, secret) in known.items():
            made = new_id()
            row = IdentityProviderRow(
                id=made,
                organization_id=region.world.organizations[organization],
                key=key,
                title=key,
                issuer=providers.issuer(key),
                client_id="andel",
                client_authentication=method.value,
                organization_claim=ORGANIZATION,
                organization_number=number,
                role_map=ROLES,
                accepted_acr=list(LEVELS),
                step_up_acr=[LEVELS[1]],
                back_channel_logout=True,
                enabled=True,
            )
            session.add(row)
            session.flush()
            session.add(ProviderSecretRow(provider_id=made, sealed=region.flow.vault.seal(made, secret)))
    return region


class _Stop(HTTPRedirectHandler):
    """Follow redirects within a provider, and stop where one leads back to the site."""

    def __init__(self, site: str) -> None:
        self.site = site

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:  # noqa: ANN401  (as urllib has it)
        if newurl.startswith(self.site):
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def browser(site: str) -> OpenerDirector:
    """Return a browser that keeps the cookies of one provider."""
    return build_opener(HTTPCookieProcessor(CookieJar()), _Stop(site))


def walk(region: Region, way: str, seen: OpenerDirector, *, step_up: bool = False) -> SignedIn | Refused:
    """Sign in, with the provider's own pages in between."""
    started = region.begin(way, step_up=step_up)
    assert isinstance(started, Started), started
    with pytest.raises(HTTPError) as back:
        seen.open(started.address, timeout=10)
    with back.value as answer:
        location = answer.headers["Location"]
    assert location.startswith(region.uri(way)), location
    return region.finish(way, parse_qs(urlsplit(location).query))


@pytest.mark.parametrize(("way", "organization"), [("one", "mora"), ("two", "rattvik")])
def test_people_of_both_organizations_get_in(there: Region, way: str, organization: str) -> None:
    found = walk(there, way, browser(there.site))
    assert isinstance(found, SignedIn), found.error.detail
    who = there.who()
    assert (who.organization_key, who.role, who.acr) == (organization, Role.VIEWER, LEVELS[0])


def test_the_same_subject_at_two_providers_is_two_people(there: Region) -> None:
    assert isinstance(walk(there, "one", browser(there.site)), SignedIn)
    first = there.who()
    assert isinstance(walk(there, "two", browser(there.site)), SignedIn)
    second = there.who()
    assert first.person != second.person
    assert there.counts()["person"] == 2


def test_an_answer_of_one_provider_is_none_of_the_other(there: Region) -> None:
    started = there.begin("one")
    assert isinstance(started, Started)
    with pytest.raises(HTTPError) as back:
        browser(there.site).open(started.address, timeout=10)
    with back.value as answer:
        parameters = parse_qs(urlsplit(answer.headers["Location"]).query)
    mixed = there.finish("two", parameters)
    assert isinstance(mixed, Refused)
    assert mixed.reason.value == "other-provider"


def test_a_step_up_sees_the_person_again_at_the_higher_level(there: Region) -> None:
    seen = browser(there.site)
    assert isinstance(walk(there, "one", seen), SignedIn)
    before = there.who()
    assert isinstance(walk(there, "one", seen, step_up=True), SignedIn)
    after = there.who()
    assert (after.person, after.acr) == (before.person, LEVELS[1])
    assert after.authenticated_at >= before.authenticated_at


def test_the_providers_logout_token_ends_the_session(there: Region) -> None:
    assert isinstance(walk(there, "one", browser(there.site)), SignedIn)
    with gate_transaction(there.world.engine) as session:
        sid = session.scalar(select(WebSessionRow.provider_sid))
    assert sid
    issuer = there.flow.relying.directory.metadata(_issuer(there, "one")).issuer
    with build_opener().open(f"{issuer}/test/leave?sid={quote(sid)}", timeout=10) as answer:
        assert answer.status == 204
    assert there.who() is None


def test_the_provider_takes_the_way_out(there: Region) -> None:
    seen = browser(there.site)
    assert isinstance(walk(there, "one", seen), SignedIn)
    assert there.token is not None
    left = sign_out(there.flow, there.token, back_to=f"{there.site}/testlandet/utloggad")
    with seen.open(left.provider_address, timeout=10) as answer:
        assert answer.status == 200
        assert "logout" in answer.read().decode()


def _issuer(region: Region, key: str) -> str:
    with gate_transaction(region.world.engine) as session:
        return session.scalars(select(IdentityProviderRow.issuer).where(IdentityProviderRow.key == key)).one()
