from __future__ import annotations

from andel.sdk.testing import conformance
from andel_direct_usage import andel_cost_models

[MODEL] = andel_cost_models()
TRANSACTIONS = {"key": "last-years-transactions"}

test_conformance = conformance(
    MODEL,
    settings=[
        {"key": "units", "unit_price": "245.50"},
        {"key": "units", "unit_price": "0.01", "payer": "p000", "missing_is_zero": True},
        TRANSACTIONS,
        TRANSACTIONS | {"method": "webster", "payers": {"p037": "p000"}, "earlier_counts": True},
        TRANSACTIONS | {"method": "half-up-reconciled", "region_takes_part": False},
    ],
)
