from __future__ import annotations

import importlib.metadata
from importlib.metadata import Distribution
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from andel.host import hooks
from andel.host.discovery import Discovery, Refusal, discover
from andel.host.errors import PluginError
from andel.sdk import hookspecs
from andel.sdk.hookspecs import hookimpl

if TYPE_CHECKING:
    from tests.host.conftest import Shelf

NO_SETTINGS = "class Settings(PluginSettings):\n    pass"
FLOAT_SETTING = """
from andel.sdk.settings import described

class Settings(PluginSettings):
    price: float = described("p", "p", help_sv="p", help_en="p")
"""
HEAD = """
from andel.sdk.cost import CostModel
from andel.sdk.hookspecs import hookimpl
"""


def found_in(shelf: Shelf, **options: str) -> Discovery:
    return discover(importlib.metadata.distributions(path=[str(shelf.folder)]), **options)


def template(shelf: Shelf) -> str:
    """Return the code of the good plugin, for another id."""
    return (shelf.folder / f"andel_good_{shelf.folder.name}.py").read_text().replace('id = "good"', 'id = "{id}"')


def only_refusal(shelf: Shelf) -> Refusal:
    found = found_in(shelf)
    assert [plugin.name for plugin in found.plugins] == ["good"]
    [refusal] = found.refusals
    return refusal


@pytest.fixture(autouse=True)
def good(shelf: Shelf) -> None:
    """Beside each broken distribution stands a good one, which must still be found."""
    shelf.put("good")


def test_a_good_plugin_is_found_with_its_models_versions_and_docs(shelf: Shelf) -> None:
    [plugin] = found_in(shelf).plugins
    assert (plugin.name, plugin.distribution, plugin.version) == ("good", "andel-good", "1.0")
    assert [str(model) for model in plugin.models] == ["good 1.0 (andel-good 1.0)"]
    assert plugin.docs.strip() == "# About good"


def test_everything_that_is_installed_is_looked_through_by_default(shelf: Shelf) -> None:
    assert "good" in [plugin.name for plugin in discover().plugins]
    assert shelf.folder.is_dir()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import a_package_that_is_not_there", "ModuleNotFoundError"),
        ("def broken(:\n", "SyntaxError"),
        ("raise SystemExit(1)", "SystemExit"),
        ("raise RecursionError('too deep')", "RecursionError: too deep"),
        ("class Wild(BaseException):\n    pass\nraise Wild('wild')", "Wild: wild"),
        ("class Mute(Exception):\n    def __str__(self):\n        raise ValueError\nraise Mute", "Mute: (its words"),
    ],
)
def test_what_fails_at_import_is_refused_by_name_and_the_others_go_on(shelf: Shelf, code: str, reason: str) -> None:
    shelf.put("bad", code)
    refusal = only_refusal(shelf)
    assert (refusal.plugin, refusal.distribution, refusal.version) == ("bad", "andel-bad", "1.0")
    assert reason in refusal.reason
    assert refusal.remedy


def test_a_module_that_fails_when_it_is_looked_at_is_refused(shelf: Shelf) -> None:
    weird = "class Weird:\n    @property\n    def __class__(self):\n        raise ValueError('weird')\n"
    shelf.put("bad", f"{weird}andel_weird = Weird()")
    assert "ValueError: weird" in only_refusal(shelf).reason


def test_an_interrupt_from_the_keyboard_is_no_fault_of_a_plugin(shelf: Shelf) -> None:
    shelf.put("bad", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        found_in(shelf)


@pytest.mark.parametrize(
    ("body", "reason", "remedy"),
    [
        ("@hookimpl\ndef andel_cost_model():\n    return []", 'no hook "andel_cost_model"', "andel_cost_models"),
        ("@hookimpl\ndef andel_weather():\n    return []", 'no hook "andel_weather"', "Known: andel_cost_models"),
        ("@hookimpl(optionalhook=True)\ndef andel_cost_model():\n    return []", "no hook", "Did you mean"),
        ("def andel_cost_models():\n    return []", "named as a hook", "@hookimpl"),
        ("def andel_cost_model():\n    return []", "named as a hook", 'Did you mean "andel_cost_models"'),
        ("@hookimpl\ndef andel_cost_models(request):\n    return []", "Argument(s)", "maintains"),
        ("pass", "implements no hook", "andel_cost_models"),
    ],
)
def test_hooks_that_are_not_hooks_are_refused(shelf: Shelf, body: str, reason: str, remedy: str) -> None:
    shelf.put("bad", HEAD + body)
    refusal = only_refusal(shelf)
    assert reason in refusal.reason
    assert remedy in refusal.remedy


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("42", "a value of type int, not a list"),
        ("[42]", "a value of type int, not a CostModel"),
        ("[CostModel]", "the class CostModel, not a CostModel"),
        ("(model for model in ())", "a value of type generator"),
        ("1 / 0", "ZeroDivisionError"),
    ],
)
def test_only_instances_of_cost_models_can_be_handed_over(shelf: Shelf, answer: str, reason: str) -> None:
    shelf.put("bad", f"{HEAD}@hookimpl\ndef andel_cost_models():\n    return {answer}")
    assert reason in only_refusal(shelf).reason


