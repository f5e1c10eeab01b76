"""What programs and directories ask before and beside the API: tokens for secrets, and SCIM."""

from __future__ import annotations

from flask import Flask

from andel.app.api import TokenGate
from andel.identity.api import oauth_api, scim_api


def mount_programs(app: Flask, gate: TokenGate) -> None:
    """Put the token endpoint and the endpoints of directories on an application that has the API."""
    for make in (oauth_api, scim_api):
        app.register_blueprint(make(gate.engine_of, gate.clock))
