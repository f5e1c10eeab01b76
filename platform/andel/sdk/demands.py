"""What every result of a cost model must meet, whoever made it: the host and the examination kit ask the same.

Each check looks for one way to break the contract of ``andel.sdk.cost`` and says in words what it found. Promises
about several results, the order of the parties and a greater total, are in ``andel.sdk.testing``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from andel.sdk.apportionment import Promise
from andel.sdk.cost import Allocation, Ceiling, CostRequest, Split, Tariff
from andel.sdk.errors import WorkingsError
from andel.sdk.money import kronor_text
from andel.sdk.replay import replay
from andel.sdk.text import Text
from andel.sdk.workings import Column, Finding, Remainder, Role, Scalar, Workings

KINDS = (Split, Tariff, Ceiling)
CURRENCY = "SEK"
"""The currency of a component that has no amount."""
_HALF_A_KRONA = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is examined: a result, against the request and the promises under the settings."""

    request: CostRequest
    result: Allocation
    promised: frozenset[Promise]


Check = Callable[[Subject], Text | None]
"""Returns what is broken, in words, or None."""

_Ore = tuple[int, ...]


def own_copy(answer: object) -> Allocation:
    """Return a copy that no plugin holds a reference into, its workings validated and digested anew.

    Raises:
        TypeError: the answer is no allocation.
        WorkingsError: the workings are malformed, or were changed after they were made.
    """
    if not isinstance(answer, Allocation):
        message = f"it answered with {type(answer).__name__}, not a Split, Tariff or Ceiling"
        raise TypeError(message)
    given = answer.workings
    workings = replace(
        given,
        scalars=tuple(map(replace, given.scalars)),
        columns=tuple(map(replace, given.columns)),
        remainders=tuple(map(replace, given.remainders)),
        findings=tuple(map(replace, given.findings)),
    )
    return replace(answer, payers=dict(answer.payers), workings=workings)


def examine(subject: Subject, checks: tuple[Check, ...]) -> tuple[str, Text] | None:
    """Return the name of the first check that finds something and what it found, None when all is well."""
    for check in checks:
        found = check(subject)
        if found is not None:
            return check.__name__, found
    return None


# ---- what it is made of ----------------------------------------------------------------------------------
def exact_kind(subject: Subject) -> Text | None:
    """It is a Split, a Tariff or a Ceiling and no subclass, of tuples: no code of the plugin's own comes along."""
    result, workings = subject.result, subject.result.workings
    parts = (
        ((result,), set(KINDS)),
        ((result.parties, result.amounts), {tuple}),
        ((workings,), {Workings}),
        (workings.scalars, {Scalar}),
        (workings.columns, {Column}),
        (workings.remainders, {Remainder}),
        (workings.findings, {Finding}),
    )
    for values, kinds in parts:
        for kind in set(map(type, values)) - kinds:
            names = " / ".join(sorted(each.__name__ for each in kinds))
            return Text(f"{kind.__name__} är inte exakt {names}", f"{kind.__name__} is not exactly {names}")
    return None


def whole_amounts(subject: Subject) -> Text | None:
    """Every amount is an int; a float, a Fraction and a bool are not."""
    result = subject.result
    for value in (*result.amounts, *_totals(result)):
        if type(value) is not int:
            return Text(f"beloppet {value!r} är inte hela öre", f"the amount {value!r} is not whole öre")
    return None


def plain_parties(subject: Subject) -> Text | None:
    """Parties and payers are named by keys, and there is one amount for each party."""
    result = subject.result
    keys = (*result.parties, *result.payers, *result.payers.values())
    if set(map(type, keys)) <= {str} and len(result.parties) == len(result.amounts):
        return None
    return Text(
        f"{len(result.amounts)} belopp för {len(result.parties)} parter, eller nycklar som inte är text",
        f"{len(result.amounts)} amounts for {len(result.parties)} parties, or keys that are not text",
    )


def exact_workings(subject: Subject) -> Text | None:
    """No float stands anywhere in the workings, nor a bool for a count. Scalars and columns are checked as made."""
    workings = subject.result.workings
    for remainder in workings.remainders:
        if type(remainder.units) is not int:
            return Text(f"uträkningen innehåller {remainder.units!r}", f"the workings hold {remainder.units!r}")
    try:
        workings.digest  # noqa: B018  (written out, and kept for whoever asks next)
    except WorkingsError as error:
        return Text(f"uträkningen innehåller ett flyttal: {error.what}", f"the workings hold a float: {error.what}")
    return None


