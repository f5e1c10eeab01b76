"""Pure decisions on what is shared and what it costs."""

from andel.costs.model.book import Basis, Cost, CostComponent, CostError, RegionBook, Service

__all__ = ["Basis", "Cost", "CostComponent", "CostError", "RegionBook", "Service"]
