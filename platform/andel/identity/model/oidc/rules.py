"""All checks together, so that one of them can be taken away to see what then gets through."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Final, Self

from andel.identity.model.oidc.answers import RETURN_CHECKS, TOKEN_CHECKS, Returned, Tokens
from andel.identity.model.oidc.checks import Check
from andel.identity.model.oidc.claims import CLAIM_CHECKS, Claimed
from andel.identity.model.oidc.keys import HEADER_CHECKS, KEY_CHECKS, Candidate, Header
from andel.identity.model.oidc.logouts import LOGOUT_CHECKS, LogoutClaimed
from andel.identity.model.oidc.metadata import METADATA_CHECKS, Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Every table of checks, in the order in which a sign-in meets them."""

    metadata: tuple[Check[Document], ...] = METADATA_CHECKS
    returned: tuple[Check[Returned], ...] = RETURN_CHECKS
    tokens: tuple[Check[Tokens], ...] = TOKEN_CHECKS
    header: tuple[Check[Header], ...] = HEADER_CHECKS
    key: tuple[Check[Candidate], ...] = KEY_CHECKS
    claims: tuple[Check[Claimed], ...] = CLAIM_CHECKS
    logout: tuple[Check[LogoutClaimed], ...] = LOGOUT_CHECKS

    def names(self) -> tuple[str, ...]:
        """Return the names of all checks."""
        return tuple(check.name for table in fields(self) for check in getattr(self, table.name))

    def without(self, *names: str) -> Self:
        """Return the rules without some of the checks.

        Raises:
            LookupError: there is no check of a name.
        """
        unknown = sorted(set(names) - set(self.names()))
        if unknown:
            message = f"No such check: {', '.join(unknown)}"
            raise LookupError(message)
        kept = {
            table.name: tuple(check for check in getattr(self, table.name) if check.name not in names)
            for table in fields(self)
        }
        return replace(self, **kept)


RULES: Final = Rules()
