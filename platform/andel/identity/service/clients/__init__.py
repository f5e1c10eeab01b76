"""Programs that use the API by OAuth 2.0 client credentials."""

from andel.identity.service.clients.admitting import (
    Client,
    admit,
    authenticate,
    issue,
    program_transaction,
    viewer_of_program,
)
from andel.identity.service.clients.registering import (
    IssuedSecret,
    KnownClient,
    KnownSecret,
    Registration,
    known_clients,
    register,
    revoke,
    rotate,
)

__all__ = [
    "Client",
    "IssuedSecret",
    "KnownClient",
    "KnownSecret",
    "Registration",
    "admit",
    "authenticate",
    "issue",
    "known_clients",
    "program_transaction",
    "register",
    "revoke",
    "rotate",
    "viewer_of_program",
]
