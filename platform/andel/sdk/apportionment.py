"""Named ways to divide a whole number of öre by weights.

No method keeps every promise one could wish for (Balinski and Young, 1982), so each says which it keeps.
Weights are whole numbers, and rows earlier in the sequence win ties: sort the parties by ``Party.order``
and the result does not depend on the order they came in.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from andel.sdk.errors import AllocationError
from andel.sdk.workings import Rounding


class Promise(StrEnum):
    """What a method or a cost model says of all its results; the host and the examination check it.

    ORDER_FREE: the order of the parties does not matter.
    WITHIN_QUOTA: each amount differs from the exact one by less than one öre.
    HOUSE_MONOTONE: a greater total never lowers anyone's amount.
    NEVER_ABOVE_CAP: no amount passes the cap in the workings.
    ZERO_FOR_ZERO: a party without any of the basis pays nothing.
    """

    ORDER_FREE = "order-free"
    WITHIN_QUOTA = "within-quota"
    HOUSE_MONOTONE = "house-monotone"
    NEVER_ABOVE_CAP = "never-above-cap"
    ZERO_FOR_ZERO = "zero-for-zero"


@dataclass(frozen=True, slots=True)
class Apportionment:
    """The shares in the order of the weights, and the rows that took one öre of the remainder.

    ``reconciliation`` is what the shares miss the total by (only half-up leaves any).
    """

    shares: tuple[int, ...]
    takers: tuple[int, ...] = ()
    reconciliation: int = 0


def _check(total: int, weights: Sequence[int]) -> int:
    whole = sum(weights)
    if total < 0 or any(weight < 0 for weight in weights):
        message = "A total and its weights cannot be negative."
        raise AllocationError(message, remedy="Split a credit as its own, positive, amount.")
    if whole == 0 and total:
        message = "There is nothing to divide by: every weight is zero."
        raise AllocationError(message, remedy="Check the facts that the weights come from.")
    return whole


def largest_remainder(total: int, weights: Sequence[int]) -> Apportionment:
    """Give each its whole part, then one öre each to the largest remainders (Hamilton's method)."""
    whole = _check(total, weights)
    if whole == 0:
        return Apportionment((0,) * len(weights))
    products = [total * weight for weight in weights]
    shares = [product // whole for product in products]
    left = total - sum(shares)
    if not left:
        return Apportionment(tuple(shares))
    remainders = [product % whole for product in products]
    takers = sorted(range(len(weights)), key=lambda row: (-remainders[row], row))[:left]
    for row in takers:
        shares[row] += 1
    return Apportionment(tuple(shares), tuple(takers))


def webster(total: int, weights: Sequence[int]) -> Apportionment:
    """Divide by Webster's method (Sainte-Laguë): a greater total never lowers a share.

    Starts from the rounded quotas and moves single öre until no move betters weight / (2 x share + 1).
    """
    whole = _check(total, weights)
    if whole == 0:
        return Apportionment((0,) * len(weights))
    shares = [(2 * total * weight + whole) // (2 * whole) for weight in weights]
    start = tuple(shares)
    _settle(shares, weights, total - sum(shares))
    takers = tuple(row for row, share in enumerate(shares) if share > start[row])
    return Apportionment(tuple(shares), takers)


def _settle(shares: list[int], weights: Sequence[int], missing: int) -> None:
    step = 1 if missing > 0 else -1
    heap = [_next(row, shares[row], weights[row], step) for row in range(len(shares)) if weights[row]]
    heapq.heapify(heap)
    for _ in range(abs(missing)):
        _, _, row = heapq.heappop(heap)
        shares[row] += step
        heapq.heappush(heap, _next(row, shares[row], weights[row], step))


def _next(row: int, share: int, weight: int, step: int) -> tuple[Fraction, int, int]:
    """Rank what the row would do next: the smallest gives or takes the next öre."""
    if step > 0:
        return Fraction(2 * share + 1, weight), row, row
    return -Fraction(2 * share - 1, weight), -row, row


def half_up_reconciled(total: int, weights: Sequence[int]) -> Apportionment:
    """Round each share by itself, halves up; what is missed or exceeded is left as the reconciliation."""
    whole = _check(total, weights)
    if whole == 0:
        return Apportionment((0,) * len(weights))
    shares = tuple((2 * total * weight + whole) // (2 * whole) for weight in weights)
    return Apportionment(shares, (), total - sum(shares))


@dataclass(frozen=True, slots=True)
class Method:
    """A way to apportion, and what it promises."""

    apportion: Callable[[int, Sequence[int]], Apportionment]
    promises: frozenset[Promise]


METHODS: dict[Rounding, Method] = {
    Rounding.LARGEST_REMAINDER: Method(
        largest_remainder, frozenset({Promise.ORDER_FREE, Promise.WITHIN_QUOTA, Promise.ZERO_FOR_ZERO})
    ),
    Rounding.WEBSTER: Method(webster, frozenset({Promise.ORDER_FREE, Promise.HOUSE_MONOTONE, Promise.ZERO_FOR_ZERO})),
    Rounding.HALF_UP_RECONCILED: Method(
        half_up_reconciled,
        frozenset({Promise.ORDER_FREE, Promise.WITHIN_QUOTA, Promise.HOUSE_MONOTONE, Promise.ZERO_FOR_ZERO}),
    ),
}
"""Every method by its stored name."""


def capped(total: int, weights: Sequence[int], caps: Sequence[int]) -> Apportionment:
    """Divide so that none passes its cap: what the caps cut off goes to those below theirs, by largest remainder.

    Who would get more than the cap, exactly, gets the cap; the rest is divided anew until no one would. So each
    amount is the cap, or less than one öre from the exact amount. What no one has room for is the reconciliation.

    Raises:
        AllocationError: the total, a weight or a cap is negative, or every weight is zero.
    """
    _check(total, weights)
    if any(cap < 0 for cap in caps):
        message = "A cap cannot be negative."
        raise AllocationError(message, remedy="Let one that is passed already be zero.")
    shares = [0] * len(weights)
    free = [row for row, weight in enumerate(weights) if weight]
    left, whole = total, sum(weights)
    while over := [row for row in free if left * weights[row] > caps[row] * whole]:
        for row in over:
            shares[row] = caps[row]
        left -= sum(caps[row] for row in over)
        whole -= sum(weights[row] for row in over)
        free = sorted(set(free).difference(over))
    part = largest_remainder(left, [weights[row] for row in free]) if free else Apportionment((), (), left)
    for row, share in zip(free, part.shares, strict=True):
        shares[row] = share
    return Apportionment(tuple(shares), tuple(free[place] for place in part.takers), part.reconciliation)
