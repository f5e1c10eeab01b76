"""The dated limits for direct procurement under LOU, shipped with the package in ``limits.csv``."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files

from andel.sdk.errors import AndelError
from andel.sdk.facts import Source
from andel.sdk.money import ORE_PER_KRONA
from andel.sdk.text import Text


class LimitError(AndelError):
    """The table has no limit for the day."""


class Category(StrEnum):
    """What is procured: the law has a limit of its own for some services."""

    GOODS_SERVICES = "goods-services"
    SPECIAL_SERVICES = "special-services"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One row of the table.

    Attributes:
        amount: öre, net of VAT.
        valid_from: the first day it holds.
        valid_to: the first day it no longer holds, None while no end is known.
        basis: how the amount came about, in the words of the source.
        source: who printed it.
        sourced_to: the last day the source is known to speak of, None when that is all the time it held.
    """

    category: Category
    amount: int
    valid_from: date
    valid_to: date | None
    basis: str
    source: str
    sourced_to: date | None

    def holds_on(self, day: date) -> bool:
        """Tell whether the limit holds that day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def cited(self) -> Source:
        """Return the row as the source of a value in workings; its date is the first day the limit held."""
        return Source(
            title=f"LOU, gräns för direktupphandling: {self.basis}. {self.source}",
            english=f"LOU, limit of direct procurement: {self.basis}. {self.source}",
            date=self.valid_from,
        )


@cache
def limits() -> Sequence[Limit]:
    """Read the table, once."""
    text = files("andel_invoice_capped").joinpath("limits.csv").read_text(encoding="utf-8")
    return tuple(_limit(row) for row in csv.DictReader(text.splitlines()))


def limit_on(day: date, category: Category) -> Limit:
    """Return the limit that held on the day.

    Raises:
        LimitError: the table begins later.
    """
    rows = [limit for limit in limits() if limit.category is category]
    for limit in rows:
        if limit.holds_on(day):
            return limit
    first = min(limit.valid_from for limit in rows)
    message = Text(
        f"Det finns inget gränsbelopp för {category.value} den {day}; tabellen börjar {first}.",
        f"There is no limit for {category.value} on {day}; the table begins on {first}.",
    )
    raise LimitError(message, remedy=Text("Välj en senare dag.", "Choose a later day."))


def _limit(row: dict[str, str]) -> Limit:
    return Limit(
        category=Category(row["category"]),
        amount=int(row["amount_sek_ex_vat"]) * ORE_PER_KRONA,
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) + timedelta(days=1) if row["valid_to"] else None,
        basis=row["basis"],
        source=row["source"],
        sourced_to=date.fromisoformat(row["sourced_to"]) if row["sourced_to"] else None,
    )
