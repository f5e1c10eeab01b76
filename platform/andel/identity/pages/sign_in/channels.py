"""Logout that a provider begins: from its server, or by way of the browser."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from andel.identity.model.access import public
from andel.identity.model.oidc.refusals import RefusedError
from andel.identity.pages.sign_in.gateway import Gateway
from andel.identity.service.oidc.leaving import logout_by_token, logout_by_visit


def add_channels(pages: Blueprint, gateway: Gateway) -> None:
    """Add both channels. Their addresses are what a provider is told."""

    @pages.post("/<tenant:tenant>/logga-in/<way>/bakkanal")
    @public
    def back_channel(tenant: str, way: str) -> Response:
        """Take a logout token; it is signed, so no cookie and no form's token is asked for."""
        try:
            logout_by_token(gateway.flow(tenant), way, request.form.get("logout_token", ""))
        except RefusedError as error:
            answer = jsonify(error="invalid_request", error_description=error.reason.value)
            answer.status_code = 400
            return answer
        return Response(status=200)

    @pages.get("/<tenant:tenant>/logga-in/<way>/framkanal")
    @public
    def front_channel(tenant: str, way: str) -> Response:
        said = request.args
        try:
            logout_by_visit(gateway.flow(tenant), way, issuer=said.get("iss", ""), sid=said.get("sid", ""))
        except RefusedError:
            return Response(status=400)
        return Response(status=200)
