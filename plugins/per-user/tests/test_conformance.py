from __future__ import annotations

from andel.sdk.testing import conformance
from andel_per_user import andel_cost_models

[MODEL] = andel_cost_models()

test_conformance = conformance(
    MODEL,
    settings=[
        {},
        {"method": "webster", "earlier_counts": True, "missing_is_zero": True},
        {"method": "half-up-reconciled", "counted_on": "last-day"},
    ],
)
