"""What a case may expect of a result, each compared exactly and reported with its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from andel.sdk.cost import Allocation, Split, Tariff
from andel.sdk.money import half_up, kronor_text
from andel.sdk.testing.marked import Entry
from andel.sdk.workings import Rounding

_NUMBER = re.compile(r"(≈?)(-?[0-9]{1,30})(?:\.([0-9]{1,30})|/([1-9][0-9]{0,29}))?(kr|%)?")
_SPACES = re.compile(r"[ \u00a0\u202f]")
_FACTORS = {"kr": Fraction(100), "%": Fraction(1, 100), None: Fraction(1)}
_KINDS = ("split", "tariff", "ceiling")
_METHODS = tuple(method.value for method in Rounding)

Expectation = Callable[[Allocation], Iterator[str]]
"""Yields what is not as expected, with its line."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A number as a case writes it; with ``≈`` the value is rounded half-up to as many decimals before comparing."""

    entry: Entry
    number: Fraction
    factor: Fraction
    places: int | None

    @classmethod
    def of(cls, entry: Entry) -> _Written:
        match = _NUMBER.fullmatch(_SPACES.sub("", entry.text()))
        if match is None:
            what = f'"{entry.text()}" is no number.'
            raise entry.error(what, 'Write 250, 4.72, 1/3, 3.97 %, 250.00 kr, or "≈ 4.72" for a rounded one.')
        about, whole, decimals, below, unit = match.groups()
        number = Fraction(f"{whole}.{decimals}" if decimals else f"{whole}/{below or 1}")
        return cls(entry, number, _FACTORS[unit], len(decimals or "") if about else None)

    def differs(self, value: Fraction) -> Iterator[str]:
        seen = value / self.factor
        if self.places is not None:
            seen = half_up(seen, self.places)
        if seen != self.number:
            yield _says(self.entry, f"expected {self.entry.text()}, it is {_plain(value / self.factor)}")


