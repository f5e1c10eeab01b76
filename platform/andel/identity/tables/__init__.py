"""People and how they sign in, as rows. Sessions, tokens and secrets are read by the gate's role alone."""

from andel.identity.tables.clients import ApiClientRow, ApiClientSecretRow, ApiTokenRow, ScimTokenRow, ScimUserRow
from andel.identity.tables.logouts import ProviderLogoutRow
from andel.identity.tables.operators import (
    OperatorGrantRow,
    OperatorRow,
    OperatorSessionRow,
    OperatorSignInAttemptRow,
)
from andel.identity.tables.people import ActingForRow, MembershipRow, PersonRow, RegionSharingRow
from andel.identity.tables.providers import IdentityProviderRow, ProviderSecretRow, VerifiedDomainRow
from andel.identity.tables.provisioning import ApiRateRow, ScimGroupMemberRow, ScimGroupRow
from andel.identity.tables.sessions import SignInAttemptRow, WebSessionRow

__all__ = [
    "ActingForRow",
    "ApiClientRow",
    "ApiClientSecretRow",
    "ApiRateRow",
    "ApiTokenRow",
    "IdentityProviderRow",
    "MembershipRow",
    "OperatorGrantRow",
    "OperatorRow",
    "OperatorSessionRow",
    "OperatorSignInAttemptRow",
    "PersonRow",
    "ProviderLogoutRow",
    "ProviderSecretRow",
    "RegionSharingRow",
    "ScimGroupMemberRow",
    "ScimGroupRow",
    "ScimTokenRow",
    "ScimUserRow",
    "SignInAttemptRow",
    "VerifiedDomainRow",
    "WebSessionRow",
]
