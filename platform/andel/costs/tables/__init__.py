"""Services, cost components, allocation runs and their results, as rows."""

from andel.costs.tables.allocations import AllocationInputRow, AllocationRow, ChargeRow, Kind, Purpose, WorkingsRow
from andel.costs.tables.runs import AllocationRunRow, InputChangeRow, ItemState, RunItemRow, RunState
from andel.costs.tables.services import (
    ComponentPartyRow,
    ComponentSettingsRow,
    CostAmountRow,
    CostComponentRow,
    ServiceRow,
)

__all__ = [
    "AllocationInputRow",
    "AllocationRow",
    "AllocationRunRow",
    "ChargeRow",
    "ComponentPartyRow",
    "ComponentSettingsRow",
    "CostAmountRow",
    "CostComponentRow",
    "InputChangeRow",
    "ItemState",
    "Kind",
    "Purpose",
    "RunItemRow",
    "RunState",
    "ServiceRow",
    "WorkingsRow",
]
