"""The list of a region's organizations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, Response

from andel.parties.model import PartyBook
from andel.parties.pages.regions import Regions
from andel.parties.pages.visiting import surroundings, visiting
from andel.parties.pages.words import ORDER, REGION, counted, many, sentence_case
from andel.parties.service import read_directory
from andel.sdk.party import Party, PartyKind, Succession
from andel.shared.formats import Language, swedish_key
from andel.shared.i18n import language
from andel.shared.web import render


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyLine:
    """One organization of the list.

    Attributes:
        code: of a municipality, four digits; else empty.
        inhabitants: the last count; None when nobody has counted them.
        successor: who stands in its place, and since when; None when it has been succeeded by nobody.
    """

    party: Party
    code: str
    authority: str
    groups: tuple[str, ...]
    inhabitants: int | None
    successor: tuple[str, date] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """The organizations of one kind."""

    name: str
    title: str
    lines: tuple[PartyLine, ...]

    @property
    def shared(self) -> tuple[str, ...] | None:
        """The groups that every one of them is a member of; None when they differ."""
        groups = {line.groups for line in self.lines}
        return next(iter(groups)) if len(groups) == 1 else None

    @property
    def lasting(self) -> bool:
        """Whether all have existed as long as anyone knows."""
        return all(line.party.valid_from == date.min and line.party.valid_to is None for line in self.lines)


def add_parties(pages: Blueprint, regions: Regions, now: Callable[[], datetime]) -> None:
    """Add the list of organizations to the pages."""

    @pages.get("/<tenant:tenant>/parter")
    def parties(tenant: str) -> Response:
        with visiting(regions, tenant) as visit:
            book = read_directory(visit.session).book
        around = surroundings()
        today, weights = now().date(), around.weights if around else {}
        there = [party for party in book.existing(today) if party.key != book.region]
        return render(
            "parties/parties.html",
            home=f"/{tenant}/",
            book=book,
            kinds=kinds_of(book, weights, today, language()),
            ended=ended_of(book, weights, today),
            counted=counted(there, language()),
        )


def kinds_of(book: PartyBook, weights: Mapping[str, int], today: date, lang: Language) -> tuple[Kind, ...]:
    """Return those that exist today, by kind and name."""
    found: list[Kind] = []
    for kind in ORDER:
        parties = [party for party in book.existing(today) if party.kind is kind]
        if parties:
            title = REGION.in_language(lang) if kind is PartyKind.REGION else many(len(parties), kind, lang)
            lines = tuple(_line(book, party, weights) for party in _by_name(parties))
            found.append(Kind(name=kind.value, title=sentence_case(title), lines=lines))
    return tuple(found)


def ended_of(book: PartyBook, weights: Mapping[str, int], today: date) -> tuple[PartyLine, ...]:
    """Return those that do not exist today: they have ended, or are yet to begin."""
    parties = [party for party in book.parties if not party.exists_on(today)]
    return tuple(_line(book, party, weights) for party in _by_name(parties))


def successions_of(book: PartyBook, party: str) -> tuple[tuple[Succession, ...], tuple[Succession, ...]]:
    """Return the successions in which the party takes a place, and those in which its place is taken."""
    taking = tuple(one for one in book.successions if one.successor == party)
    return taking, tuple(one for one in book.successions if party in one.predecessors)


def _line(book: PartyBook, party: Party, weights: Mapping[str, int]) -> PartyLine:
    names = book.names()
    _taking, taken = successions_of(book, party.key)
    return PartyLine(
        party=party,
        code=book.codes.get(party.key, ""),
        authority=names[party.authority] if party.authority else "",
        groups=tuple(group.title for group in book.groups_of(party.key)),
        inhabitants=weights.get(party.key),
        successor=(names[taken[-1].successor], taken[-1].on) if taken else None,
    )


def _by_name(parties: Sequence[Party]) -> list[Party]:
    return sorted(parties, key=lambda party: swedish_key(party.name))
