from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from andel.host.discovery import Registered
from andel.sdk.apportionment import Promise
from andel.sdk.cost import Allocation, CostModel, CostRequest, Split
from andel.sdk.facts import FactBook, FactNeed, FactSeries, Source
from andel.sdk.money import Money
from andel.sdk.party import Party, PartyKind, Succession
from andel.sdk.period import Period
from andel.sdk.settings import Part, PluginSettings, described
from andel.sdk.text import Text
from andel.sdk.workings import Column, Role, Workings

LABEL = Text("rad", "row")
PLUGIN = """
from fractions import Fraction

from andel.sdk.cost import CostModel, Split
from andel.sdk.hookspecs import hookimpl
from andel.sdk.settings import PluginSettings
from andel.sdk.text import Text


class Settings(PluginSettings):
    pass


class Model(CostModel):
    id = "{id}"
    version = "1.0"
    title = Text("Modell", "Model")
    summary = Text("En modell.", "A model.")
    promises = frozenset()
    settings_type = Settings

    def needs(self, period, settings):
        return ()

    def allocate(self, request, settings):
        return None


@hookimpl
def andel_cost_models():
    return [Model()]
"""


class EvenSettings(PluginSettings):
    region_part: Part = described(
        "Regionens del",
        "The region's part",
        help_sv="Vad regionen bär.",
        help_en="What the region bears.",
        default="40 %",
    )
    notes: dict[str, str] = described(
        "Anteckningar", "Notes", help_sv="Fria ord.", help_en="Free words.", default_factory=dict
    )


class Answering(CostModel[EvenSettings]):
    """A model that answers what it is told to."""

    id = "answering"
    version = "1.0"
    title = Text("Svarar", "Answers")
    summary = Text("Svarar som den blivit tillsagd.", "Answers what it was told.")
    promises: frozenset[Promise] = frozenset()  # type: ignore[misc]  # set per instance in these tests
    settings_type = EvenSettings

    def __init__(self, answer: Callable[[CostRequest, EvenSettings], Any], promises: frozenset[Promise]) -> None:
        self.answer = answer
        self.promises = promises

    def needs(self, period: Period, settings: EvenSettings) -> tuple[FactNeed, ...]:
        del settings
        return (FactNeed(name="inhabitants", on=period.last_day),)

    def allocate(self, request: CostRequest, settings: EvenSettings) -> Allocation:
        answer: Allocation = self.answer(request, settings)
        return answer


def a_column(name: str, values: tuple[int, ...], *, role: Role | None = None, unit: str = "ore") -> Column:
    return Column(name=name, label=LABEL, numerators=values, unit=unit, role=role)


@dataclass(frozen=True, slots=True)
class Desk:
    """Hands out requests, results and models that are right, for a test to spoil."""

    settings: EvenSettings = field(default_factory=EvenSettings)
    label: Text = LABEL

    def request(self, **changes: Any) -> CostRequest:  # noqa: ANN401  (fields of the class)
        source = Source(title="Befolkning", date=date(2024, 12, 31))
        figures = FactSeries(
            name="inhabitants",
            unit="inhabitant",
            reference_date=date(2024, 12, 31),
            source=source,
            values={"alvik": 100, "borg": 200, "cedra": 0},
            control_total=300,
            corrects="Borg was missing",
        )
        request = CostRequest(
            service="journal",
            component="support",
            period=Period.year(2025),
            region="region",
            parties=(self.party("region", PartyKind.REGION), *map(self.party, ("alvik", "borg", "cedra"))),
            amount=Money(10000),
            amount_source=Source(title="Budget 2025"),
            facts=FactBook((figures,)),
            charged={"alvik": 500},
            successions=(Succession(predecessors=("adal",), successor="alvik", on=date(2020, 1, 1)),),
        )
        return replace(request, **changes)

    def party(self, key: str, kind: PartyKind = PartyKind.MUNICIPALITY, **changes: Any) -> Party:  # noqa: ANN401
        return Party(key=key, name=key.title(), kind=kind, **changes)

    def workings(
        self, amounts: tuple[int, ...] = (2000, 4000, 0), parties: tuple[str, ...] = ("alvik", "borg", "cedra")
    ) -> Workings:
        columns = (
            a_column("inhabitants", (100, 200, 0)[: len(parties)], role=Role.BASIS, unit="inhabitant"),
            a_column("exact", (2000, 4000, 0)[: len(parties)], role=Role.IDEAL),
            a_column("cap", (3000, 4000, 100)[: len(parties)], role=Role.CAP),
            a_column("amount", amounts, role=Role.AMOUNT),
        )
        return Workings(parties=parties, columns=columns)

    def split(self, **changes: Any) -> Split:  # noqa: ANN401  (fields of the class)
        workings = self.workings()
        right = Split(parties=workings.parties, amounts=(2000, 4000, 0), workings=workings, total=10000, region=4000)
        return replace(right, **changes)

    def model(
        self, answer: Callable[[CostRequest, EvenSettings], Any] | object, *, promises: frozenset[Promise] = frozenset()
    ) -> Registered:
        tell = answer if callable(answer) else lambda _request, _settings: answer
        return self.registered(Answering(tell, promises))

    def registered(self, model: CostModel[Any], *, distribution: str = "andel-answering") -> Registered:
        return Registered(
            id=model.id,
            version=model.version,
            model=model,
            plugin=model.id,
            distribution=distribution,
            distribution_version="3.1",
        )


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of installed distributions, first on the import path."""

    folder: Path

    def put(
        self,
        name: str,
        code: str = PLUGIN,
        *,
        requires: tuple[str, ...] = ("andel>=0.1,<0.2",),
        model: str = "",
        files: Mapping[str, str] | None = None,
    ) -> None:
        """Install a distribution ``andel-<name>`` 1.0 with the entry point ``name`` and one module of that code."""
        module = f"andel_{name}_{self.folder.name}".replace("-", "_")
        (self.folder / f"{module}.py").write_text(textwrap.dedent(code).replace("{id}", model or name))
        info = self.folder / f"andel_{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        needs = "".join(f"Requires-Dist: {line}\n" for line in requires)
        written = {
            "METADATA": f"Metadata-Version: 2.1\nName: andel-{name}\nVersion: 1.0\n{needs}\n# About {name}\n",
            "entry_points.txt": f"[andel.plugins]\n{name} = {module}\n",
        } | dict(files or {})
        for file, text in written.items():
            (info / file).write_text(text.replace("{module}", module))


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return Shelf(tmp_path)