@pytest.mark.parametrize(
    ("line", "by", "reason"),
    [
        ('id = "{id}"', "id = 3", "The id of Model is 3."),
        ('id = "{id}"', 'id = "Per User"', "'Per User'"),
        ('version = "1.0"', "version = 1.0", "The version of Model is 1.0."),
        ('version = "1.0"', 'version = "one"', "'one'"),
        ('title = Text("Modell", "Model")', 'title = "Model"', "no title in both languages"),
        ("promises = frozenset()", 'promises = frozenset({"fair"})', "no frozenset of Promise"),
        ("promises = frozenset()", "promises = set()", "no frozenset of Promise"),
        ("settings_type = Settings", "settings_type = 3", "no settings type"),
        ("settings_type = Settings", "settings_type = dict", "no settings type"),
        (NO_SETTINGS, "class Settings(PluginSettings):\n    price: int", "help text: price"),
        (NO_SETTINGS, FLOAT_SETTING, "is a float"),
        (NO_SETTINGS, FLOAT_SETTING.replace("float", "int | float"), "is a float"),
        (NO_SETTINGS, 'class Settings(PluginSettings):\n    model_config = {"frozen": False}', "not frozen"),
        (NO_SETTINGS, 'class Settings(PluginSettings):\n    model_config = {"extra": "ignore"}', "accept unknown keys"),
        ("return [Model()]", "return [Model(), Model()]", "hands over bad 1.0 twice"),
    ],
)
def test_a_model_that_declares_itself_wrongly_is_refused(shelf: Shelf, line: str, by: str, reason: str) -> None:
    good = template(shelf)
    assert line in good
    shelf.put("bad", good.replace(line, by))
    assert reason in only_refusal(shelf).reason


def test_one_version_number_written_in_two_ways_is_one_version(shelf: Shelf) -> None:
    good = template(shelf)
    other = 'class Other(Model):\n    version = "1.0.0"\n\n\n@hookimpl'
    shelf.put("bad", good.replace("@hookimpl", other).replace("[Model()]", "[Model(), Other()]"))
    assert "hands over bad 1.0.0 twice" in only_refusal(shelf).reason


@pytest.mark.parametrize(
    ("requires", "reason"),
    [
        (("andel>=9,<10",), "It needs andel<10,>=9; andel 0.1.0 is installed."),
        (("andel<0.1",), "It needs andel<0.1"),
        (("andel>=0.1", "andel!=0.1.0"), "It needs andel!=0.1.0"),
        (("andel",), "does not say which versions"),
        (("pydantic",), "does not say which versions"),
        ((), "does not say which versions"),
        (('andel>=0.1; python_version < "3"',), "does not say which versions"),
        ((">>>",), "InvalidRequirement"),
    ],
)
def test_a_plugin_for_another_andel_is_refused_before_its_code_runs(
    shelf: Shelf, requires: tuple[str, ...], reason: str
) -> None:
    shelf.put("bad", f"open({str(shelf.folder / 'ran')!r}, 'w').close()", requires=requires)
    assert reason in only_refusal_of(found_in(shelf, installed="0.1.0"), "bad").reason
    assert not (shelf.folder / "ran").exists()


@pytest.mark.parametrize(
    "requires",
    [
        ("andel>=0.1,<0.2", "pydantic>=2.12"),
        ("andel>=0.1", 'andel>=9; python_version < "3"'),
        ("Andel~=0.1",),
        ('andel>=0.1; python_version >= "3"',),
    ],
)
def test_only_what_is_asked_of_andel_here_and_now_counts(shelf: Shelf, requires: tuple[str, ...]) -> None:
    shelf.put("other", requires=requires)
    assert [plugin.name for plugin in found_in(shelf, installed="0.1.0").plugins] == ["good", "other"]


def test_another_version_of_andel_refuses_what_fitted_before(shelf: Shelf) -> None:
    assert [refusal.plugin for refusal in found_in(shelf, installed="0.2.0").refusals] == ["good"]


