from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

import pytest

from andel.sdk.apportionment import Promise
from andel.sdk.building import Named, cost_scalar, divide, region_scalar, whole_scalar
from andel.sdk.cost import CostModel, CostRequest, Split
from andel.sdk.counting import counts, needs_of
from andel.sdk.facts import FactNeed
from andel.sdk.period import Period
from andel.sdk.settings import PluginSettings, described
from andel.sdk.testing.readme import differences, readme
from andel.sdk.text import Text
from andel.sdk.workings import Rounding, Workings

README = """
The setting `spare` is what the region keeps. It keeps `order-free`.

```yaml
title: Two share
model: spare
version: 1
given:
  period: 2025
  amount: 100.00
  settings: {spare: 25}
  parties: {region: {name: Region Ås, kind: region}, a: Älvsund, b: Östmark}
  facts: [{name: users, on: 2025-12-31, source: Census, values: {a: 1, b: 2}}]
then:
  region: 25.00
```

| | Users | Exact amount | Amount |
|---|---|---|---|
| Älvsund | 1 | 25.0 kr | 25.00 kr |
| Östmark | 2 | | 50.00 kr |
| Region Ås | | | 25.00 kr |
| Sum | | | 100.00 kr |
"""


class SpareSettings(PluginSettings):
    spare: int = described("Behålls", "Kept", help_sv="Kronor.", help_en="Kronor.", default=0)


class Spare(CostModel[SpareSettings]):
    """The region keeps a sum, the rest is divided by users."""

    id: ClassVar[str] = "spare"
    version: ClassVar[str] = "1"
    title: ClassVar[Text] = Text("Resten", "The rest")
    summary: ClassVar[Text] = Text("Resten delas.", "The rest is divided.")
    promises: ClassVar[frozenset[Promise]] = frozenset({Promise.ORDER_FREE})
    settings_type: type[SpareSettings] = SpareSettings

    def needs(self, period: Period, settings: SpareSettings) -> tuple[FactNeed, ...]:  # noqa: ARG002  (the contract)
        return needs_of("users", period.last_day)

    def allocate(self, request: CostRequest, settings: SpareSettings) -> Split:  # noqa: ARG002  (a fixed example)
        parties = request.payers()
        users = counts(request, self.needs(request.period, SpareSettings())[0], parties).column("users", parties)
        cost = cost_scalar(request)
        part, everyone = cost.value * Fraction(3, 4), sum(users.numerators)
        division = divide(
            int(part),
            users.numerators,
            parties,
            method=Rounding.LARGEST_REMAINDER,
            names=Named(total="part", basis="users", whole="everyone"),
        )
        bears = region_scalar(request, division.amounts)
        workings = Workings(
            parties=tuple(party.key for party in parties),
            scalars=(
                cost,
                whole_scalar("part", Text("Del", "Part"), int(part), "ore", formula="cost * 3 / 4"),
                whole_scalar("everyone", Text("Alla", "All"), everyone, "user", formula="sum(users)"),
                bears,
            ),
            columns=(users, *division.columns),
        )
        return Split(
            parties=workings.parties,
            amounts=division.amounts,
            workings=workings,
            total=int(cost.value),
            region=int(bears.value),
        )


MODELS: Sequence[CostModel[SpareSettings]] = (Spare(),)


def test_a_readme_whose_table_is_what_the_model_computes_passes(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(README, encoding="utf-8")

    assert differences(README, MODELS, tmp_path) == ()
    readme(tmp_path / "README.md", MODELS)(tmp_path)


@pytest.mark.parametrize(
    ("true", "false", "words"),
    [
        ("| 50.00 kr |", "| 50.01 kr |", "Östmark, Amount: 50.01 kr is written, it is 5000."),
        ("| | | 25.00 kr |", "| | | 24.00 kr |", "Region Ås, Amount: 24.00 kr"),
        ("| | | 100.00 kr |", "| | | 99.00 kr |", "Sum, Amount: 99.00 kr"),
        ("| 25.0 kr |", "| 25.1 kr |", "Älvsund, Exact amount: 25.1 kr"),
        ("Exact amount", "Exakt", "Älvsund, Exakt: 25.0 kr is written, it is None."),
        ("| Älvsund | 1 | 25.0 kr | 25.00 kr |\n", "", "Älvsund has no row."),
        ("| Östmark | 2 |", "| Östmark | two |", "Östmark, Users: two is written, it is 2."),
        ("| Östmark |", "| Västmark |", "Västmark, Users: 2 is written, it is None."),
        ("region: 25.00\n", "region: 26.00\n", "expected the region's part 26.00, it is 25.00"),
        ("`spare`", "spare", "The setting `spare` is not described."),
        ("`order-free`", "order-free", "The promise `order-free` is not named."),
        ("\n| | Users", "\nA table:\n| | Users", "There is no worked table"),
    ],
)
def test_what_a_readme_says_that_is_not_so_is_told(tmp_path: Path, true: str, false: str, words: str) -> None:
    assert true in README

    found = differences(README.replace(true, false), MODELS, tmp_path)

    assert any(words in difference for difference in found), found
