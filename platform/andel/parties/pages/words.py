"""How kinds of organizations and of figures are called, in both languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from andel.sdk.party import Party, PartyKind
from andel.sdk.text import Text
from andel.shared.formats import Language

KIND: Final[dict[PartyKind, Text]] = {
    PartyKind.REGION: Text("region", "region"),
    PartyKind.MUNICIPALITY: Text("kommun", "municipality"),
    PartyKind.DISTRICT: Text("stadsdelsförvaltning", "city district"),
    PartyKind.FEDERATION: Text("kommunalförbund", "federation"),
    PartyKind.ASSOCIATION: Text("förening", "association"),
    PartyKind.PROVIDER: Text("utförare", "provider"),
}
KINDS: Final[dict[PartyKind, Text]] = {
    PartyKind.REGION: Text("regioner", "regions"),
    PartyKind.MUNICIPALITY: Text("kommuner", "municipalities"),
    PartyKind.DISTRICT: Text("stadsdelsförvaltningar", "city districts"),
    PartyKind.FEDERATION: Text("kommunalförbund", "federations"),
    PartyKind.ASSOCIATION: Text("föreningar", "associations"),
    PartyKind.PROVIDER: Text("utförare", "providers"),
}
REGION: Final = Text("regionen", "the region")
ORDER: Final = tuple(KIND)
"""The order in which kinds are shown."""

FIGURES: Final[dict[str, Text]] = {
    "inhabitants": Text("Invånare", "Inhabitants"),
    "district_inhabitants": Text("Invånare per stadsdel", "Inhabitants by district"),
    "users": Text("Användare", "Users"),
    "seats": Text("Licenser", "Licences"),
    "transactions": Text("Transaktioner", "Transactions"),
    "orders": Text("Beställningar", "Orders"),
    "siths_cards": Text("SITHS-kort", "SITHS cards"),
}


def figure(name: str) -> Text:
    """Return what a series of figures is called: by a common word, or its own name made readable."""
    plain = name.replace("_", " ").capitalize()
    return FIGURES.get(name, Text(plain, plain))


def counted(parties: Iterable[Party], lang: Language) -> str:
    """Write how many there are of each kind: ``25 kommuner och 14 stadsdelsförvaltningar``."""
    found = Counter(party.kind for party in parties)
    return listed([many(found[kind], kind, lang) for kind in ORDER if found[kind]], lang)


def many(count: int, kind: PartyKind, lang: Language) -> str:
    """Write how many there are of a kind: ``1 kommun``, ``25 kommuner``."""
    return f"{count} {(KIND if count == 1 else KINDS)[kind].in_language(lang)}"


def listed(words: list[str], lang: Language) -> str:
    """Write words after each other, with "and" before the last."""
    if len(words) < 2:  # noqa: PLR2004  (one word, or none)
        return "".join(words)
    return f"{', '.join(words[:-1])} {'and' if lang == 'en' else 'och'} {words[-1]}"


def sentence_case(words: str) -> str:
    """Return the words with a capital first letter, the rest as they are."""
    return words[:1].upper() + words[1:]
