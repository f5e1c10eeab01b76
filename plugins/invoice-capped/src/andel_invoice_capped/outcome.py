"""The division itself: the cost by the key, each kept under what is left of its cap."""

from __future__ import annotations

from dataclasses import dataclass

from andel.sdk.apportionment import METHODS, Apportionment, capped
from andel_invoice_capped.caps import Caps
from andel_invoice_capped.census import Census, no_inhabitants
from andel_invoice_capped.settings import InvoiceCappedSettings, Overflow


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the split came to, in öre per payer.

    Attributes:
        divided: the cost by the key, before any cap; with what the cap cuts off spread, equal to ``amounts``.
        region: what the region bears.
    """

    cost: int
    census: Census
    caps: Caps
    divided: Apportionment
    amounts: tuple[int, ...]

    @property
    def region(self) -> int:
        """What the region bears: what the caps cut off, and what rounding leaves."""
        return self.cost - sum(self.amounts)

    @classmethod
    def of(cls, cost: int, census: Census, caps: Caps, settings: InvoiceCappedSettings) -> Outcome:
        """Divide the cost.

        Raises:
            AllocationError: no one has any inhabitants, or the cost is negative.
        """
        if not any(census.basis):
            raise no_inhabitants(census)
        if settings.overflow is Overflow.SPREAD:
            divided = capped(cost, census.basis, caps.left)
            amounts = divided.shares
        else:
            divided = METHODS[settings.rounding].apportion(cost, census.basis)
            amounts = tuple(map(min, divided.shares, caps.left))
        return cls(cost=cost, census=census, caps=caps, divided=divided, amounts=amounts)
