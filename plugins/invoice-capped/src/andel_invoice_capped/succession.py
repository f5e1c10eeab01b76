"""Who stands in whose place: the figures, caps and earlier charges that a party takes over."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date

from andel.sdk.cost import CostRequest
from andel.sdk.errors import AllocationError
from andel.sdk.party import Party, Succession
from andel.sdk.text import Text


@dataclass(frozen=True, slots=True)
class Lineage:
    """The successions that have happened by a day."""

    parties: Mapping[str, Party]
    successions: tuple[Succession, ...]

    @classmethod
    def of(cls, request: CostRequest, day: date) -> Lineage:
        """Gather the successions up to and with the day.

        Raises:
            AllocationError: a party has been succeeded twice, so that its figures cannot be handed on.
        """
        happened = tuple(succession for succession in request.successions if succession.on <= day)
        heirs: dict[str, str] = {}
        for succession in happened:
            for key in succession.predecessors:
                if key != succession.successor and heirs.setdefault(key, succession.successor) != succession.successor:
                    raise _two_heirs(key, heirs[key], succession.successor)
        return cls({party.key: party for party in request.parties}, happened)

    def stands_for(self, key: str, known: Container[str], on: date) -> tuple[str, ...]:
        """Return whose figures of the day ``on`` add up to the party's: its own alone, unless it stands for others.

        A party that has its own figure and did not exist that day is given afterwards in its new extent: it stands
        for itself. One that existed and has taken over others since, adds theirs. Empty when no one has a figure.
        """
        return self._stands_for(key, known, on, self.successions)

    def _stands_for(self, key: str, known: Container[str], on: date, left: tuple[Succession, ...]) -> tuple[str, ...]:
        party = self.parties.get(key)
        own = (key,) if key in known else ()
        if own and party is not None and not party.exists_on(on):
            return own
        found = list(own)
        for succession in left:
            if succession.successor == key and (succession.on > on or not own):
                others = tuple(other for other in left if other is not succession)
                for predecessor in succession.predecessors:
                    if predecessor != key:
                        found += self._stands_for(predecessor, known, on, others)
        return tuple(found)

    def charged(self, key: str, charged: Mapping[str, int]) -> int:
        """Return öre charged of the party and all who came before it."""
        if not self.successions:
            return charged.get(key, 0)
        found = [key]
        for current in found:
            for succession in self.successions:
                if succession.successor == current:
                    found += [name for name in succession.predecessors if name not in found]
        return sum(charged.get(name, 0) for name in found)

    def name(self, key: str) -> str:
        """Return the party's name, its key when it is none of the request's."""
        return self.parties[key].name if key in self.parties else key


def _two_heirs(key: str, first: str, second: str) -> AllocationError:
    message = Text(
        f"{key} ersätts av både {first} och {second}; det går inte att säga vem som tar över dess siffror.",
        f"{key} is succeeded by both {first} and {second}; no rule says who takes over its figures.",
    )
    remedy = Text("Ange en efterföljare, eller egna invånartal.", "Name one successor, or give figures of their own.")
    return AllocationError(message, where=key, remedy=remedy)
