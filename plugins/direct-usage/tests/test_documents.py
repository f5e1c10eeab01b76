from __future__ import annotations

from pathlib import Path

from andel.sdk.testing import cases
from andel.sdk.testing.readme import readme
from andel_direct_usage import andel_cost_models

HOME = Path(__file__).parents[1]

test_cases = cases(HOME / "cases", andel_cost_models())
test_readme = readme(HOME / "README.md", andel_cost_models())
