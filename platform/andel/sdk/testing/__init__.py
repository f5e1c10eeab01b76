"""The examination kit: put any cost model through its paces, from the pytest of its own distribution.

It needs ``hypothesis`` and ``pytest``, which Andel itself does not. Two test functions are all there is to write::

    from andel.sdk.testing import cases, conformance
    from andel_even import andel_cost_models

    [EVEN] = andel_cost_models()
    test_conformance = conformance(EVEN, settings=[{"region_part": "50 %"}, {"region_part": "0 %"}])
    test_cases = cases("plugins/even/cases", [EVEN])

``conformance`` asks the model many made-up questions, 200 by default, as many as ``ANDEL_EXAMPLES`` says when it is
set, and gives one test per check; a failure shows the smallest question that it was found with. ``examine`` does the
same without pytest. ``cases`` runs the cases that officials can read; see ``andel.sdk.testing.casefiles``.
"""

from andel.sdk.testing.casefiles import Case, CaseError, cases, read_cases
from andel.sdk.testing.conformance import CHECKS, Examination, Failure, conformance, examine

__all__ = [
    "CHECKS",
    "Case",
    "CaseError",
    "Examination",
    "Failure",
    "cases",
    "conformance",
    "examine",
    "read_cases",
]
