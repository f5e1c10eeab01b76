from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from andel.sdk.apportionment import Promise
from andel.sdk.cost import Allocation, Ceiling, CostModel, CostRequest
from andel.sdk.facts import FactNeed
from andel.sdk.period import Period
from andel.sdk.settings import Kronor, PluginSettings, described
from andel.sdk.testing import Examination, examine
from andel.sdk.text import Text
from andel.sdk.workings import Column, Role, Workings


class Described(PluginSettings):
    cap: Kronor = described("Tak", "Cap", help_sv="Högsta belopp.", help_en="Highest amount.", ge=0, default=10**9)


AMOUNT = Column(name="amount", label=Text("Belopp", "Amount"), numerators=(), unit="ore", formula="0", role=Role.AMOUNT)


class Empty(CostModel[Any]):
    """Answers every request with an empty ceiling: here its settings and its words are what is examined."""

    id = "empty"
    version = "1"
    title = Text("Tom", "Empty")
    summary = Text("Fördelar inget.", "Divides nothing.")
    promises: ClassVar[frozenset[Promise]] = frozenset()

    def __init__(self, settings_type: type[PluginSettings] = Described) -> None:
        self.settings_type = settings_type

    def needs(self, period: Period, settings: PluginSettings) -> tuple[FactNeed, ...]:  # noqa: ARG002  (the contract's)
        return ()

    def allocate(self, request: CostRequest, settings: PluginSettings) -> Allocation:  # noqa: ARG002  (the contract's)
        return Ceiling(parties=(), amounts=(), workings=Workings(parties=(), columns=(AMOUNT,)))


def examined(model: CostModel[Any], *settings: Mapping[str, object]) -> Examination:
    return examine(model, settings=settings or ({},), examples=5, elsewhere=False)


def test_a_model_with_described_settings_passes() -> None:
    assert examined(Empty(), {}, {"cap": "7.00"}).passed


class Undescribed(PluginSettings):
    cap: Kronor = 10**9


class Nested(PluginSettings):
    inner: Undescribed = described("Inre", "Inner", help_sv="Hjälp.", help_en="Help.", default=Undescribed())


class Unordered(PluginSettings):
    cap: Kronor = described("Tak", "Cap", help_sv="Högst.", help_en="Highest.", default=10**9)
    groups: frozenset[str] = described("Grupper", "Groups", help_sv="Vilka.", help_en="Which.", default=frozenset())


class HalfTranslated(PluginSettings):
    cap: Kronor = described("Tak", "Cap", help_sv="", help_en="Highest.", default=10**9)


class Lax(Described):
    @classmethod
    def read(cls, values: Mapping[str, object], *, where: str = "") -> Lax:
        return super().read({name: value for name, value in values.items() if name == "cap"}, where=where)


class Lossy(Described):
    def plain(self) -> dict[str, Any]:
        return {}


class FloatSetting(Described):
    rate: float = described("Sats", "Rate", help_sv="Sats.", help_en="Rate.", default=0.5)


@pytest.mark.parametrize(
    ("settings_type", "check", "words"),
    [
        (Undescribed, "settings-described", "Undescribed.cap is not declared"),
        (Nested, "settings-described", "Undescribed.cap is not declared"),
        (Unordered, "settings-described", "is a set"),
        (HalfTranslated, "settings-described", "lacks Swedish or English"),
        (Lax, "settings-strict", "does not exist is accepted"),
        (FloatSetting, "settings-round-trip", "float"),
    ],
)
def test_settings_that_break_a_rule_are_named(settings_type: type[PluginSettings], check: str, words: str) -> None:
    found = examined(Empty(settings_type))
    assert words in found.failures[check].seen


def test_settings_that_lose_a_value_are_named() -> None:
    found = examined(Empty(Lossy), {"cap": "7.00"})
    assert "is read back as" in found.failures["settings-round-trip"].seen


class UpgradesAnything(Empty):
    def upgrade_settings(self, version: str, values: Mapping[str, object]) -> dict[str, object]:  # noqa: ARG002  (the fault)
        return dict(values)


class Nameless(Empty):
    title = Text("Rättvis", " ")


def test_an_upgrade_from_anywhere_and_a_missing_title_are_named() -> None:
    assert "settings-upgrade" in examined(UpgradesAnything()).failures
    assert "identity" in examined(Nameless()).failures
