"""From what a provider says that somebody is, to what they are in Andel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from andel.identity.model.oidc.provider import ProviderError
from andel.identity.model.roles import MEMBERSHIP, Role
from andel.sdk.errors import did_you_mean
from andel.sdk.text import Text

_KNOWN = {str(role.value): role for role in MEMBERSHIP}


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """A role, in the organization of a key; empty for the provider's own."""

    organization: str
    role: Role


def grants(role_map: Mapping[str, object], said: Iterable[str]) -> tuple[Grant, ...]:
    """Return what the values of a role claim give, sorted. A value that the map does not name gives nothing.

    The map holds, by value, a role or a list of roles: ``"economist"``, or ``{"role": "viewer", "organization":
    "norrmalm"}`` for another organization than the provider's own. A role that does not exist gives nothing.
    """
    found = (grant for value in said if value in role_map for grant in _given(role_map[value]))
    return tuple(sorted({grant for grant in found if grant is not None}))


def check_role_map(role_map: Mapping[str, object]) -> None:
    """Read a whole map, before it is kept.

    Raises:
        ProviderError: it gives a role that does not exist.
    """
    for value, given in role_map.items():
        if None in _given(given):
            what = Text(f'"{value}" ger en roll som inte finns.', f'"{value}" gives a role that does not exist.')
            raise ProviderError(what, where="role_map", remedy=did_you_mean(str(given), _KNOWN))


def _given(given: object) -> tuple[Grant | None, ...]:
    return tuple(_grant(one) for one in (given if isinstance(given, list) else [given]))


def _grant(given: object) -> Grant | None:
    role, organization = (given.get("role"), given.get("organization", "")) if isinstance(given, dict) else (given, "")
    if not isinstance(role, str) or role not in _KNOWN or not isinstance(organization, str):
        return None
    return Grant(organization, _KNOWN[role])
