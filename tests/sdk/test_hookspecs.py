from __future__ import annotations

import inspect
import re
from pathlib import Path

import pluggy
import pytest

from andel.sdk import hookspecs

HOOKS = {name: hook for name, hook in vars(hookspecs).items() if name.startswith(f"{hookspecs.PROJECT}_")}
TESTS = Path(__file__).parents[1]


def test_there_are_hooks_and_each_is_a_specification() -> None:
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    assert {name for name in vars(manager.hook) if not name.startswith("_")} == set(HOOKS)
    assert HOOKS


@pytest.mark.parametrize("name", HOOKS)
def test_each_hook_says_what_it_is_for_and_what_happens_when_it_fails(name: str) -> None:
    text = inspect.getdoc(HOOKS[name]) or ""
    assert len(text.partition("\n")[0]) > 20
    policy = text.partition("Failure policy:")[2]
    assert re.search(r"``(required|optional)``", policy), f"{name} states no failure policy"


@pytest.mark.parametrize("name", HOOKS)
def test_each_hook_has_typed_arguments_and_a_typed_answer(name: str) -> None:
    signature = inspect.signature(HOOKS[name])
    assert signature.return_annotation is not inspect.Signature.empty
    assert all(parameter.annotation is not inspect.Parameter.empty for parameter in signature.parameters.values())


@pytest.mark.parametrize("name", HOOKS)
def test_no_hook_stops_at_the_first_answer(name: str) -> None:
    options = getattr(HOOKS[name], f"{hookspecs.PROJECT}_spec")
    assert not options["firstresult"]


@pytest.mark.parametrize("name", HOOKS)
def test_each_hook_is_tried_by_a_test(name: str) -> None:
    tests = [path for path in TESTS.rglob("test_*.py") if path != Path(__file__)]
    naming = [path.name for path in tests if re.search(rf"\b{name}\b", path.read_text(encoding="utf-8"))]
    assert naming, f"no test names the hook {name}"
