"""Numbers as findings write them, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from andel.sdk.money import ORE_PER_KRONA, half_up
from andel.sdk.text import Text

_NBSP = "\u00a0"
_NAMED = 3


def number(value: Fraction | int, places: int = 0) -> Text:
    """Write a number that is not negative, rounded half-up: ``130 365,433`` and ``130,365.433``."""
    rounded = half_up(Fraction(value), places)
    whole, part = divmod(rounded.numerator * 10**places // rounded.denominator, 10**places)
    decimals = f"{part:0{places}d}" if places else ""
    english = f"{whole:,}"
    swedish = english.replace(",", _NBSP)
    return Text(f"{swedish},{decimals}", f"{english}.{decimals}") if places else Text(swedish, english)


def kronor(ore: Fraction | int, places: int = 0) -> Text:
    """Write öre as kronor: ``615 312 kr`` and ``SEK 615,312``."""
    amount = number(Fraction(ore) / ORE_PER_KRONA, places)
    return Text(f"{amount.sv}{_NBSP}kr", f"SEK{_NBSP}{amount.en}")


def percent(share: Fraction) -> Text:
    """Write a share as percent with two decimals: ``100,02 %`` and ``100.02%``."""
    amount = number(share * 100, 2)
    return Text(f"{amount.sv}{_NBSP}%", f"{amount.en}%")


def listed(names: Sequence[str]) -> Text:
    """Write names after each other, from the fourth on only how many there are."""
    if len(names) > _NAMED:
        first, more = ", ".join(names[:_NAMED]), len(names) - _NAMED
        return Text(f"{first} och {more} till", f"{first} and {more} more")
    if len(names) == 1:
        return Text(names[0], names[0])
    first = ", ".join(names[:-1])
    return Text(f"{first} och {names[-1]}", f"{first} and {names[-1]}")
