"""Who shares a cost, named by groups where that says the same."""

from __future__ import annotations

from collections.abc import Mapping


def named_parties(
    parties: frozenset[str], groups: Mapping[str, tuple[str, ...]], *, before: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Return keys of groups and organizations that mean exactly the parties.

    Args:
        parties: keys of organizations.
        groups: the members of each group, by its key.
        before: names that are kept when they still mean the same.
    """
    if before and meant(before, groups) == parties:
        return before
    left = set(parties)
    names = []
    for key, members in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        if parties.issuperset(members) and not left.isdisjoint(members):
            names.append(key)
            left.difference_update(members)
    return (*sorted(names), *sorted(left))


def meant(names: tuple[str, ...], groups: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Return the organizations that the names mean: a group's members, or the organization itself."""
    return frozenset(key for name in names for key in groups.get(name, (name,)))
