"""An allocation put together again from its stored workings and sums."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from andel.sdk.cost import Allocation, Ceiling, Split, Tariff
from andel.sdk.errors import WorkingsError
from andel.sdk.workings import Role, Workings


def restored(
    kind: str, workings: Workings, *, payers: Mapping[str, str], currency: str, own: int | None, whole: int | None
) -> Allocation:
    """Return the allocation whose worked table this is.

    Args:
        kind: ``split``, ``tariff`` or ``ceiling``.
        workings: its column of role ``AMOUNT`` holds the amounts.
        payers: who is invoiced in another's place.
        currency: of the amounts.
        own: öre that the region bears; None when nobody knows.
        whole: öre that were divided, or that the supplier takes; None when nobody knows.

    Raises:
        WorkingsError: the workings hold no amounts, or a split has no total.
    """
    column = workings.of_role(Role.AMOUNT)
    if column is None or column.denominator != 1:
        message = "The stored workings hold no whole amounts."
        raise WorkingsError(message, where=workings.digest, remedy="Restore the database from its backup.")
    common: dict[str, Any] = {
        "parties": workings.parties,
        "amounts": column.numerators,
        "workings": workings,
        "currency": currency,
        "payers": dict(payers),
    }
    if kind == Split.kind:
        if own is None or whole is None:
            message = "The stored split has no total."
            raise WorkingsError(message, where=workings.digest, remedy="Restore the database from its backup.")
        return Split(total=whole, region=own, **common)
    if kind == Tariff.kind:
        return Tariff(supplier_cost=whole, residual=own, **common)
    return Ceiling(**common)