# ---- who bears it ----------------------------------------------------------------------------------------
def region_apart(subject: Subject) -> Text | None:
    """The region is not among the parties, and no one is invoiced through it: its part is a row of its own."""
    region, result = subject.request.region, subject.result
    if region in result.parties or region in result.payers.values():
        return Text(f"regionen {region} står bland parterna", f"the region {region} stands among the parties")
    return None


def parties_asked(subject: Subject) -> Text | None:
    """Each party is one of the request's."""
    foreign = set(subject.result.parties).difference(_keys(subject.request))
    if not foreign:
        return None
    names = ", ".join(sorted(foreign))
    return Text(f"{names} hör inte till tjänstens parter", f"{names}: not among the parties of the service")


def parties_exist(subject: Subject) -> Text | None:
    """No one is charged for a period in which it does not exist. A ceiling may list those of another day."""
    request, result = subject.request, subject.result
    if isinstance(result, Ceiling):
        return None
    period, charged = request.period, set(result.parties)
    for party in request.parties:
        gone = party.valid_to is not None and party.valid_to <= period.start
        if (gone or party.valid_from >= period.end) and party.key in charged:
            return Text(f"{party.key} finns inte under {period}", f"{party.key} does not exist during {period}")
    return None


def payers_known(subject: Subject) -> Text | None:
    """A payer stands in for a party of the result, and is itself a party of the request."""
    payers = subject.result.payers
    if not payers:
        return None
    strangers = set(payers.values()).difference(_keys(subject.request)) | payers.keys() - set(subject.result.parties)
    if not strangers:
        return None
    names = ", ".join(sorted(strangers))
    return Text(f"okänd betalare, eller betalare för okänd: {names}", f"unknown payer, or payer for unknown: {names}")


# ---- how much --------------------------------------------------------------------------------------------
def nothing_negative(subject: Subject) -> Text | None:
    """No party's amount is negative, nor what the region bears of a split, but for what rounding took too much.

    Amounts that are rounded one by one, to an öre or to a krona, exceed the total by at most half a krona each.
    """
    result = subject.result
    least = min(result.amounts, default=0)
    if isinstance(result, Split) and result.region < -_HALF_A_KRONA * len(result.parties):
        least = min(least, result.region)
    if least >= 0:
        return None
    return Text(f"ett belopp är {kronor_text(least)}", f"an amount is {kronor_text(least)}")


def currency_asked(subject: Subject) -> Text | None:
    """The currency is that of the cost, kronor when it has no amount."""
    amount, given = subject.request.amount, subject.result.currency
    asked = amount.currency if amount else CURRENCY
    if given == asked:
        return None
    return Text(f"valutan är {given}, inte {asked}", f"the currency is {given}, not {asked}")


def cost_stated(subject: Subject) -> Text | None:
    """The total of a split, or the supplier's cost of a tariff, is the amount of the request."""
    amount = subject.request.amount
    asked = amount.ore if amount else None
    for stated in _stated_cost(subject.result):
        if stated != asked:
            return Text(
                f"kostnaden anges till {_kronor(stated)}, inte {_kronor(asked)}",
                f"the cost is stated as {_kronor(stated)}, not {_kronor(asked)}",
            )
    return None


def split_adds_up(subject: Subject) -> Text | None:
    """The parties' amounts and the region's own are the total, to the öre."""
    result = subject.result
    if not isinstance(result, Split):
        return None
    missing = result.total - sum(result.amounts) - result.region
    if not missing:
        return None
    return Text(f"andelarna missar summan med {missing} öre", f"the shares miss the total by {missing} öre")


def tariff_residual(subject: Subject) -> Text | None:
    """The residual of a tariff is the supplier's cost minus what is charged; None when the cost is unknown."""
    result = subject.result
    if not isinstance(result, Tariff):
        return None
    cost = result.supplier_cost
    residual = None if cost is None else cost - sum(result.amounts)
    if result.residual == residual:
        return None
    return Text(
        f"regionens rest anges till {_kronor(result.residual)}, inte {_kronor(residual)}",
        f"the region's residual is stated as {_kronor(result.residual)}, not {_kronor(residual)}",
    )


# ---- how it is explained ---------------------------------------------------------------------------------
def workings_same_parties(subject: Subject) -> Text | None:
    """The workings have the same parties in the same order."""
    if subject.result.workings.parties == subject.result.parties:
        return None
    return Text("uträkningen har andra parter än resultatet", "the workings have other parties than the result")


