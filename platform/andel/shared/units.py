"""Exact values of workings written with their unit: öre as kronor, shares as percent, prices per something."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from andel.sdk.text import Text
from andel.shared.formats import NBSP, Language, exact, kronor, number, percent

PRICE_PLACES = 9
QUANTITY_PLACES = 3
SHARE_PLACES = 4
EXACT_PLACES = 5
_ORE_PER_KRONA = 100

NOUNS: dict[str, Text] = {
    "inhabitant": Text("inv.", "inh."),
    "user": Text("användare", "users"),
    "license": Text("licenser", "licences"),
    "item": Text("st.", "items"),
    "transaction": Text("transaktioner", "transactions"),
    "year": Text("år", "years"),
    "month": Text("månader", "months"),
    "day": Text("dagar", "days"),
}
_SINGULAR: dict[str, Text] = {
    "inhabitant": Text("inv.", "inh."),
    "user": Text("användare", "user"),
    "license": Text("licens", "licence"),
    "item": Text("st.", "item"),
    "transaction": Text("transaktion", "transaction"),
    "year": Text("år", "year"),
    "month": Text("månad", "month"),
    "day": Text("dag", "day"),
}


def written(value: Fraction, unit: str, *, lang: Language = "sv", noun: bool = True) -> str:
    """Write an exact value of the workings in its unit.

    Öre become kronor, with öre only where there are any; a share becomes percent with as many decimals as it
    has, at most four; a price per something keeps nine decimals unless it ends sooner. ``noun`` False leaves
    out the unit, for a column whose head says it.
    """
    base, _, per = unit.partition("/")
    text = _plain(value, base, lang=lang, priced=bool(per), noun=noun)
    return f"{text}/{_SINGULAR[per].in_language(lang)}" if per and noun else text


def written_column(values: Sequence[Fraction], unit: str, *, lang: Language = "sv") -> list[str]:
    """Write a column's values without their unit, all with as many decimals as the one that needs most."""
    base, _, per = unit.partition("/")
    shown = [value / _ORE_PER_KRONA if base == "ore" else value * 100 if base == "share" else value for value in values]
    if per:
        most = PRICE_PLACES
    elif base in {"ore", "krona"}:
        most = 2 if all(value.denominator == 1 for value in values) else EXACT_PLACES
    else:
        most = SHARE_PLACES if base == "share" else QUANTITY_PLACES
    places = max((_places(value, most) for value in shown), default=0)
    if base in {"ore", "krona"} and not per and places == 1:
        places = 2
    percent_sign = "" if base != "share" else f"{NBSP}%" if lang == "sv" else "%"
    return [f"{number(value, places, lang=lang)}{percent_sign}" for value in shown]


def unit_noun(unit: str, *, lang: Language = "sv") -> str:
    """Return what a column's head says of its unit: ``kr``, ``kr/inv.``, ``%``, ``licenser``."""
    base, _, per = unit.partition("/")
    name = {
        "ore": "kr" if lang == "sv" else "SEK",
        "krona": "kr" if lang == "sv" else "SEK",
        "share": "%",
        "number": "",
    }
    head = name[base] if base in name else NOUNS[base].in_language(lang)
    return f"{head}/{_SINGULAR[per].in_language(lang)}" if per else head


def _plain(value: Fraction, base: str, *, lang: Language, priced: bool, noun: bool) -> str:
    if base in {"ore", "krona"}:
        ore = value if base == "ore" else value * _ORE_PER_KRONA
        if priced:
            places = _places(ore / _ORE_PER_KRONA, PRICE_PLACES)
            text = number(ore / _ORE_PER_KRONA, 2 if places == 1 else places, lang=lang)
            return f"{text}{NBSP}kr" if noun and lang == "sv" else f"SEK{NBSP}{text}" if noun else text
        whole = ore.denominator == 1 and ore.numerator % _ORE_PER_KRONA == 0
        return kronor(ore, unit=noun, lang=lang) if whole else _to_the_ore(ore, lang=lang, noun=noun)
    if base == "share":
        return percent(value, _places(value * 100, SHARE_PLACES), lang=lang)
    text = number(value, _places(value, PRICE_PLACES if priced else QUANTITY_PLACES), lang=lang)
    nouns = _SINGULAR if value == 1 else NOUNS
    return f"{text}{NBSP}{nouns[base].in_language(lang)}" if noun and base in NOUNS else text


def _to_the_ore(ore: Fraction, *, lang: Language, noun: bool) -> str:
    if ore.denominator == 1:
        return exact(ore, unit=noun, lang=lang)
    text = number(ore / _ORE_PER_KRONA, _places(ore / _ORE_PER_KRONA, EXACT_PLACES), lang=lang)
    if not noun:
        return text
    return f"{text}{NBSP}kr" if lang == "sv" else f"SEK{NBSP}{text}"


def _places(value: Fraction, most: int) -> int:
    """Return how many decimals show the value exactly, at most ``most``."""
    for places in range(most):
        if (value * 10**places).denominator == 1:
            return places
    return most
