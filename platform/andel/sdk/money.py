"""Money as whole öre."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from andel.sdk.errors import AndelError

ORE_PER_KRONA = 100
_KRONOR = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]{1,2}))?")


class MoneyError(AndelError):
    """An amount that is no exact number of öre, or of another currency."""


def whole_ore(value: object, *, where: str = "") -> int:
    """Return ``value`` if it is a whole number of öre; floats, booleans and fractions are refused.

    Raises:
        MoneyError: ``value`` is anything but an ``int``.
    """
    if type(value) is not int:
        message = f"{value!r} is {type(value).__name__}, not a whole number of öre."
        raise MoneyError(message, where=where, remedy="Give öre as an integer.")
    return value


def parse_kronor(text: str, *, where: str = "") -> int:
    """Read kronor as written in data, ``"439451.00"``, and return öre.

    Raises:
        MoneyError: the text has more than two decimals, a comma, spaces or anything else.
    """
    match = _KRONOR.fullmatch(text)
    if match is None:
        message = f'"{text}" is not an amount in kronor.'
        raise MoneyError(message, where=where, remedy='Write digits and at most two decimals: "439451.00".')
    sign, whole, part = match.groups()
    ore = int(whole) * ORE_PER_KRONA + int((part or "").ljust(2, "0"))
    return -ore if sign else ore


def kronor_text(ore: int) -> str:
    """Write öre as kronor for data and for the API: ``43945100`` gives ``"439451.00"``."""
    whole, part = divmod(abs(ore), ORE_PER_KRONA)
    return f"{'-' if ore < 0 else ''}{whole}.{part:02d}"


def half_up(value: Fraction, places: int = 0) -> Fraction:
    """Round to ``places`` decimals, halves away from zero, exactly.

    Raises:
        MoneyError: ``places`` is negative; round ``value / 100`` and multiply to get whole hundreds.
    """
    if places < 0:
        message = f"There are no {places} decimals."
        raise MoneyError(message, remedy="Divide first, round, and multiply again.")
    scale = 10**places
    scaled = (2 * abs(value.numerator) * scale + value.denominator) // (2 * value.denominator)
    return Fraction(scaled if value >= 0 else -scaled, scale)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount of whole öre in one currency. Adding two currencies is an error, never a guess."""

    ore: int
    currency: str = "SEK"

    def __post_init__(self) -> None:
        whole_ore(self.ore)

    @classmethod
    def kronor(cls, text: str) -> Money:
        """Read ``"439451.00"``."""
        return cls(parse_kronor(text))

    def __add__(self, other: Money) -> Money:
        return Money(self.ore + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.ore - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.ore, self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.ore * whole_ore(times), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.ore < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.ore <= self._same(other)

    def __str__(self) -> str:
        return f"{kronor_text(self.ore)} {self.currency}"

    def _same(self, other: Money) -> int:
        if self.currency != other.currency:
            message = f"{self} and {other} are of different currencies."
            raise MoneyError(message, remedy="Convert one of them first, by a stated rate.")
        return other.ore
