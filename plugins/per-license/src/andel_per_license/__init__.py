"""a price per licence and year, times seats, times the part of the year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from andel.sdk.cost import CostModel
from andel.sdk.hookspecs import hookimpl
from andel_per_license.model import PerLicense


@hookimpl
def andel_cost_models() -> Sequence[CostModel[Any]]:
    """Hand over every released version."""
    return (PerLicense(),)
