"""The organizations that share a cost, and how one follows another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from andel.sdk.errors import AndelError

_NUMBER = re.compile(r"[0-9]{6}-[0-9]{4}")
_NINE = 9


class PartyError(AndelError):
    """A party, an organization number or a succession that cannot be right."""


class PartyKind(StrEnum):
    """What an organization is."""

    REGION = "region"
    MUNICIPALITY = "municipality"
    DISTRICT = "district"
    FEDERATION = "federation"
    ASSOCIATION = "association"
    PROVIDER = "provider"


def check_organization_number(number: str, *, where: str = "") -> str:
    """Return the number if it is NNNNNN-NNNN with a right Luhn digit.

    Raises:
        PartyError: it has another form, or its last digit is wrong.
    """
    if _NUMBER.fullmatch(number) is None:
        message = f'"{number}" is not an organization number.'
        raise PartyError(message, where=where, remedy="Write ten digits as NNNNNN-NNNN.")
    digits = [int(digit) for digit in number if digit != "-"]
    doubled = [digit * (2 - place % 2) for place, digit in enumerate(digits)]
    if sum(value - _NINE if value > _NINE else value for value in doubled) % 10:
        message = f'The check digit of the organization number "{number}" is wrong.'
        raise PartyError(message, where=where, remedy="Compare it with the register of organizations.")
    return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """An organization that can bear a part of a cost.

    Attributes:
        key: stable name inside the region, ``"upplands-vasby"``; every result refers to it.
        authority: key of the legal authority the party belongs to (a district's city); itself when None.
        valid_from: first day it exists.
        valid_to: first day it no longer exists (half-open), None while it does.
    """

    key: str
    name: str
    kind: PartyKind
    organization_number: str | None = None
    authority: str | None = None
    valid_from: date = date.min
    valid_to: date | None = None

    @property
    def legal_authority(self) -> str:
        """The key of the authority that is bound: the city for a district, else the party."""
        return self.authority or self.key

    @property
    def order(self) -> tuple[str, str]:
        """Where ties are broken: by organization number, those without one last, then by key."""
        return (self.organization_number or "~", self.key)

    def exists_on(self, day: date) -> bool:
        """Tell whether the party exists that day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """From the day ``on``, ``successor`` stands in the place of ``predecessors``."""

    predecessors: tuple[str, ...]
    successor: str
    on: date
    source: str = ""
