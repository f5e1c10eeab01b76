"""The API of services and their costs, of runs, allocations, charges and why each amount is what it is."""

from __future__ import annotations

from typing import Final

from andel.costs.api.allocations import add_allocations
from andel.costs.api.amounts import add_amounts
from andel.costs.api.charges import add_charges
from andel.costs.api.previews import add_previews
from andel.costs.api.runs import add_runs
from andel.costs.api.services import add_services
from andel.costs.api.settings import add_settings_operations
from andel.costs.model import CostError
from andel.costs.service.changing import AlreadyThereError
from andel.parties.pages import Regions
from andel.sdk.text import Text
from andel.shared.api import Gate, Resources
from andel.shared.api.changing import Changing, unchecked
from andel.shared.problems import Kind, Kinds

__all__ = ["PROBLEMS", "result_resources", "service_resources"]

PROBLEMS: Final[Kinds] = {
    CostError: Kind("costs", 422, Text("Det går inte ihop med kostnaderna", "It does not fit the costs")),
    AlreadyThereError: Kind("already-there", 409, Text("Det finns redan", "It is there already")),
}
"""What the errors of costs mean on the web."""


def service_resources(gate: Gate, regions: Regions, *, changing: Changing = unchecked) -> Resources:
    """Return the operations on services and what they cost; ``changing`` wraps each change."""
    about = Text("Tjänster, kostnadsdelar, inställningar och kostnader", "Services, components, settings and costs")
    resources = Resources("services", about, gate)
    add_services(resources, changing)
    add_settings_operations(resources, regions, changing)
    add_amounts(resources, changing)
    return resources


def result_resources(gate: Gate, regions: Regions) -> Resources:
    """Return the operations on previews, runs, allocations, charges and workings."""
    about = Text("Körningar, fördelningar, debiteringar och varför", "Runs, allocations, charges and why")
    resources = Resources("results", about, gate)
    add_previews(resources, regions)
    add_runs(resources, regions)
    add_allocations(resources)
    add_charges(resources)
    return resources
