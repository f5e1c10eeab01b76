"""To a provider and back."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, current_app, request

from andel.identity.model.access import public
from andel.identity.model.oidc.refusals import Reason
from andel.identity.pages.guard import guard_of
from andel.identity.pages.sign_in.addresses import Addresses
from andel.identity.pages.sign_in.gateway import Gateway, keep_started, keep_way, shown_token, started_cookie
from andel.identity.service.homes import read_homes
from andel.identity.service.oidc.arriving import Browser
from andel.identity.service.oidc.attempts import Begun
from andel.identity.service.oidc.flow import Refused
from andel.identity.tables import IdentityProviderRow
from andel.shared.clock import swedish_day
from andel.shared.i18n import language
from andel.shared.web import go_to, reference, render

_OURS: Final = frozenset(
    {Reason.ATTEMPT_UNKNOWN, Reason.ATTEMPT_USED, Reason.ATTEMPT_EXPIRED, Reason.OTHER_BROWSER, Reason.DECLINED}
)
_FORBIDDEN: Final = frozenset(
    {Reason.NO_ROLE, Reason.PERSON_INACTIVE, Reason.PERSON_OTHER, Reason.ASSURANCE_TOO_LOW, Reason.ORGANIZATION_OTHER}
)


def add_going(pages: Blueprint, gateway: Gateway) -> None:
    """Add the way to a provider, the way back, and why somebody must go there again."""

    @pages.get("/<tenant:tenant>/logga-in/<way>/starta")
    @public
    def start(tenant: str, way: str) -> Response:
        token = shown_token(tenant) if "bekrafta" in request.args else None
        begun = Begun(cookie=started_cookie(tenant), next=request.args.get("next", "/"), token=token)
        uri = gateway.redirect_uri(tenant, way)
        started = gateway.flow(tenant).begin(way, redirect_uri=uri, begun=begun, language=language())
        if isinstance(started, Refused):
            return _refused(gateway, tenant, started)
        response = go_to(started.address)
        keep_started(response, tenant, started.cookie)
        return response

    @pages.get("/<tenant:tenant>/logga-in/<way>/svar")
    @public
    def answer(tenant: str, way: str) -> Response:
        found = gateway.flow(tenant).finish(
            way,
            request.args.to_dict(flat=False),
            redirect_uri=gateway.redirect_uri(tenant, way),
            cookie=started_cookie(tenant),
            browser=Browser(token=shown_token(tenant), user_agent=request.user_agent.string),
        )
        if isinstance(found, Refused):
            return _refused(gateway, tenant, found)
        to = Addresses(tenant)
        back = to.home if found.next == "/" else found.next
        response = go_to(to.choose(back) if found.employments > 1 and not found.step_up else back)
        guard_of(current_app).cookies.set(request, response, tenant, found.token)
        keep_way(response, tenant, way)
        return response

    @pages.get("/<tenant:tenant>/legitimera")
    @public
    def confirm(tenant: str) -> Response:
        to, back = Addresses(tenant), request.args.get("next", "/")
        with gateway.entered(tenant) as (session, who):
            row = session.get(IdentityProviderRow, who.provider) if who and who.provider else None
        if row is None:
            return go_to(to.sign_in(back))
        return render("identity/confirm.html", to=to, title=row.title, href=to.start(row.key, back, confirm=True))


def _refused(gateway: Gateway, tenant: str, refused: Refused) -> Response:
    """Answer why nobody is let in: what to do, and whom to ask. Whoever was signed in still is."""
    with gateway.entered(tenant) as (session, _who):
        homes = read_homes(session, swedish_day(guard_of(current_app).clock()))
    owner = refused.provider.organization if refused.provider else None
    complaint = refused.error.complaints[0].in_language(language())
    return render(
        "identity/no_role.html" if refused.reason is Reason.NO_ROLE else "identity/refused.html",
        status=_status(refused.reason),
        to=Addresses(tenant),
        what=complaint.what,
        remedy=complaint.remedy,
        organization=next((home.name for home in homes.homes if home.id == owner), ""),
        reason=refused.reason.value,
        number=reference(),
    )


def _status(reason: Reason) -> int:
    """Return the status of a refusal: ours to mend 400, not allowed 403, the provider's 502."""
    if reason in _FORBIDDEN:
        return 403
    if reason is Reason.PROVIDER_UNKNOWN:
        return 404
    return 400 if reason in _OURS else 502
