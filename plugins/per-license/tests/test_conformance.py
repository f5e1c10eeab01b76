from __future__ import annotations

from andel.sdk.testing import conformance
from andel_per_license import andel_cost_models

[MODEL] = andel_cost_models()

test_conformance = conformance(
    MODEL,
    settings=[
        {"price": "5000.00", "part_of_year": "whole-year"},
        {"price": "5000.00", "part_of_year": "months", "counted_on": "10-01", "earlier_counts": True},
        {"price": "0.07", "part_of_year": "days", "counted_on": "last-day", "missing_is_zero": True},
    ],
)
