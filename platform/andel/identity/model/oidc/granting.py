"""From what a provider says that somebody is, to what they are in Andel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from andel.identity.model.oidc.provider import ProviderError
from andel.identity.model.roles import MEMBERSHIP, Role
from andel.sdk.errors import did_you_mean
from andel.sdk.text import Text


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """A role, in the organization of a key; empty for the provider's own."""

    organization: str
    role: Role


def grants(role_map: Mapping[str, object], said: Iterable[str]) -> tuple[Grant, ...]:
    """Return what the values of a role claim give, sorted. Values that the map does not name give nothing.

    The map holds, by value, a role, or roles in a list: ``"economist"``, or ``{"role": "viewer", "organization":
    "mora"}`` for another organization than the provider's own.

    Raises:
        ProviderError: the map gives a role that does not exist.
    """
    found: set[Grant] = set()
    for value in said:
        if value in role_map:
            given = role_map[value]
            found.update(_grant(value, one) for one in (given if isinstance(given, list) else [given]))
    return tuple(sorted(found))


def check_role_map(role_map: Mapping[str, object]) -> None:
    """Read a whole map.

    Raises:
        ProviderError: it gives a role that does not exist.
    """
    grants(role_map, role_map)


def _grant(value: str, given: object) -> Grant:
    role, organization = (given.get("role"), given.get("organization", "")) if isinstance(given, dict) else (given, "")
    known = {str(one.value): one for one in MEMBERSHIP}
    if not isinstance(role, str) or role not in known or not isinstance(organization, str):
        what = Text(f'"{value}" ger en roll som inte finns: {role}.', f'"{value}" gives a role that is not: {role}.')
        raise ProviderError(what, where="role_map", remedy=did_you_mean(str(role), known))
    return Grant(organization, known[role])
