"""The house as DESIGN draws it: which way imports point, and that the contracts in pyproject.toml know every room."""

from __future__ import annotations

import ast
import os
import platform
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ANDEL = ROOT / "platform" / "andel"
PLUGINS = sorted(path for path in ROOT.glob("plugins/*/src/*") if (path / "__init__.py").is_file())
LINT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
MODULES = {path.stem for path in ANDEL.glob("*.py")} - {"__init__"}
ROOMS = MODULES | {path.parent.name for path in ANDEL.glob("*/__init__.py")}
PLUGIN_MAY = {"andel.sdk", "pydantic", "pydantic_core"}


def contract(kind: str, key: str, value: object) -> dict[str, Any]:
    [found] = [each for each in LINT["contracts"] if each["type"] == kind and value in each.get(key, ())]
    return dict(found)


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relative to itself"
            yield from ((f"{node.module}.{alias.name}") for alias in node.names)


def test_the_folder_platform_does_not_shadow_the_standard_library() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert platform.python_version().startswith("3.")
    assert not Path(platform.__file__).is_relative_to(ROOT)


def test_the_order_of_rooms_names_every_room() -> None:
    layers = {layer.strip("()") for layer in contract("layers", "containers", "andel")["layers"]}
    assert layers >= ROOMS


def test_what_plugins_may_not_import_names_every_room_but_the_sdk() -> None:
    forbidden = contract("forbidden", "forbidden_modules", "andel.host")["forbidden_modules"]
    assert set(forbidden) == {f"andel.{room}" for room in ROOMS - {"sdk"}}


def test_the_contracts_name_every_plugin() -> None:
    names = [path.name for path in PLUGINS]
    assert names
    assert LINT["root_packages"] == ["andel", *sorted(names)]
    assert contract("forbidden", "forbidden_modules", "andel.host")["source_modules"] == sorted(names)
    assert contract("independence", "modules", names[0])["modules"] == sorted(names)


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_a_plugin_imports_only_the_sdk_pydantic_the_standard_library_and_itself(plugin: Path) -> None:
    for file in plugin.rglob("*.py"):
        for name in imported(file):
            top = name.split(".")[0]
            allowed = top in sys.stdlib_module_names or top == plugin.name
            assert allowed or any(name == may or name.startswith(f"{may}.") for may in PLUGIN_MAY), f"{file}: {name}"


def test_only_the_host_calls_hooks() -> None:
    users = {
        file.relative_to(ANDEL).as_posix()
        for file in ANDEL.rglob("*.py")
        if any(name.split(".")[0] == "pluggy" for name in imported(file))
    }
    assert users == {"sdk/hookspecs.py", "host/hooks.py"}


WRONG = {
    "andel/sdk/money.py": "import flask",
    "andel/shared/wrong.py": "import andel.host.errors",
    "andel/host/errors.py": "import andel.host.cli",
    "andel/newroom/__init__.py": "",
    "andel/costs/model/wrong.py": "import andel.costs.service",
    "andel_per_user/__init__.py": "import andel.host.errors\nimport andel_per_capita",
}


def test_each_contract_breaks_when_an_import_points_the_wrong_way(tmp_path: Path) -> None:
    shutil.copytree(ANDEL, tmp_path / "andel", ignore=shutil.ignore_patterns("__pycache__", "static"))
    for name, line in WRONG.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{line}\n")
    lint = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", str(ROOT / "pyproject.toml")]
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    result = subprocess.run(lint, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  (our own tool)
    assert result.returncode == 1
    assert f"Contracts: 0 kept, {len(LINT['contracts'])} broken." in result.stdout
    assert "- andel.newroom" in result.stdout
