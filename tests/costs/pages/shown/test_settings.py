from __future__ import annotations

from typing import Literal

import pytest

from andel.app import Installation
from andel.costs.pages.shown.settings import SettingField, setting_fields
from andel.sdk.settings import Kronor, Part, PluginSettings, described
from andel.shared.formats import Language


class Inner(PluginSettings):
    name: str = described("Namn", "Name", help_sv="Vad det heter.", help_en="What it is called.")


class Settings(PluginSettings):
    price: Kronor = described("Pris", "Price", help_sv="I kronor.", help_en="In kronor.")
    part: Part = described("Del", "Part", help_sv="En del.", help_en="A part.", default="1/3")
    way: Literal["up", "down"] = described("Väg", "Way", help_sv="Upp eller ner.", help_en="Up or down.", default="up")
    on: bool = described("På", "On", help_sv="Om.", help_en="Whether.", default=False)
    names: tuple[str, ...] = described("Namn", "Names", help_sv="Flera.", help_en="Several.", default=())
    by_key: dict[str, str] = described("Per nyckel", "By key", help_sv="Per.", help_en="By.", default={})
    many: tuple[Inner, ...] = described("Många", "Many", help_sv="Alla.", help_en="All.", default=())
    one: Inner | None = described("En", "One", help_sv="Kanske.", help_en="Perhaps.", default=None)


def fields(given: dict[str, object] | None = None, *, lang: Language = "sv") -> dict[str, SettingField]:
    values = {"price": "5000", **(given or {})}
    return {field.name: field for field in setting_fields(Settings.read(values), values, lang)}


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("price", {"price": "245.50"}, "245,50\u00a0kr"),
        ("price", {}, "5\u00a0000\u00a0kr"),
        ("part", {}, "33,3333\u00a0%"),
        ("way", {}, "up"),
        ("on", {}, "nej"),
        ("on", {"on": True}, "ja"),
        ("names", {}, "inget"),
        ("names", {"names": ["a", "b"]}, "a, b"),
        ("by_key", {"by_key": {"a": "b"}}, "a: b"),
        ("one", {}, "inget"),
    ],
)
def test_a_value_is_written_as_it_is_read(name: str, given: dict[str, object], value: str) -> None:
    assert fields(given)[name].value == value


def test_a_field_has_the_name_and_the_help_of_its_language() -> None:
    assert (fields()["price"].label, fields()["price"].help) == ("Pris", "I kronor.")
    assert (fields(lang="en")["price"].label, fields(lang="en")["on"].value) == ("Price", "no")


def test_what_the_region_did_not_write_is_preset() -> None:
    found = fields()
    assert not found["price"].preset
    assert found["way"].preset
    assert found["way"].choices == ("up", "down")


def test_a_thing_inside_shows_its_own_fields_under_names_of_their_own() -> None:
    found = fields({"many": [{"name": "a"}, {"name": "b"}], "one": {"name": "c"}})
    assert [item[0].name for item in found["many"].items] == ["many-0-name", "many-1-name"]
    assert [item[0].value for item in found["many"].items] == ["a", "b"]
    assert found["one"].items[0][0].value == "c"


def test_every_setting_of_every_installed_model_can_be_shown(instance: Installation) -> None:
    for name in instance.names():
        book, view = instance.book(name), instance.view(name)
        for component in (part for service in book.services for part in service.components):
            for revision in component.settings.revisions:
                registered = view.model(component.model, revision.version)
                settings = registered.model.settings_type.read(revision.values)
                for field in setting_fields(settings, revision.values, "sv"):
                    assert field.label
                    assert field.help
                    assert field.value or field.items