def test_a_plugin_may_have_settings_without_default_other_entry_points_and_names_of_its_own(shelf: Shelf) -> None:
    code = template(shelf).replace(NO_SETTINGS, FLOAT_SETTING.replace("float", "int"))
    points = "[console_scripts]\nrich = {module}:main\n[andel.plugins]\nrich = {module}\n"
    shelf.put("rich", f"{code}\nandel_table = {{}}\n", files={"entry_points.txt": points})
    found = found_in(shelf)
    assert [plugin.name for plugin in found.plugins] == ["good", "rich"]
    assert found.refusals == ()


def test_a_development_version_of_andel_fits_the_range_it_is_in(shelf: Shelf) -> None:
    assert found_in(shelf, installed="0.1.1.dev3").refusals == ()


def only_refusal_of(found: Discovery, name: str) -> Refusal:
    [refusal] = [refusal for refusal in found.refusals if refusal.plugin == name]
    return refusal


def test_an_entry_point_to_something_else_than_a_module_is_refused(shelf: Shelf) -> None:
    shelf.put("bad", "thing = 3", files={"entry_points.txt": "[andel.plugins]\nbad = {module}:thing\n"})
    assert "is int, not a module" in only_refusal(shelf).reason


def test_entry_points_that_cannot_be_read_are_refused(shelf: Shelf) -> None:
    shelf.put("bad", files={"entry_points.txt": "[andel.plugins]\nno equals sign\n"})
    refusal = only_refusal(shelf)
    assert (refusal.plugin, refusal.distribution) == ("andel-bad", "andel-bad")
    assert "entry points cannot be read" in refusal.reason


def test_a_stranger_with_broken_files_is_no_concern_of_ours(shelf: Shelf) -> None:
    shelf.put("stranger", files={"entry_points.txt": "[console_scripts]\nno equals sign\n"})
    found = found_in(shelf)
    assert [plugin.name for plugin in found.plugins] == ["good"]
    assert found.refusals == ()


def test_a_distribution_without_metadata_is_refused_by_what_is_known_of_it(shelf: Shelf) -> None:
    shelf.put("bad")
    (shelf.folder / "andel_bad-1.0.dist-info" / "METADATA").unlink()
    refusal = only_refusal(shelf)
    assert refusal.plugin == "bad"
    assert "readable name" in refusal.distribution
    assert refusal.version == "(no version)"


def test_the_same_distribution_twice_on_the_path_is_one(shelf: Shelf) -> None:
    twice = [str(shelf.folder), str(shelf.folder)]
    found = discover(importlib.metadata.distributions(path=twice))
    assert [plugin.name for plugin in found.plugins] == ["good"]


class Fake(Distribution):
    """A distribution that answers every question with an exception."""

    def read_text(self, filename: str) -> str:
        raise PermissionError(filename)

    def locate_file(self, path: object) -> Path:
        raise PermissionError(str(path))


def test_a_distribution_whose_files_cannot_be_opened_does_not_stop_the_host(shelf: Shelf) -> None:
    found = discover([Fake(), *importlib.metadata.distributions(path=[str(shelf.folder)])])
    assert [plugin.name for plugin in found.plugins] == ["good"]
    [refusal] = found.refusals
    assert "PermissionError" in refusal.reason


def test_without_the_wall_a_broken_plugin_would_stop_the_host(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.put("bad", "raise SystemExit(1)")
    monkeypatch.setattr("andel.host.discovery.contained", open_wall)
    with pytest.raises(SystemExit):
        found_in(shelf)


class open_wall:  # noqa: N801  (stands where a function stood)
    def __init__(self, *_: object, **__: object) -> None:
        """Take what a wall takes."""

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def test_every_hook_of_the_sdk_has_a_method_of_its_own() -> None:
    specified = {name for name in vars(hookspecs) if name.startswith("andel_")}
    methods = {f"andel_{name}" for name in vars(hooks.Hooks) if not name.startswith("_")}
    assert specified == methods


def test_every_hook_of_the_sdk_states_its_failure_policy() -> None:
    for name, hook in vars(hookspecs).items():
        if name.startswith("andel_"):
            assert "Failure policy: ``" in (hook.__doc__ or "")


def test_a_hook_that_fails_is_named_with_its_plugin_and_the_cause() -> None:
    @hookimpl
    def andel_cost_models() -> list[object]:
        raise KeyError(3)

    module = ModuleType("failing")
    vars(module)["andel_cost_models"] = andel_cost_models
    with pytest.raises(PluginError, match="andel_cost_models: KeyError: 3") as caught:
        hooks.Hooks(module, plugin="failing 1").cost_models()
    assert (caught.value.plugin, caught.value.hook) == ("failing 1", "andel_cost_models")
    assert isinstance(caught.value.__cause__, KeyError)
