"""What being turned away means on the web."""

from __future__ import annotations

from typing import Final

from andel.identity.model.errors import (
    CrossSiteError,
    ForbiddenError,
    IdentityError,
    SignInNeededError,
    StepUpNeededError,
)
from andel.identity.model.programs import ClientError, ScopeError, TokenNeededError, TooManyRequestsError
from andel.sdk.text import Text
from andel.shared.problems import Kind, Kinds

PROBLEMS: Final[Kinds] = {
    IdentityError: Kind("identity", 422, Text("Det gick inte att göra", "It could not be done")),
    SignInNeededError: Kind("sign-in-needed", 401, Text("Du behöver logga in", "You need to sign in")),
    ForbiddenError: Kind("forbidden", 403, Text("Du har inte åtkomst", "You do not have access")),
    StepUpNeededError: Kind("step-up-needed", 403, Text("Legitimera dig på nytt", "Identify yourself again")),
    ClientError: Kind("client", 422, Text("Klienten kan inte registreras så", "The client cannot be registered so")),
    TokenNeededError: Kind("token-needed", 401, Text("Åtkomsttoken behövs", "An access token is needed")),
    ScopeError: Kind("scope", 403, Text("Åtkomsttoken räcker inte", "The access token does not suffice")),
    TooManyRequestsError: Kind("too-many-requests", 429, Text("För många anrop", "Too many requests")),
    CrossSiteError: Kind("cross-site", 403, Text("Formuläret gäller inte längre", "The form is no longer valid")),
}
