from __future__ import annotations

import importlib.metadata
from dataclasses import FrozenInstanceError, replace
from typing import TYPE_CHECKING

import pytest

from andel.host.discovery import Discovery, Plugin, Refusal, Registered, discover
from andel.host.errors import NotAvailableError
from andel.host.registry import Registry, build_registry
from andel.host.view import StoredVersion, TenantView, complaints_of

if TYPE_CHECKING:
    from tests.host.conftest import Desk, Shelf


def a_plugin(desk: Desk, name: str, *models: tuple[str, str]) -> Plugin:
    even = desk.model(None)
    registered = tuple(replace(even, id=model, version=version, plugin=name) for model, version in models)
    return Plugin(name=name, distribution=f"andel-{name}", version="1.0", models=registered)


def a_registry(*plugins: Plugin, refusals: tuple[Refusal, ...] = ()) -> Registry:
    return Registry.of(Discovery(plugins, refusals))


@pytest.fixture
def registry(desk: Desk) -> Registry:
    broken = Refusal(
        plugin="per-card", distribution="andel-per-card", version="1", reason="It fails.", remedy="Mend it."
    )
    return a_registry(
        a_plugin(desk, "per-user", ("per-user", "1.10"), ("per-user", "1.9"), ("per-seat", "1.0")),
        a_plugin(desk, "per-capita", ("per-capita", "2.0")),
        refusals=(broken,),
    )


def test_a_model_is_found_by_id_and_version_or_as_its_latest(registry: Registry) -> None:
    assert registry.model("per-user", "1.9").version == "1.9"
    assert registry.model("per-user").version == "1.10"
    assert registry.catalogue.versions("per-user") == ("1.9", "1.10")
    assert registry.model("per-seat").plugin == "per-user"


def test_an_unknown_model_is_asked_about_with_the_nearest_name(registry: Registry) -> None:
    with pytest.raises(NotAvailableError, match="per-usr") as caught:
        registry.model("per-usr")
    assert caught.value.remedy == 'Menade du "per-user"?'
    assert caught.value.complaints[0].in_language("en").remedy == 'Did you mean "per-user"?'


def test_a_missing_version_names_those_that_are_there(registry: Registry) -> None:
    with pytest.raises(NotAvailableError, match="Version 3 ") as caught:
        registry.model("per-user", "3")
    assert "1.9, 1.10" in caught.value.remedy


def test_without_any_plugin_the_remedy_says_so() -> None:
    with pytest.raises(NotAvailableError) as caught:
        Registry().model("per-user")
    assert caught.value.remedy == "Inget instick är installerat."
    assert caught.value.complaints[0].in_language("en").remedy == "No plugin is installed."
    [complaint] = complaints_of(Registry(), "dalarna", ["per-user"])
    assert complaint.remedy == "Install it."


def test_two_distributions_with_one_model_id_are_both_refused_and_both_named(desk: Desk) -> None:
    registry = a_registry(
        a_plugin(desk, "one", ("same", "1.0"), ("mine", "1.0")),
        a_plugin(desk, "two", ("same", "2.0")),
        a_plugin(desk, "three", ("other", "1.0")),
    )
    assert [plugin.name for plugin in registry.plugins] == ["three"]
    assert [refusal.plugin for refusal in registry.refusals] == ["one", "two"]
    for refusal in registry.refusals:
        assert "cost model same" in refusal.reason
        assert "andel-one 1.0, andel-two 1.0" in refusal.reason
    assert registry.catalogue.find("same") is None
    assert registry.catalogue.find("mine") is None


def test_two_distributions_with_one_plugin_name_are_both_refused(shelf: Shelf) -> None:
    shelf.put("one")
    shelf.put("two", files={"entry_points.txt": "[andel.plugins]\none = {module}\n"})
    found = discover(importlib.metadata.distributions(path=[str(shelf.folder)]))
    registry = Registry.of(found)
    assert registry.plugins == ()
    assert {refusal.distribution for refusal in registry.refusals} == {"andel-one", "andel-two"}
    assert all("plugin one" in refusal.reason for refusal in registry.refusals)


