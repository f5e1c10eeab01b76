"""The checks of each result, by name. A check raises ``CheckError`` with what it saw."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Any

from andel.sdk import demands
from andel.sdk.cost import Allocation, CostModel, CostRequest, Promise
from andel.sdk.errors import AndelError, WorkingsError
from andel.sdk.facts import FactBook, FactSeries
from andel.sdk.formulas import parse
from andel.sdk.money import Money
from andel.sdk.replay import check_replay
from andel.sdk.settings import PluginSettings
from andel.sdk.stored import read_workings
from andel.sdk.testing.verdict import CheckError, worded
from andel.sdk.text import Text
from andel.sdk.workings import Column, Role, Scalar

DEMANDS = tuple(demand.__name__.replace("_", "-") for demand in demands.CHECKS)
"""The checks that are demands on one result; see ``andel.sdk.demands``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One request and what the model made of it: an allocation, or a refusal that it gave instead.

    Attributes:
        before: what request and settings looked like before the model was asked.
        after: what they looked like when it had answered.
        broken: the first demand that the allocation does not meet, and why.
    """

    model: CostModel[Any]
    settings: Any
    request: CostRequest
    before: str
    after: str
    allocation: Allocation | None
    refusal: AndelError | None
    broken: tuple[str, Text] | None

    @classmethod
    def of(cls, model: CostModel[Any], settings: Any, request: CostRequest) -> Trial:  # noqa: ANN401  (its own type)
        """Ask the model.

        Raises:
            Exception: whatever the model raises that is no ``AndelError``.
        """
        before = _look(request, settings)
        allocation, refusal = _ask(model, settings, request)
        after = _look(request, settings)
        broken = None
        if allocation is not None:
            promised = model.promised(settings)
            subject = demands.Subject(request=request, result=demands.own_copy(allocation), promised=promised)
            broken = demands.examine(subject, demands.CHECKS)
        return cls(
            model=model,
            settings=settings,
            request=request,
            before=before,
            after=after,
            allocation=allocation,
            refusal=refusal,
            broken=broken,
        )

    def again(self, request: CostRequest) -> Allocation | None:
        """Ask the model once more, with the same settings; None when it refuses."""
        return _ask(self.model, self.settings, request)[0]


def _ask(
    model: CostModel[Any],
    settings: Any,  # noqa: ANN401  (the model's own settings type)
    request: CostRequest,
) -> tuple[Allocation | None, AndelError | None]:
    try:
        return model.allocate(request, settings), None
    except AndelError as refusal:
        return None, refusal


def _look(request: CostRequest, settings: PluginSettings) -> str:
    return f"{request!r} {settings!r}"


def refuses_readably(trial: Trial) -> None:
    """A refusal says what is wrong and what to do."""
    if trial.refusal is not None and not (trial.refusal.what and trial.refusal.remedy):
        message = f'The refusal "{trial.refusal}" lacks what is wrong or what to do about it.'
        raise CheckError(message)


def _demand(name: str) -> Callable[[Trial], None]:
    def check(trial: Trial) -> None:
        if trial.broken is not None and trial.broken[0].replace("_", "-") == name:
            raise CheckError(trial.broken[1].en)

    return check


def no_float(trial: Trial) -> None:
    """Nothing in the result is a float, or of any other type that could be inexact."""
    if trial.allocation is not None:
        _walk(trial.allocation, "the allocation")


def _walk(value: object, place: str) -> None:
    if isinstance(value, (Enum, date)) or value is None or type(value) in {bool, int, str, Fraction}:
        return
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            _walk(getattr(value, field.name), f"{place}.{field.name}")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            _walk(key, f"a key of {place}")
            _walk(inner, f"{place}[{key!r}]")
    elif isinstance(value, (tuple, frozenset)):
        for index, inner in enumerate(value):
            _walk(inner, f"{place}[{index}]")
    else:
        message = f"{place} is {value!r}, a {type(value).__name__}."
        raise CheckError(message)


def order_free(trial: Trial) -> None:
    """The order of the parties and of the rows of the facts does not matter."""
    for turned in (_turned(trial.request, 1), _turned(trial.request, 2)):
        other = trial.again(turned)
        if other == trial.allocation:
            continue
        if other is None or trial.allocation is None:
            message = "The same parties in another order are refused, or no longer refused."
            raise CheckError(message)
        message = f"In another order: {_difference(trial.allocation, other)}."
        raise CheckError(message)


def _turned(request: CostRequest, step: int) -> CostRequest:
    """Turn every order round; with step 2 the even places come before the odd ones."""
    return replace(
        request,
        parties=_reordered(request.parties, step),
        facts=FactBook(tuple(_turned_series(series, step) for series in request.facts.series)),
        charged=dict(_reordered(tuple(request.charged.items()), step)),
        successions=_reordered(request.successions, step),
    )


def _turned_series(series: FactSeries, step: int) -> FactSeries:
    return replace(series, values=dict(_reordered(tuple(series.values.items()), step)))


def _reordered(rows: tuple[Any, ...], step: int) -> tuple[Any, ...]:
    return rows[::-1] if step == 1 else rows[::step] + rows[1::step]


def _difference(one: Allocation, other: Allocation) -> str:
    for party in one.parties:
        if one.amount_of(party) != other.amount_of(party):
            return f"{party} has {other.amount_of(party).ore} öre instead of {one.amount_of(party).ore}"
    if one.workings.parties != other.workings.parties:
        return "the rows of the workings stand in another order; request.payers() gives a fixed one"
    return "the workings say something else"


def house_monotone(trial: Trial) -> None:
    """When it is promised: a greater total never lowers anyone's amount."""
    amount = trial.request.amount
    if Promise.HOUSE_MONOTONE not in trial.model.promised(trial.settings) or not amount or not trial.allocation:
        return
    for step in (1, 2, amount.ore // 7 + 3):
        greater = Money(amount.ore + step, amount.currency)
        other = trial.again(replace(trial.request, amount=greater))
        for party in trial.allocation.parties if other else ():
            was, now = trial.allocation.amount_of(party).ore, other.amount_of(party).ore if other else 0
            if now < was:
                message = f"{party} has {was} öre of {amount.ore}, but {now} of {greater.ore}."
                raise CheckError(message)


def pure(trial: Trial) -> None:
    """The same input gives the same result, once more, twice more, and after another request in between."""
    ore = trial.request.amount.ore if trial.request.amount else 0
    between = replace(trial.request, amount=Money(ore + 100))
    for request in (trial.request, trial.request, between, trial.request):
        other = trial.again(request)
        if request is between or other == trial.allocation:
            continue
        if other is None or trial.allocation is None:
            message = "The same request is refused once and answered once."
            raise CheckError(message)
        message = f"The second time: {_difference(trial.allocation, other)}."
        raise CheckError(message)


def untouched(trial: Trial) -> None:
    """The model changed neither the request nor the settings."""
    if not trial.before == trial.after == _look(trial.request, trial.settings):
        message = "The request or the settings are no longer what they were before the model was asked."
        raise CheckError(message)


def replays(trial: Trial) -> None:
    """Every value in the workings follows from its formula."""
    if trial.allocation is not None:
        try:
            check_replay(trial.allocation.workings)
        except WorkingsError as error:
            raise CheckError(str(error.complaints[0])) from None


def stored(trial: Trial) -> None:
    """The workings come back from their stored form as they were."""
    if trial.allocation is None:
        return
    workings = trial.allocation.workings
    try:
        back = read_workings(workings.canonical)
    except WorkingsError as error:
        raise CheckError(str(error)) from None
    if back != workings or back.digest != workings.digest:
        message = "The workings read back from their canonical JSON are not the same."
        raise CheckError(message)


def explained(trial: Trial) -> None:
    """Every value has a label in both languages, and a formula or a source; remainders name what is there."""
    if trial.allocation is None:
        return
    workings = trial.allocation.workings
    for value in workings.values:
        _explained(value)
    known = {*workings.parties, trial.request.region}
    names = {column.name for column in workings.columns}
    for remainder in workings.remainders:
        if remainder.column not in names or not set(remainder.takers) <= known:
            message = f"The remainder of {remainder.column} names a column or a taker that the workings do not have."
            raise CheckError(message)
    for finding in workings.findings:
        worded(finding.text, f"The finding {finding.code}")


def grounded(trial: Trial) -> None:
    """The amounts follow from a formula, and what they are checked against does not follow from the amounts."""
    workings = trial.allocation.workings if trial.allocation else None
    amount = workings.of_role(Role.AMOUNT) if workings else None
    if workings is None or amount is None:
        return
    if not amount.formula:
        message = f"{amount.name} has no formula: what is charged must follow from the other values."
        raise CheckError(message)
    rests = {value.name: parse(value.formula).names if value.formula else frozenset() for value in workings.values}
    for role in (Role.BASIS, Role.IDEAL, Role.CAP):
        column = workings.of_role(role)
        if column is not None and amount.name in _below(column.name, rests):
            message = f"{column.name}, of the role {role}, rests on the amounts that are checked against it."
            raise CheckError(message)


def _below(name: str, rests: Mapping[str, frozenset[str]]) -> set[str]:
    """Return all names that a value rests on, itself included."""
    found: set[str] = set()
    left = [name]
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += rests.get(one, frozenset())
    return found


def _explained(value: Scalar | Column) -> None:
    worded(value.label, f"The label of {value.name}")
    if not value.formula and value.source is None:
        message = f"{value.name} has neither a formula nor a source: nobody can tell where it comes from."
        raise CheckError(message)


def pickles(trial: Trial) -> None:
    """Request, settings and result go to a process of their own and back."""
    for value in (trial.request, trial.settings, trial.allocation):
        try:
            back = pickle.loads(pickle.dumps(value))  # noqa: S301  (made here, a line before)
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            message = f"{type(value).__name__} cannot be pickled: {error}."
            raise CheckError(message) from None
        if back != value:
            message = f"{type(value).__name__} comes back from pickle as another."
            raise CheckError(message)


RESULT_CHECKS: dict[str, Callable[[Trial], None]] = {
    "refuses-readably": refuses_readably,
    "no-float": no_float,
    **{name: _demand(name) for name in DEMANDS},
    Promise.ORDER_FREE.value: order_free,
    Promise.HOUSE_MONOTONE.value: house_monotone,
    "pure": pure,
    "untouched": untouched,
    "replays": replays,
    "stored": stored,
    "explained": explained,
    "grounded": grounded,
    "pickles": pickles,
}
"""The checks of each result."""
