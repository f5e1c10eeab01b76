"""How numbers, amounts, dates and names are written on pages and documents, in Swedish and in English.

Everything is exact: whole numbers and fractions in, half-up rounding at the last printed decimal. A float is
refused, since it has already lost what the page promises to show. Digits are kept together with no-break
spaces and minus is the sign U+2212, as in ``439 451 kr``, ``3,97 %`` and ``−0,43 kr``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Final, Literal, TypeVar, cast

from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from andel.sdk.money import Money, half_up

Language = Literal["sv", "en"]
Exact = int | Fraction
_Item = TypeVar("_Item")

NBSP: Final = "\u00a0"
MINUS: Final = "\u2212"
ORE_PER_KRONA: Final = 100

_MONTHS: Final[dict[Language, tuple[str, ...]]] = {
    "sv": (
        *("januari", "februari", "mars", "april", "maj", "juni"),
        *("juli", "augusti", "september", "oktober", "november", "december"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
_DAYS: Final[dict[Language, tuple[str, ...]]] = {
    "sv": ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_SEPARATORS: Final[dict[Language, tuple[str, str]]] = {"sv": (NBSP, ","), "en": (",", ".")}
_LAST_LETTERS: Final = str.maketrans({"å": "{", "ä": "|", "ö": "}", "æ": "|", "ø": "}"})
_SHORT_MONTH: Final = 3


# ---- numbers and amounts ----------------------------------------------------------------------------------
def number(value: Exact, places: int = 0, *, sign: bool = False, lang: Language = "sv") -> str:
    """Write a number with ``places`` decimals, rounded half-up; ``sign`` puts a plus before what is above zero.

    Raises:
        TypeError: the value is a float or anything else that is not exact.
    """
    rounded = half_up(_exact(value), places)
    group, point = _SEPARATORS[lang]
    whole, part = divmod(abs(rounded.numerator) * 10**places // rounded.denominator, 10**places)
    digits = f"{whole:,}".replace(",", group) + (f"{point}{part:0{places}d}" if places else "")
    return _sign(rounded, plus=sign) + digits


def kronor(ore: Exact | Money, *, sign: bool = False, unit: bool = True, lang: Language = "sv") -> str:
    """Write öre as whole kronor, rounded half-up: ``439 451 kr`` or ``SEK 439,451``."""
    return _amount(ore, 0, sign=sign, unit=unit, lang=lang)


def exact(ore: Exact | Money, *, sign: bool = False, unit: bool = True, lang: Language = "sv") -> str:
    """Write öre as kronor with two decimals, for invoices and workings: ``58 293,14 kr``."""
    return _amount(ore, 2, sign=sign, unit=unit, lang=lang)


def percent(share: Exact, places: int = 2, *, sign: bool = False, lang: Language = "sv") -> str:
    """Write a share of one as percent: ``3,97 %`` or ``3.97%``."""
    space = NBSP if lang == "sv" else ""
    return f"{number(_exact(share) * 100, places, sign=sign, lang=lang)}{space}%"


def _amount(ore: Exact | Money, places: int, *, sign: bool, unit: bool, lang: Language) -> str:
    """Write an amount; the sign comes first in both languages, before the currency of the English form."""
    currency = ore.currency if isinstance(ore, Money) else "SEK"
    value = _exact(ore.ore if isinstance(ore, Money) else ore) / ORE_PER_KRONA
    digits = number(abs(value), places, lang=lang)
    if unit and lang == "sv" and currency == "SEK":
        digits = f"{digits}{NBSP}kr"
    elif unit:
        digits = f"{digits}{NBSP}{currency}" if lang == "sv" else f"{currency}{NBSP}{digits}"
    return _sign(half_up(value, places), plus=sign) + digits


def _exact(value: Exact) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        message = f"{value!r} is {type(value).__name__}: give an int or a Fraction, which are exact."
        raise TypeError(message)
    return Fraction(value)


def _sign(rounded: Fraction, *, plus: bool) -> str:
    if rounded < 0:
        return MINUS
    return "+" if plus and rounded > 0 else ""


# ---- dates and times --------------------------------------------------------------------------------------
def long_date(day: date, *, weekday: bool = False, year: bool = True, lang: Language = "sv") -> str:
    """Write ``23 februari 2024`` or ``23 February 2024``, with the weekday before it when asked."""
    text = f"{day.day}{NBSP}{_MONTHS[lang][day.month - 1]}" + (f" {day.year}" if year else "")
    return f"{_DAYS[lang][day.weekday()]} {text}" if weekday else text


def short_date(day: date, *, year: bool = False, lang: Language = "sv") -> str:
    """Write ``30 nov`` for narrow columns, with the year when asked."""
    return f"{day.day}{NBSP}{short_month(day, lang=lang)}" + (f" {day.year}" if year else "")


def short_month(day: date, *, lang: Language = "sv") -> str:
    """Write the first three letters of the month."""
    return _MONTHS[lang][day.month - 1][:_SHORT_MONTH]


def weekday(day: date, *, lang: Language = "sv") -> str:
    """Write the day of the week."""
    return _DAYS[lang][day.weekday()]


def clock(moment: datetime, *, lang: Language = "sv") -> str:
    """Write the time of day as ``09.12`` in Swedish and ``09:12`` in English, in the moment's own zone."""
    return f"{moment:%H.%M}" if lang == "sv" else f"{moment:%H:%M}"


# ---- names ------------------------------------------------------------------------------------------------
def swedish_key(name: str) -> tuple[str, str]:
    """Return the key that sorts å, ä and ö last and ignores case; other accents count as their letter."""
    folded = unicodedata.normalize("NFC", name).lower().translate(_LAST_LETTERS)
    plain = "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))
    return plain, name


def swedish_order(items: Iterable[_Item], attribute: str = "") -> list[_Item]:
    """Return the items in Swedish order, by their text or by a named attribute or key of each."""

    def key(item: _Item) -> tuple[str, str]:
        if not attribute:
            return swedish_key(str(item))
        return swedish_key(str(item[attribute] if isinstance(item, Mapping) else getattr(item, attribute)))

    return sorted(items, key=key)


# ---- Jinja ------------------------------------------------------------------------------------------------
def register(environment: Environment, language: Callable[[], Language]) -> None:
    """Register the filters ``n kr exact pct day short_day month weekday clock`` and ``swedish``.

    Each writes in the language of the moment it runs. They take the template's context only so that Jinja does
    not fold a filtered constant at compile time, in the language of whoever came first.
    """
    written = {
        "n": number,
        "kr": kronor,
        "exact": exact,
        "pct": percent,
        "day": long_date,
        "short_day": short_date,
        "month": short_month,
        "weekday": weekday,
        "clock": clock,
    }
    for name, write in written.items():
        environment.filters[name] = _speaking(cast("Callable[..., str]", write), language)
    environment.filters["swedish"] = swedish_order


def _speaking(write: Callable[..., str], language: Callable[[], Language]) -> Callable[..., str]:
    @pass_context
    def written(_context: Context, *args: object, **options: object) -> str:
        options.setdefault("lang", language())
        return write(*args, **options)

    return written
