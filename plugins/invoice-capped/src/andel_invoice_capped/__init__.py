"""The cost model ``invoice-capped``: by inhabitants, never above the limit for direct procurement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from andel.sdk.cost import CostModel
from andel.sdk.hookspecs import hookimpl
from andel_invoice_capped.model import InvoiceCapped


@hookimpl
def andel_cost_models() -> Sequence[CostModel[Any]]:
    """Hand over every released version of the model."""
    return (InvoiceCapped(),)