def workings_same_amounts(subject: Subject) -> Text | None:
    """One column of the workings, in whole öre, holds the amounts."""
    result = subject.result
    columns = [column for column in result.workings.columns if column.role is Role.AMOUNT]
    if [(each.unit, each.denominator, each.numerators) for each in columns] == [("ore", 1, result.amounts)]:
        return None
    return Text(
        "uträkningens beloppskolumn är inte resultatets belopp i öre",
        "the amount column of the workings is not the amounts of the result in öre",
    )


def remainders_taken(subject: Subject) -> Text | None:
    """Who took the öre that were left over is a party of the workings, one öre each, in a column that is there."""
    workings = subject.result.workings
    columns = {column.name for column in workings.columns}
    parties = set(workings.parties)
    for each in workings.remainders:
        if each.column not in columns or not parties.issuperset(each.takers) or each.units != len(each.takers):
            return Text(
                f"öret som blev över i {each.column} har inte tagits av lika många parter i uträkningen",
                f"what was left over in {each.column} was not taken by as many parties of the workings",
            )
    return None


def workings_follow(subject: Subject) -> Text | None:
    """Every value of the workings that has a formula follows from it."""
    try:
        mismatches = replay(subject.result.workings)
    except WorkingsError as error:
        return Text(f"uträkningen går inte att räkna om: {error.what}", f"the workings do not replay: {error.what}")
    if not mismatches:
        return None
    first = mismatches[0]
    whose = f" {first.party}" if first.party else ""
    return Text(
        f"{first.name}{whose} följer inte av sin formel", f"{first.name}{whose} does not follow from its formula"
    )


# ---- what was promised -----------------------------------------------------------------------------------
def within_quota(subject: Subject) -> Text | None:
    """Each amount is less than one öre from its exact value."""

    def keeps(amounts: _Ore, exact: _Ore, below: int) -> list[bool]:
        return [-below < ore * below - above < below for ore, above in zip(amounts, exact, strict=True)]

    return _kept(subject, Promise.WITHIN_QUOTA, Role.IDEAL, keeps)


def never_above_cap(subject: Subject) -> Text | None:
    """No amount passes its cap."""

    def keeps(amounts: _Ore, caps: _Ore, below: int) -> list[bool]:
        return [ore * below <= cap for ore, cap in zip(amounts, caps, strict=True)]

    return _kept(subject, Promise.NEVER_ABOVE_CAP, Role.CAP, keeps)


def zero_for_zero(subject: Subject) -> Text | None:
    """Who has nothing of the basis pays nothing."""

    def keeps(amounts: _Ore, basis: _Ore, _: int) -> list[bool]:
        return [have != 0 or ore == 0 for ore, have in zip(amounts, basis, strict=True)]

    return _kept(subject, Promise.ZERO_FOR_ZERO, Role.BASIS, keeps)


CHECKS: tuple[Check, ...] = (
    exact_kind,
    whole_amounts,
    plain_parties,
    exact_workings,
    region_apart,
    parties_asked,
    parties_exist,
    payers_known,
    nothing_negative,
    currency_asked,
    cost_stated,
    split_adds_up,
    tariff_residual,
    workings_same_parties,
    workings_same_amounts,
    remainders_taken,
    workings_follow,
    within_quota,
    never_above_cap,
    zero_for_zero,
)
"""Every check, those that the next ones build on first."""


def _kept(
    subject: Subject, promise: Promise, role: Role, keeps: Callable[[_Ore, _Ore, int], list[bool]]
) -> Text | None:
    if promise not in subject.promised:
        return None
    result = subject.result
    column = result.workings.of_role(role)
    if column is None or (role is not Role.BASIS and column.unit != "ore"):
        return Text(
            f"löftet {promise} går inte att pröva utan en kolumn {role} i rätt enhet",
            f"the promise {promise} cannot be checked without a column of role {role} in the right unit",
        )
    kept = keeps(result.amounts, column.numerators, column.denominator)
    if all(kept):
        return None
    party = result.parties[kept.index(False)]
    return Text(f"löftet {promise} bryts för {party}", f"the promise {promise} is broken for {party}")


def _totals(result: Allocation) -> Iterator[object]:
    """Yield the amounts that are no party's; an unknown cost and its residual are left out."""
    if isinstance(result, Split):
        yield from (result.total, result.region)
    if isinstance(result, Tariff):
        yield from (value for value in (result.supplier_cost, result.residual) if value is not None)


def _stated_cost(result: Allocation) -> Iterator[int | None]:
    if isinstance(result, Split):
        yield result.total
    if isinstance(result, Tariff):
        yield result.supplier_cost


def _keys(request: CostRequest) -> set[str]:
    return {party.key for party in request.parties}


def _kronor(ore: int | None) -> str:
    return "okänt" if ore is None else kronor_text(ore)
