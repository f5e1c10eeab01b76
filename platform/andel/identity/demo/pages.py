"""The provider's pages and addresses."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus, urlencode

from flask import Flask, Response, abort, jsonify, request

from andel.identity.demo.guarding import check_demo, is_loopback
from andel.identity.demo.issuer import Asked, AskedError, Fault, Issuer
from andel.identity.demo.personas import DemoOrganization
from andel.sdk.text import Text
from andel.shared.formats import Language
from andel.shared.i18n import language
from andel.shared.web import Frame, Region, configure, go_to, render

_FRAME = Frame(region=Region(name=Text("Inloggning i demon", "The demo's sign-in")))


def demo_provider(organizations: Iterable[DemoOrganization], *, base: str, site: str) -> Flask:
    """Return the provider as an application.

    Args:
        organizations: each has an issuer of its own, ``<base>/<tenant>/<key>``.
        base: the provider's address.
        site: the address of Andel, which people are sent back to.

    Raises:
        DemoError: this is no demo, or one of the addresses is not this machine.
    """
    check_demo(base, site)
    app = Flask("andel.demo_provider")
    configure(app, frame_of=lambda: _FRAME, language_of=_language)
    app.before_request(_only_this_machine)
    views = _Views({organization.path: organization for organization in organizations}, Issuer(base=base, site=site))
    for path, view in (
        (".well-known/openid-configuration", views.metadata),
        ("keys", views.keys),
        ("authorize", views.authorize),
        ("deny", views.deny),
        ("logout", views.logout),
    ):
        app.add_url_rule(f"/<tenant>/<key>/{path}", view.__name__, view)
    app.add_url_rule("/<tenant>/<key>/token", "token", views.token, methods=["POST"])
    return app


@dataclass(frozen=True, slots=True)
class _Views:
    organizations: Mapping[str, DemoOrganization]
    issuer: Issuer

    def metadata(self, tenant: str, key: str) -> Response:
        return jsonify(self.issuer.metadata(self._of(tenant, key)))

    def keys(self, tenant: str, key: str) -> Response:
        self._of(tenant, key)
        return jsonify(self.issuer.keys())

    def authorize(self, tenant: str, key: str) -> Response:
        organization = self._of(tenant, key)
        asked = _asked(self.issuer, organization)
        persona = organization.persona(request.args.get("persona", ""))
        if persona is None:
            return _choice(organization, asked)
        return self._back(organization, asked, {"code": self.issuer.give(asked, organization, persona)})

    def deny(self, tenant: str, key: str) -> Response:
        organization = self._of(tenant, key)
        return self._back(organization, _asked(self.issuer, organization), {"error": "access_denied"})

    def token(self, tenant: str, key: str) -> Response:
        organization = self._of(tenant, key)
        try:
            return jsonify(self.issuer.exchange(organization, request.form, _client()))
        except AskedError as error:
            answer = jsonify(error=error.fault.value)
            answer.status_code = 401 if error.fault is Fault.INVALID_CLIENT else 400
            return answer

    def logout(self, tenant: str, key: str) -> Response:
        back = request.args.get("post_logout_redirect_uri", "")
        own = back if back.startswith(f"{self.issuer.site}/{tenant}/") else ""
        return render("identity/demo/left.html", organization=self._of(tenant, key), back=own)

    def _of(self, tenant: str, key: str) -> DemoOrganization:
        return self.organizations.get(f"{tenant}/{key}") or abort(404)

    def _back(self, organization: DemoOrganization, asked: Asked, answer: dict[str, str]) -> Response:
        said = answer | {"state": asked.state, "iss": self.issuer.name(organization)}
        return go_to(f"{asked.redirect_uri}?{urlencode(said)}")


def _language() -> Language:
    wanted = request.args.get("ui_locales", "").split()
    return "en" if wanted[:1] == ["en"] else "sv"


def _only_this_machine() -> None:
    """Answer nobody but this machine, however the process was started."""
    host = request.host.rsplit(":", 1)[0].strip("[]")
    if not is_loopback(host) or not is_loopback(request.remote_addr or ""):
        abort(403)


def _asked(issuer: Issuer, organization: DemoOrganization) -> Asked:
    try:
        return issuer.read(organization, request.args)
    except AskedError as error:
        abort(400, error.fault.value)


def _choice(organization: DemoOrganization, asked: Asked) -> Response:
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "persona"]
    here = f"/{organization.path}"
    return render(
        "identity/demo/choose.html",
        organization=organization,
        choices=[
            (persona.title.in_language(language()), f"{here}/authorize?{urlencode([*kept, ('persona', persona.key)])}")
            for persona in organization.personas
        ],
        deny=f"{here}/deny?{urlencode(kept)}",
        level=asked.level.rpartition("loa")[2],
    )


def _client() -> tuple[str, str]:
    """Return the client's name and secret, by RFC 6749, 2.3.1."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote_plus(name), unquote_plus(secret)
