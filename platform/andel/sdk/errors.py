"""Errors that say what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Self

from andel.sdk.text import Text, words_in

Words = str | Text


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong: what, where (file, key, line or field) and the remedy.

    Words for users of the pages are a ``Text`` in both languages; a plain string is for operators and
    developers, and is the same in both.
    """

    what: Words
    where: str = ""
    remedy: Words = ""

    def in_language(self, language: str) -> Complaint:
        """Return the complaint with plain words in one language."""
        return Complaint(words_in(self.what, language), self.where, words_in(self.remedy, language))

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" {self.remedy}" if self.remedy else ""
        return f"{place}{self.what}{advice}"


class AndelError(Exception):
    """Something a person can mend. Subclasses name the kind; the complaint carries the words."""

    def __init__(self, what: Words, *, where: str = "", remedy: Words = "") -> None:
        super().__init__(str(what))
        self.complaints: tuple[Complaint, ...] = (Complaint(what, where, remedy),)

    @classmethod
    def of(cls, complaints: Sequence[Complaint]) -> Self:
        """Make one error of several complaints, so that all of them are reported at once."""
        first = complaints[0]
        error = cls(first.what, where=first.where, remedy=first.remedy)
        error.complaints = tuple(complaints)
        return error

    @property
    def what(self) -> str:
        """What is wrong, in one sentence."""
        return str(self.complaints[0].what)

    @property
    def where(self) -> str:
        """The place: file and line, key, field or party."""
        return self.complaints[0].where

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return str(self.complaints[0].remedy)

    def __str__(self) -> str:
        return "\n".join(str(complaint) for complaint in self.complaints)


class SettingsError(AndelError):
    """A plugin's settings are not what its schema asks for."""


class FactError(AndelError):
    """A fact is missing, of the wrong date, or does not meet its control total."""


class AllocationError(AndelError):
    """A cost model cannot or may not make this allocation."""


class WorkingsError(AndelError):
    """Workings are malformed, or a value in them does not follow from its formula."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return 'Did you mean "x"?', or the list of what is known when nothing is near."""
    names = sorted(known)
    folded = {name.casefold(): name for name in names}
    near = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    if near:
        return f'Did you mean "{folded[near[0]]}"?'
    return f"Known: {', '.join(names)}." if names else ""
