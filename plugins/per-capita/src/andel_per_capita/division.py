"""What the members of a group pay of what the group bears, and the columns that explain it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from andel.sdk.apportionment import METHODS
from andel.sdk.building import (
    amount_column,
    divide_formula,
    ideal_column,
    missed,
    share_column,
    taken,
    whole_scalar,
)
from andel.sdk.counting import Counts
from andel.sdk.errors import AllocationError
from andel.sdk.text import Text
from andel.sdk.workings import Column, Finding, Remainder, Scalar
from andel_per_capita.groups import SETTING, Membership
from andel_per_capita.settings import PerCapitaSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Divided:
    """The amounts of all payers, and what explains them."""

    amounts: tuple[int, ...]
    scalars: tuple[Scalar, ...]
    columns: tuple[Column, ...]
    remainders: tuple[Remainder, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    rows: tuple[int, ...]
    amount: int
    whole: int


def divide_groups(counted: Counts, found: Membership, amounts: Sequence[int], settings: PerCapitaSettings) -> Divided:
    """Divide what each group bears by its members' counts.

    Raises:
        AllocationError: the members of a group have nothing to be divided by.
    """
    basis = "key" if settings.deviating_key else "inhabitants"
    counts = counted.column(basis, found.payers)
    groups = _grouped(counts, found, amounts)
    shares = [0] * len(found.payers)
    remainders: list[Remainder] = []
    missing = 0
    for group in groups:
        part = METHODS[settings.method].apportion(group.amount, [counts.numerators[row] for row in group.rows])
        for row, share in zip(group.rows, part.shares, strict=True):
            shares[row] = share
        remainders += taken(part, settings.method, [found.payers[row] for row in group.rows])
        missing += part.reconciliation
    scalars, columns = _one(counts, groups[0]) if len(groups) == 1 else _several(counts, groups, found)
    by = "" if len(groups) == 1 else "grouping"
    amount = amount_column(divide_formula(settings.method, "group_amount", basis, by), shares, settings.method)
    return Divided(
        amounts=tuple(shares),
        scalars=scalars,
        columns=(counts, *columns, amount),
        remainders=tuple(remainders),
        findings=missed(missing),
    )


def _grouped(counts: Column, found: Membership, amounts: Sequence[int]) -> tuple[_Group, ...]:
    groups: list[_Group] = []
    for place, amount in enumerate(amounts):
        rows = tuple(row for row, own in enumerate(found.places) if own == place)
        whole = sum(counts.numerators[row] for row in rows)
        if not whole:
            name = found.groups[place].name
            label = counts.label
            message = Text(
                f"Gruppen {name} har inget att dela sin del med: {label.sv.lower()} är noll för alla.",
                f"The group {name} has nothing to divide its part by: {label.en.lower()} is zero for all.",
            )
            remedy = Text("Kontrollera antalen.", "Check the counts.")
            raise AllocationError(message, where="groups", remedy=remedy)
        groups.append(_Group(rows, amount, whole))
    return tuple(groups)


def _one(counts: Column, group: _Group) -> tuple[tuple[Scalar, ...], tuple[Column, ...]]:
    whole = whole_scalar("group_sum", _sum_label(counts), group.whole, counts.unit, formula=f"sum({counts.name})")
    share = share_column(counts.numerators, group.whole, formula=f"{counts.name} / group_sum")
    exact = [group.amount * count for count in counts.numerators]
    price = _price("price", counts, group, formula="group_amount / group_sum")
    return (whole, price), (share, ideal_column(f"price * {counts.name}", exact, group.whole))


def _several(
    counts: Column, groups: Sequence[_Group], found: Membership
) -> tuple[tuple[Scalar, ...], tuple[Column, ...]]:
    """Explain several groups: columns tell which group a row is of, and from that what its group bears."""
    of_row = [groups[place] for place in found.places]
    below = lcm(*(group.whole for group in groups))
    exact = [
        group.amount * (below // group.whole) * count for group, count in zip(of_row, counts.numerators, strict=True)
    ]
    numbers = range(1, len(groups) + 1)
    prices = tuple(
        _price(f"price_{number}", counts, group, f"group_amount_{number} / sum({counts.name} * in_{number})")
        for number, group in zip(numbers, groups, strict=True)
    )
    columns = (
        *(_inside(found, place) for place in range(len(groups))),
        Column(
            name="grouping",
            label=Text("Grupp", "Group"),
            numerators=tuple(place + 1 for place in found.places),
            unit="number",
            formula=" + ".join(f"{number} * in_{number}" for number in numbers),
        ),
        Column(
            name="group_amount",
            label=Text("Gruppens belopp", "The group's amount"),
            numerators=tuple(group.amount for group in of_row),
            unit="ore",
            formula=" + ".join(f"group_amount_{number} * in_{number}" for number in numbers),
        ),
        Column(
            name="group_sum",
            label=_sum_label(counts),
            numerators=tuple(group.whole for group in of_row),
            unit=counts.unit,
            formula=f"sum_by({counts.name}, grouping)",
        ),
        ideal_column(f"group_amount * {counts.name} / group_sum", exact, below),
    )
    return prices, columns


def _inside(found: Membership, place: int) -> Column:
    name = found.groups[place].name
    return Column(
        name=f"in_{place + 1}",
        label=Text(f"I gruppen {name}", f"In the group {name}"),
        numerators=tuple(int(own == place) for own in found.places),
        unit="number",
        source=SETTING,
    )


def _price(name: str, counts: Column, group: _Group, formula: str) -> Scalar:
    return Scalar(
        name=name,
        label=_price_label(counts),
        value=Fraction(group.amount, group.whole),
        unit=f"ore/{counts.unit}",
        formula=formula,
    )


def _sum_label(counts: Column) -> Text:
    return Text(f"Gruppens {counts.label.sv.lower()}", f"The group's {counts.label.en.lower()}")


def _price_label(counts: Column) -> Text:
    if counts.name == "inhabitants":
        return Text("Pris per invånare", "Price per inhabitant")
    return Text("Pris per enhet av nyckeln", "Price per unit of the key")
