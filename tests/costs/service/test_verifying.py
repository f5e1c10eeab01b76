from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from andel.app import Installation
from andel.costs.service.allocating import Allocator
from andel.costs.service.verifying import Verdict, verify
from andel.host.registry import Registry
from andel.sdk.period import Period


@pytest.fixture
def saved(allocator: Allocator) -> dict[str, Any]:
    service = allocator.book.service("rss")
    return allocator.allocate(service, service.components[0], Period.year(2026)).saved()


def _verdicts(saved: dict[str, Any], registry: Registry) -> dict[str, Verdict]:
    return {check.name: check.verdict for check in verify(saved, registry).checks}


def test_an_untouched_result_is_the_same_by_every_check(saved: dict[str, Any], instance: Installation) -> None:
    verification = verify(saved, instance.registry)
    assert verification.holds
    assert [check.name for check in verification.checks] == ["digest", "money", "formulas", "model"]


def _change_amount(data: dict[str, Any]) -> None:
    data["result"]["amounts"][0] += 1


def _change_fact(data: dict[str, Any]) -> None:
    data["request"]["facts"][0]["values"]["mora"] += 1


def _change_workings(data: dict[str, Any]) -> None:
    data["workings"]["scalars"][-1]["value"][0] += 1


def _change_setting(data: dict[str, Any]) -> None:
    data["settings"]["method"] = "webster"


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        (_change_amount, {"digest", "money", "model"}),
        (_change_fact, {"digest", "model"}),
        (_change_workings, {"digest", "formulas", "model"}),
        (_change_setting, {"digest", "model"}),
    ],
)
def test_a_changed_result_is_found_by_the_checks_it_breaks(
    saved: dict[str, Any], instance: Installation, change: Callable[[dict[str, Any]], None], differs: set[str]
) -> None:
    data = copy.deepcopy(saved)
    if "control_total" in data["request"]["facts"][0]:
        data["request"]["facts"][0]["control_total"] = None
    change(data)
    found = _verdicts(data, instance.registry)
    assert {name for name, verdict in found.items() if verdict is Verdict.DIFFERENT} >= differs


def test_a_model_version_that_is_gone_is_unknown_not_same(saved: dict[str, Any]) -> None:
    verification = verify(saved, Registry())
    assert not verification.holds
    assert _verdicts(saved, Registry())["model"] is Verdict.UNKNOWN
