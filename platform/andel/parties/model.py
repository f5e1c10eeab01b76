"""The organizations of one region as frozen values: who they are, what they belong to, who follows whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from andel.sdk.errors import did_you_mean
from andel.sdk.party import Party, PartyError, Succession


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Organizations that are named together: a federation's members, a network, the principals."""

    key: str
    title: str
    members: tuple[str, ...]
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyBook:
    """Every organization of a region.

    Attributes:
        region: key of the region's own organization; it is among ``parties``.
        codes: municipality code (four digits) by party key, where there is one.
    """

    region: str
    parties: tuple[Party, ...]
    groups: tuple[Group, ...] = ()
    successions: tuple[Succession, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)

    def party(self, key: str) -> Party:
        """Return the organization of that key.

        Raises:
            PartyError: there is none.
        """
        for party in self.parties:
            if party.key == key:
                return party
        message = f'There is no organization "{key}".'
        named = next((party.key for party in self.parties if party.name.casefold() == key.casefold()), key)
        raise PartyError(message, remedy=did_you_mean(named, (party.key for party in self.parties)))

    def names(self) -> dict[str, str]:
        """Return each organization's name by its key."""
        return {party.key: party.name for party in self.parties}

    def existing(self, day: date) -> tuple[Party, ...]:
        """Return those that exist on the day, in the order given."""
        return tuple(party for party in self.parties if party.exists_on(day))

    def groups_of(self, key: str) -> tuple[Group, ...]:
        """Return the groups that the organization is a member of."""
        return tuple(group for group in self.groups if key in group.members)
