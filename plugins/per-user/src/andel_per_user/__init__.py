"""A cost divided by all users: the price per user is the same for everyone, and the region bears its own users."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from andel.sdk.cost import CostModel
from andel.sdk.hookspecs import hookimpl
from andel_per_user.model import PerUser


@hookimpl
def andel_cost_models() -> Sequence[CostModel[Any]]:
    """Hand over every released version."""
    return (PerUser(),)
