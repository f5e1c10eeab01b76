"""the using unit pays, by what it ordered or by last year's transactions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from andel.sdk.cost import CostModel
from andel.sdk.hookspecs import hookimpl
from andel_direct_usage.model import DirectUsage


@hookimpl
def andel_cost_models() -> Sequence[CostModel[Any]]:
    """Hand over every released version."""
    return (DirectUsage(),)
