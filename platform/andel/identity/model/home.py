"""Which organization somebody belongs to: by the domain of their address, or by its name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
    """An organization that people sign in from: its name, and the domains that lead to it."""

    id: UUID
    key: str
    name: str
    domains: tuple[str, ...] = ()


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


def alike(homes: Sequence[Home]) -> bool:
    """Return whether two of the organizations have names that only å, ä or ö tell apart: Habo and Håbo."""
    first_words = [folded(home.name).split(" ")[0] for home in homes]
    exact = {home.name.lower().split(" ")[0] for home in homes}
    return len(set(first_words)) < len(exact)
