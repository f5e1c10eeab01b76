"""Which roles the words of a directory give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from andel.identity.model.roles import MEMBERSHIP, MUNICIPAL, Role


def roles_of(words: Iterable[str], role_map: Mapping[str, object], *, regional: bool) -> frozenset[Role]:
    """Return the roles that a provider's role map gives for the words of a person's roles and groups.

    Args:
        words: names of roles and of groups, as the directory calls them.
        role_map: from a word to a role, or to a list of roles. A role that Andel does not know gives nothing.
        regional: whether the organization is the region, which alone gives the roles of the region's staff.
    """
    possible = {role.value: role for role in (MEMBERSHIP if regional else MUNICIPAL)}
    found = set()
    for word in words:
        given = role_map.get(word)
        for name in given if isinstance(given, list) else [given]:
            if isinstance(name, str) and name in possible:
                found.add(possible[name])
    return frozenset(found)