def test_the_registry_is_frozen(registry: Registry) -> None:
    with pytest.raises(FrozenInstanceError):
        registry.plugins = ()  # type: ignore[misc]  # the test is that this fails
    with pytest.raises(TypeError):
        registry.catalogue.models["new"] = ()  # type: ignore[index]  # the test is that this fails


def test_each_registry_is_built_anew_from_what_is_installed(shelf: Shelf) -> None:
    before = {plugin.name for plugin in build_registry().plugins}
    shelf.put("late")
    assert {plugin.name for plugin in build_registry().plugins} == before | {"late"}


# ---- the view of one region ------------------------------------------------------------------------------
@pytest.fixture
def view(registry: Registry) -> TenantView:
    return TenantView.of(registry, "dalarna", ["per-capita"])


def test_a_region_sees_the_models_of_the_plugins_it_enables(view: TenantView) -> None:
    assert view.model("per-capita").version == "2.0"
    assert view.models() == (view.model("per-capita", "2.0"),)


def test_a_model_that_is_not_enabled_is_named_with_the_plugin_to_enable(view: TenantView) -> None:
    with pytest.raises(NotAvailableError, match="per-seat är inte påslagen för dalarna") as caught:
        view.model("per-seat", "1.0")
    assert 'Lägg "per-user" till plugins i tenants/dalarna/tenant.toml' in caught.value.remedy


def test_a_model_that_is_not_installed_is_not_said_to_be_disabled(view: TenantView) -> None:
    with pytest.raises(NotAvailableError, match='ingen kostnadsmodell "per-card"'):
        view.model("per-card")
    with pytest.raises(NotAvailableError, match=r"Version 1\.0 av kostnadsmodellen per-capita"):
        view.model("per-capita", "1.0")


def test_a_view_holds_nothing_of_what_is_not_enabled(view: TenantView) -> None:
    held = [each for versions in view.catalogue.models.values() for each in versions]
    assert {each.plugin for each in held} == {"per-capita"}
    assert not [name for name in view.__slots__ if isinstance(getattr(view, name), (Registry, Registered))]


def test_two_regions_do_not_share_a_view(registry: Registry, view: TenantView) -> None:
    other = TenantView.of(registry, "skane", ["per-user"])
    assert other.model("per-user").id == "per-user"
    with pytest.raises(NotAvailableError):
        other.model("per-capita")
    with pytest.raises(NotAvailableError):
        view.model("per-user")


def test_a_region_with_all_it_needs_has_no_complaints(registry: Registry) -> None:
    stored = [StoredVersion(model="per-user", version="1.9", where="run 3")]
    assert complaints_of(registry, "dalarna", ["per-capita"], stored) == ()


@pytest.mark.parametrize(
    ("name", "what", "remedy"),
    [
        ("per-captia", 'The plugin "per-captia" is not installed.', 'Did you mean "per-capita"?'),
        ("per-card", 'The plugin "per-card" is refused: It fails.', "Mend it."),
    ],
)
def test_an_enabled_plugin_that_is_missing_or_refused_is_a_complaint(
    registry: Registry, name: str, what: str, remedy: str
) -> None:
    [complaint] = complaints_of(registry, "dalarna", ["per-user", name])
    assert (complaint.what, complaint.where, complaint.remedy) == (what, "dalarna: plugins", remedy)


def test_a_stored_result_whose_version_is_missing_is_a_complaint(registry: Registry) -> None:
    [complaint] = complaints_of(
        registry, "dalarna", [], [StoredVersion(model="per-user", version="0.9", where="Synergi 2016")]
    )
    assert complaint.what == "A stored result was made by per-user 0.9, which is not installed."
    assert complaint.where == "dalarna: Synergi 2016"
    assert "1.9, 1.10" in str(complaint.remedy)
