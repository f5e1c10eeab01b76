from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from andel.host.cli import plugins_command
from andel.host.discovery import Discovery, Plugin, Refusal
from andel.host.registry import Registry
from andel.sdk.apportionment import Promise
from andel.sdk.settings import PluginSettings, described

if TYPE_CHECKING:
    from tests.host.conftest import Desk

BROKEN = Refusal(plugin="per-card", distribution="andel-card", version="2", reason="It fails.", remedy="Mend it.")


@dataclass(frozen=True, slots=True)
class Installed:
    found: Registry = field(default_factory=Registry)

    def registry(self) -> Registry:
        return self.found

    def enabled(self) -> Mapping[str, Sequence[str]]:
        return {"answers": ("dalarna", "skane")}

    def run(self, *arguments: str) -> Result:
        return CliRunner(env={"COLUMNS": "200"}).invoke(plugins_command(self), list(arguments))


@pytest.fixture
def installed(desk: Desk) -> Installed:
    models = (replace(desk.model(None), plugin="answers"),)
    docs = "# Answers\n\nAll."
    plugin = Plugin(name="answers", distribution="andel-answering", version="3.1", models=models, docs=docs)
    return Installed(Registry.of(Discovery((plugin,), (BROKEN,))))


def test_the_list_shows_what_is_installed_where_it_is_enabled_and_what_is_refused_why(installed: Installed) -> None:
    result = installed.run()
    assert result.exit_code == 0
    for words in ("answering 1.0", "andel-answering", "3.1", "dalarna, skane", "per-card", "It fails.", "Mend it."):
        assert words in result.output


def test_the_list_as_json_holds_the_same(installed: Installed) -> None:
    result = installed.run("--format", "json")
    data = json.loads(result.output)
    assert result.exit_code == 0
    [plugin] = data["plugins"]
    assert (plugin["name"], plugin["enabled_in"]) == ("answers", ["dalarna", "skane"])
    assert [model["id"] for model in plugin["models"]] == ["answering"]
    assert data["refused"] == [asdict(BROKEN)]


@pytest.mark.parametrize("name", ["answers", "answering"])
def test_a_plugin_is_shown_by_its_name_or_by_its_models_id(installed: Installed, name: str) -> None:
    result = installed.run(name)
    assert result.exit_code == 0
    for words in ("Svarar / Answers", "region_part", '"40 %"', "Regionens del", "The region's part", "Promises: none"):
        assert words in result.output
    assert "All." in result.output
    assert "per-card" not in result.output
    assert "enabled in dalarna, skane" in result.output


def test_the_settings_as_json_have_help_in_both_languages(installed: Installed) -> None:
    [model] = json.loads(installed.run("answers", "--format", "json").output)["models"]
    assert model["settings"][0] == {
        "name": "region_part",
        "default": "40 %",
        "required": False,
        "title": {"sv": "Regionens del", "en": "The region's part"},
        "help": {"sv": "Vad regionen bär.", "en": "What the region bears."},
    }
    assert model["schema"]["type"] == "object"


class Part(PluginSettings):
    share: str = described("Andel", "Share", help_sv="Hur stor.", help_en="How much.")


class Nested(PluginSettings):
    parts: tuple[Part, ...] = described("Delar", "Parts", help_sv="Delarna.", help_en="The parts.")
    bare: int = 0


def test_required_and_nested_settings_promises_and_no_region_are_shown(desk: Desk) -> None:
    registered = desk.model(None, promises=frozenset({Promise.WITHIN_QUOTA, Promise.ORDER_FREE}))
    registered.model.settings_type = Nested
    plugin = Plugin(name="answering", distribution="andel-answering", version="3.1", models=(registered,))
    installed = Installed(Registry.of(Discovery((plugin,), ())))
    page, overview = installed.run("answering").output, installed.run().output
    for words in ("Promises: order-free, within-quota", "Part.share", "required", "enabled in no region"):
        assert words in page
    for words in ("order-free", "within-quota", "nowhere"):
        assert words in overview
    assert "Refused" not in page + overview
    assert page.rstrip().endswith("┘")
    [model] = json.loads(installed.run("answering", "--format", "json").output)["models"]
    assert [(each["name"], each["required"]) for each in model["settings"]] == [("parts", True), ("Part.share", True)]


def test_an_instance_with_nothing_but_refused_plugins_shows_them() -> None:
    output = Installed(Registry.of(Discovery((), (BROKEN,)))).run().output
    assert "It fails." in output
    assert "Cost models" not in output


def test_a_refused_plugin_is_shown_with_the_reason(installed: Installed) -> None:
    for name in ("per-card", "andel-card"):
        result = installed.run(name)
        assert result.exit_code == 0
        assert "It fails." in result.output
    assert json.loads(installed.run("per-card", "--format", "json").output)["refused"][0]["reason"] == "It fails."


def test_a_plugin_that_does_not_exist_gives_exit_code_2_and_the_nearest_name(installed: Installed) -> None:
    result = installed.run("anwsers")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == 'There is no plugin "anwsers". Did you mean "answers"?\n'


def test_an_empty_instance_says_so() -> None:
    result = Installed().run()
    assert (result.exit_code, result.output) == (0, "No plugin is installed.\n")
    assert json.loads(Installed().run("--format", "json").output) == {"plugins": [], "refused": []}


def test_nothing_is_looked_for_before_the_command_is_run() -> None:
    class Untouched:
        def registry(self) -> Registry:
            raise AssertionError

        def enabled(self) -> Mapping[str, Sequence[str]]:
            raise AssertionError

    assert CliRunner().invoke(plugins_command(Untouched()), ["--help"]).exit_code == 0