def _plain(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    about = half_up(value, 9)
    whole, part = divmod(abs(about.numerator) * 10**9 // about.denominator, 10**9)
    return f"{value} (≈ {'-' if value < 0 else ''}{whole}.{part:09d})"


def _says(entry: Entry, words: str) -> str:
    return f"{entry.where}: {words}"


def kind(entry: Entry) -> Expectation:
    """``kind: split``, ``tariff`` or ``ceiling``."""
    wanted = entry.one_of(_KINDS)

    def check(found: Allocation) -> Iterator[str]:
        if found.kind != wanted:
            yield _says(entry, f"expected a {wanted}, it is a {found.kind}")

    return check


def shares(entry: Entry) -> Expectation:
    """``shares: {party: kronor}``, all of them: a party with an amount that is not listed is a difference."""
    wanted = {party: (value, value.kronor()) for party, value in entry.table().items()}

    def check(found: Allocation) -> Iterator[str]:
        amounts = dict(zip(found.parties, found.amounts, strict=True))
        for party, (value, ore) in wanted.items():
            if party not in amounts:
                yield _says(value, f"expected {kronor_text(ore)}, the party has no row")
            elif amounts[party] != ore:
                yield _says(value, f"expected {kronor_text(ore)}, it is {kronor_text(amounts[party])}")
        for party in sorted(set(amounts) - set(wanted)):
            yield _says(entry, f"{party} has {kronor_text(amounts[party])} and is not expected")

    return check


def _amount(name: str, read: Callable[[Allocation], int | None]) -> Callable[[Entry], Expectation]:
    def expectation(entry: Entry) -> Expectation:
        wanted = entry.kronor()

        def check(found: Allocation) -> Iterator[str]:
            ore = read(found)
            if ore != wanted:
                seen = f"a {found.kind} has none" if ore is None else f"it is {kronor_text(ore)}"
                yield _says(entry, f"expected the {name} {kronor_text(wanted)}, {seen}")

        return check

    return expectation


def payers(entry: Entry) -> Expectation:
    """``payers: {party: who is invoiced in its place}``, all of them."""
    wanted = {party: value.text() for party, value in entry.table().items()}

    def check(found: Allocation) -> Iterator[str]:
        if dict(found.payers) != wanted:
            yield _says(entry, f"expected {wanted}, it is {dict(found.payers)}")

    return check


def findings(entry: Entry) -> Expectation:
    """``findings: [code, ...]``, all of them, in order."""
    wanted = [item.text() for item in entry.items()]

    def check(found: Allocation) -> Iterator[str]:
        seen = [finding.code for finding in found.workings.findings]
        if seen != wanted:
            yield _says(entry, f"expected {wanted}, it is {seen}")

    return check


def rounding(entry: Entry) -> Expectation:
    """``rounding: [{column, method, takers}]``: who took the odd öre, all of them, in order."""
    wanted: list[tuple[str, str, tuple[str, ...]]] = []
    for item in entry.items():
        fields = item.fields(("column", "method", "takers"))
        takers = tuple(taker.text() for taker in fields["takers"].items())
        wanted.append((fields["column"].text(), fields["method"].one_of(_METHODS), takers))

    def check(found: Allocation) -> Iterator[str]:
        seen = [(one.column, one.method.value, one.takers) for one in found.workings.remainders]
        if seen != wanted:
            yield _says(entry, f"expected {wanted}, it is {seen}")

    return check


def scalars(entry: Entry) -> Expectation:
    """``scalars: {name: number}`` of the workings; those that are named."""
    wanted = {name: _Written.of(value) for name, value in entry.table().items()}

    def check(found: Allocation) -> Iterator[str]:
        known = {scalar.name: scalar.value for scalar in found.workings.scalars}
        for name, number in wanted.items():
            if name in known:
                yield from number.differs(known[name])
            else:
                yield _says(number.entry, f"the workings have no such scalar, only {', '.join(sorted(known))}")

    return check


def columns(entry: Entry) -> Expectation:
    """``columns: {name: {party: number}}`` of the workings; the columns and the parties that are named."""
    wanted = {
        name: {party: _Written.of(value) for party, value in rows.table().items()}
        for name, rows in entry.table().items()
    }

    def check(found: Allocation) -> Iterator[str]:
        known = {column.name: column for column in found.workings.columns}
        for name, rows in wanted.items():
            for party, number in rows.items():
                if name in known and party in found.workings.rows:
                    yield from number.differs(known[name].value(found.workings.rows[party]))
                else:
                    yield _says(number.entry, f"no such row; there are the columns {', '.join(known)}")

    return check


_READERS: dict[str, Callable[[Entry], Expectation]] = {
    "kind": kind,
    "shares": shares,
    "region": _amount("region's part", lambda found: found.region if isinstance(found, Split) else None),
    "total": _amount("total", lambda found: found.total if isinstance(found, Split) else None),
    "charged": _amount("sum of the shares", lambda found: sum(found.amounts)),
    "supplier_cost": _amount("cost", lambda found: found.supplier_cost if isinstance(found, Tariff) else None),
    "residual": _amount("residual", lambda found: found.residual if isinstance(found, Tariff) else None),
    "payers": payers,
    "findings": findings,
    "rounding": rounding,
    "scalars": scalars,
    "columns": columns,
}
REFUSED = "refused"
"""The other thing to expect: words of the error that the model refuses with."""


def read_expectations(then: Entry) -> tuple[Expectation, ...]:
    """Read what a case expects.

    Raises:
        CaseError: it expects nothing, something unknown, or a refusal and a result at once.
    """
    fields = then.fields((), (*_READERS, REFUSED))
    if not fields:
        what, remedy = "The case expects nothing, so it cannot fail.", f"Add one of {', '.join((*_READERS, REFUSED))}."
        raise then.error(what, remedy)
    if REFUSED in fields and len(fields) > 1:
        what, remedy = "The case expects a refusal and a result.", "Keep one of them."
        raise fields[REFUSED].error(what, remedy)
    return tuple(_READERS[name](entry) for name, entry in fields.items() if name != REFUSED)
