"""groups bear fixed parts, and inside a group each pays by its inhabitants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from andel.sdk.cost import CostModel
from andel.sdk.hookspecs import hookimpl
from andel_per_capita.model import PerCapita


@hookimpl
def andel_cost_models() -> Sequence[CostModel[Any]]:
    """Hand over every released version."""
    return (PerCapita(),)
