"""The hooks that a plugin may implement. Each hands over typed objects; the objects do the work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pluggy

from andel.sdk.cost import CostModel

PROJECT = "andel"
ENTRY_POINTS = "andel.plugins"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def andel_cost_models() -> Sequence[CostModel[Any]]:  # type: ignore[empty-body]  # a specification has no body
    """Hand over the cost models of the distribution, every released version of each.

    Called once, at start-up. Failure policy: ``required`` for the plugin itself (it is refused by name and
    shown), contained for the host (the other plugins go on).
    """
