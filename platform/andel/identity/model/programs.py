"""Programs that use the API: what they may be given, and what one of their requests may do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from andel.identity.model.buckets import Rate
from andel.identity.model.errors import ForbiddenError, IdentityError
from andel.identity.model.permissions import PERMISSIONS, STEP_UP, Permission
from andel.identity.model.roles import Role
from andel.sdk.errors import did_you_mean
from andel.sdk.text import Text

TOKEN_LIFE: Final = timedelta(minutes=10)
"""How long an access token lets a program in."""

OVERLAP: Final = timedelta(days=7)
"""How long an older secret lives when a new one has been made, so that nothing stops meanwhile."""

FOR_PEOPLE: Final = STEP_UP | {Permission.CLIENTS_MANAGE, Permission.SIGN_IN_MANAGE}
"""What no program may do: sign and finalize, for which a person proves anew who they are; and let others in."""


class ClientError(IdentityError):
    """A program cannot be registered, or not be given what was asked for."""


class TokenNeededError(IdentityError):
    """A request of the API shows no access token, or none that holds. Answered with 401."""

    @classmethod
    def now(cls) -> TokenNeededError:
        """Make the error: the same one whatever is wrong."""
        what = Text("Anropet visar ingen giltig åtkomsttoken.", "The request shows no valid access token.")
        remedy = Text(
            "Hämta en ny: POST /<region>/oauth/token med klientens id och hemlighet.",
            "Get a new one: POST /<region>/oauth/token with the client's id and secret.",
        )
        return cls(what, remedy=remedy)


class ScopeError(ForbiddenError):
    """An access token was not given the scope that the request needs. Answered with 403."""

    @classmethod
    def without(cls, permission: Permission) -> ScopeError:
        """Make the error of what is not allowed."""
        what = Text(
            f"Åtkomsttoken saknar behörigheten {permission}.", f"The access token lacks the scope {permission}."
        )
        remedy = Text("Begär en token med den behörigheten.", "Ask for a token with that scope.")
        error = cls(what, where=permission.value, remedy=remedy)
        error.permission = permission
        return error

    permission: Permission = Permission.COSTS_READ


class TooManyRequestsError(IdentityError):
    """A program asks more often than it may; ``wait`` is in whole seconds. Answered with 429 and Retry-After."""

    @classmethod
    def after(cls, wait: int) -> TooManyRequestsError:
        """Make the error."""
        what = Text("För många anrop.", "Too many requests.")
        remedy = Text(f"Vänta {wait} sekunder.", f"Wait {wait} seconds.")
        error = cls(what, remedy=remedy)
        error.wait = wait
        return error

    wait: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Who makes a request of the API: a client of an organization, by one of its access tokens.

    Attributes:
        organizations: whose rows it sees: its organization's, those of its districts and of those it pays for.
        scopes: what the token was given, which the client and its role still allow.
    """

    client: UUID
    role: Role
    organization: UUID
    organization_key: str
    organizations: tuple[UUID, ...]
    scopes: frozenset[Permission]

    def may(self, permission: Permission) -> bool:
        """Return whether the token allows it."""
        return permission in self.scopes


def grantable(role: Role) -> frozenset[Permission]:
    """Return the scopes that a client with a role can have."""
    return PERMISSIONS[role] - FOR_PEOPLE


def rate_of(requests_per_minute: int) -> Rate:
    """Return the bucket of a client: a tenth of a minute's requests at once, ten at least."""
    return Rate(burst=max(10, requests_per_minute // 10), per_minute=requests_per_minute)


def checked_scopes(role: Role, names: Iterable[str]) -> tuple[Permission, ...]:
    """Return scopes that a client with a role can have, sorted.

    Raises:
        ClientError: none, one that does not exist, or one that the role does not allow or no program may have.
    """
    known = {permission.value: permission for permission in grantable(role)}
    wanted = sorted(set(names))
    if not wanted:
        what = Text("Klienten får ingenting göra.", "The client may do nothing.")
        raise ClientError(what, where="scopes", remedy=Text("Ange minst en behörighet.", "Give at least one scope."))
    for name in wanted:
        if name not in known:
            what = Text(
                f'Behörigheten "{name}" kan inte ges en klient med rollen {role}.',
                f'The scope "{name}" cannot be given to a client with the role {role}.',
            )
            raise ClientError(what, where="scopes", remedy=did_you_mean(name, known))
    return tuple(known[name] for name in wanted)


def held_scopes(role: Role, names: Iterable[str]) -> frozenset[Permission]:
    """Return what is left of scopes that were given once: those that exist and that the role still allows."""
    given = set(names)
    return frozenset(permission for permission in grantable(role) if permission.value in given)
