"""Which organization somebody belongs to: by the domain of their address, or by its name."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final
from uuid import UUID

_FOLD: Final = str.maketrans("åäöéü", "aaoeu")


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A domain that an organization has shown to be its own. ``provider`` chooses among the organization's."""

    domain: str
    organization: UUID
    subdomains: bool = False
    provider: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """An organization that people sign in from: its name, the domains that lead to it, a municipality's code."""

    id: UUID
    key: str
    name: str
    domains: tuple[str, ...] = ()
    code: str = ""


def domain_of(address: str) -> str:
    """Return the domain of an e-mail address, or of what somebody wrote instead of one; empty when there is none.

    ``Namn@HABO.se`` and ``habo.se`` are the same. A domain with å, ä or ö is written as the net writes it.
    """
    written = unicodedata.normalize("NFC", address).strip().rpartition("@")[2].strip().rstrip(".").lower()
    if "." not in written or len(written) > 253:  # noqa: PLR2004  (the longest name that DNS knows)
        return ""
    try:
        return written.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def home_of(domain: str, domains: Iterable[Domain]) -> Domain | None:
    """Return the verified domain that a person's domain belongs to: itself, or the nearest above that includes it."""
    known = {one.domain: one for one in domains}
    if domain in known:
        return known[domain]
    labels = domain.split(".")
    above = (".".join(labels[at:]) for at in range(1, len(labels) - 1))
    return next((known[one] for one in above if one in known and known[one].subdomains), None)


def folded(name: str) -> str:
    """Return a name as people type it in a hurry: Håbo is habo."""
    return unicodedata.normalize("NFC", name).strip().lower().translate(_FOLD)


def search(words: str, homes: Sequence[Home]) -> tuple[Home, ...]:
    """Return the organizations whose name, or domain, has a word that begins like each of the words."""
    wanted = folded(words).split()
    if not wanted:
        return ()
    return tuple(home for home in homes if all(_begins(one, home) for one in wanted))


def _begins(word: str, home: Home) -> bool:
    places = [*folded(home.name).replace("-", " ").split(), *home.domains]
    return any(place.startswith(word) for place in places)


def alike(names: Iterable[str]) -> bool:
    """Return whether two names begin with words that only å, ä or ö tell apart: Habo kommun and Håbo kommun."""
    exact = {name.lower().split(" ")[0] for name in names}
    return len({folded(word) for word in exact}) < len(exact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality:
    """A municipality of the country: what may tell somebody that they meant another one.

    ``domain`` is the address that its mail is thought to have. It is verified by nobody here, and leads nowhere.
    """

    code: str
    name: str
    domain: str
    region: str


@lru_cache(maxsize=1)
def municipalities() -> tuple[Municipality, ...]:
    """Return the municipalities of the country, from Wikidata and their own web sites in 2026."""
    text = files("andel.identity.model").joinpath("municipalities.csv").read_text(encoding="utf-8")
    return tuple(Municipality(**row) for row in csv.DictReader(text.splitlines()))


def thought_to_be(domain: str) -> Municipality | None:
    """Return the municipality whose mail is thought to have a domain, or one above it."""
    labels = domain.split(".")
    above = {".".join(labels[at:]) for at in range(len(labels) - 1)}
    return next((one for one in municipalities() if one.domain and one.domain in above), None)


def elsewhere(words: str, homes: Sequence[Home]) -> tuple[Municipality, ...]:
    """Return the municipalities beyond the region's own that a search might mean."""
    own = {home.code for home in homes}
    wanted = folded(words).split()
    if not wanted:
        return ()
    return tuple(one for one in municipalities() if one.code not in own and _all_begin(wanted, one))


def _all_begin(words: Iterable[str], one: Municipality) -> bool:
    domains = (one.domain,) if one.domain else ()
    home = Home(id=UUID(int=0), key="", name=f"{one.name} kommun", domains=domains)
    return all(_begins(word, home) for word in words)
