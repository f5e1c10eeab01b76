from __future__ import annotations

from andel.sdk.testing import conformance
from andel_per_capita import andel_cost_models

[MODEL] = andel_cost_models()
REGION = {"name": "regionen", "part": "70 %", "kinds": ["region"]}
OTHERS = {"name": "parterna", "part": "30 %", "kinds": ["municipality", "district", "association", "provider"]}
THREE = [
    REGION | {"part": "1/3"},
    {"name": "kommunerna", "part": "1/3", "kinds": ["municipality"]},
    {"name": "de andra", "part": "1/3", "kinds": ["district", "association", "provider"]},
]
NO_REGION = [{"name": "kommunerna", "part": "3/7", "kinds": ["municipality"]}, THREE[2] | {"part": "4/7"}]

test_conformance = conformance(
    MODEL,
    settings=[
        {"groups": groups, "counted_on": "06-30", "method": method, "earlier_counts": method == "webster"}
        for groups in ([REGION, OTHERS], [OTHERS | {"part": "1"}], THREE, NO_REGION)
        for method in ("largest-remainder", "webster", "half-up-reconciled")
    ],
)
