from __future__ import annotations

import hashlib
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError, field_validator

from andel.sdk.errors import SettingsError, WorkingsError
from andel.sdk.settings import Kronor, Part, PluginSettings, SettingRefused, described
from andel.sdk.text import Text


class Group(PluginSettings):
    name: str = described("Namn", "Name", help_sv="Gruppens namn.", help_en="The group's name.", min_length=1)
    part: Part = described("Del", "Part", help_sv="Gruppens del.", help_en="The group's part.", default="0 %")


class Example(PluginSettings):
    price: Kronor = described("Pris", "Price", help_sv="Per licens.", help_en="Per license.", ge=0, default=5000)
    limit: Kronor | None = described("Tak", "Cap", help_sv="Högst.", help_en="At most.", default=None)
    region_part: Part = described("Del", "Part", help_sv="Regionens del.", help_en="The region's.", default="30 %")
    groups: tuple[Group, ...] = described("Grupper", "Groups", help_sv="Vilka.", help_en="Which.", default=())
    places: int = described("Decimaler", "Decimals", help_sv="Antal.", help_en="How many.", ge=0, le=4, default=2)
    key: str = described("Nyckel", "Key", help_sv="Efter vad.", help_en="By what.", default="inhabitants")

    @field_validator("key")
    @classmethod
    def _no_guess(cls, key: str) -> str:
        if key == "guess":
            raise SettingRefused(Text("En gissning är ingen nyckel", "A guess is no key"))
        return key


@pytest.mark.parametrize(
    ("written", "ore"), [(5000, 500_000), ("5000", 500_000), ("5000.00", 500_000), ("0.05", 5), (0, 0)]
)
def test_kronor_are_written_in_kronor_and_read_in_ore(written: object, ore: int) -> None:
    assert Example.read({"price": written}).price == ore


@pytest.mark.parametrize(
    ("written", "part"),
    [("30 %", "3/10"), ("30%", "3/10"), ("33,3 %", "333/1000"), ("3/10", "3/10"), ("0.25", "1/4"), (1, "1")],
)
def test_parts_are_exact_however_they_are_written(written: object, part: str) -> None:
    assert Example.read({"region_part": written}).region_part == Fraction(part)


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"price": 5000.5}, "price"),
        ({"price": 5000.0}, "price"),
        ({"region_part": 0.3}, "region_part"),
        ({"places": 2.0}, "places"),
        ({"groups": [{"name": "a", "part": 0.5}]}, "groups.0.part"),
        ({"unknown": {"deep": [1, 0.5]}}, "unknown.deep.1"),
    ],
)
def test_a_float_is_refused_wherever_it_stands(values: Mapping[str, object], place: str) -> None:
    with pytest.raises(SettingsError, match="is a float, which is never exact") as caught:
        Example.read(values, where="tenant.toml")
    assert caught.value.where == f"tenant.toml.{place}"
    assert caught.value.remedy.startswith("Write it as text")


@pytest.mark.parametrize(
    ("values", "place", "said"),
    [
        ({"price": "5 000"}, "price", '"5 000" is not an amount in kronor'),
        ({"price": True}, "price", "Kronor are written as whole numbers or as text"),
        ({"price": -1}, "price", "greater than or equal to 0"),
        ({"price": None}, "price", "Kronor are written"),
        ({"region_part": "a third"}, "region_part", '"a third" is not a part'),
        ({"region_part": "1/0"}, "region_part", "is not a part"),
        ({"region_part": "1e9999999"}, "region_part", "is not a part"),
        ({"region_part": True}, "region_part", "A part is written as text"),
        ({"places": 5}, "places", "less than or equal to 4"),
        ({"groups": [{"name": ""}]}, "groups.0.name", "at least 1 character"),
        ({"groups": [{}]}, "groups.0.name", 'The setting "groups.0.name" is missing'),
    ],
)
def test_a_wrong_value_is_told_with_its_place_and_the_help_text(
    values: Mapping[str, object], place: str, said: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        Example.read(values)
    assert caught.value.where == place
    assert said in caught.value.what
    assert caught.value.remedy == str(Example.schema_words()[place.partition(".")[0]][1])


def test_an_unknown_setting_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(SettingsError) as caught:
        Example.read({"prise": 5000}, where="synergi")
    assert str(caught.value) == 'synergi.prise: There is no setting "prise". Did you mean "price"?'


def test_an_unknown_setting_of_a_part_is_compared_with_the_names_of_that_part() -> None:
    with pytest.raises(SettingsError) as caught:
        Example.read({"groups": [{"name": "a", "prat": "1/2"}]})
    assert (caught.value.where, caught.value.remedy) == ("groups.0.prat", 'Did you mean "part"?')


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Example.read({"prise": 1, "places": 9, "region_part": "x"})
    assert {complaint.where for complaint in caught.value.complaints} == {"prise", "places", "region_part"}


def test_a_plugins_own_refusal_is_told_in_both_languages() -> None:
    with pytest.raises(SettingsError) as caught:
        Example.read({"key": "guess"})
    [complaint] = caught.value.complaints
    assert complaint.in_language("sv").what == "En gissning är ingen nyckel"
    assert complaint.in_language("en").what == "A guess is no key"


@given(st.integers(0, 10**12), st.fractions(0, 1, max_denominator=10**9), st.integers(0, 4))
def test_settings_written_as_plain_data_are_read_back(ore: int, part: Fraction, places: int) -> None:
    settings = Example.read(
        {
            "price": f"{ore // 100}.{ore % 100:02d}",
            "region_part": str(part),
            "places": places,
            "groups": [{"name": "a", "part": str(1 - part)}],
        }
    )
    back = Example.read(settings.plain())
    assert back == settings
    assert back.digest == settings.digest
    assert (back.price, back.region_part, back.groups[0].part) == (ore, part, 1 - part)


def test_the_digest_is_of_what_is_meant_not_of_how_it_is_written() -> None:
    written: list[dict[str, object]] = [{}, {"price": "5000.00"}, {"region_part": "3/10"}, {"places": 2, "price": 5000}]
    stored = '{"groups":[],"key":"inhabitants","limit":null,"places":2,"price":"5000.00","region_part":"3/10"}'
    assert {Example.read(values).digest for values in written} == {hashlib.sha256(stored.encode()).hexdigest()}
    assert Example.read({"places": 3}).digest != Example.read({}).digest


def test_settings_are_frozen() -> None:
    settings: Any = Example.read({})
    with pytest.raises(ValidationError, match="frozen"):
        settings.places = 3


def test_a_float_declared_by_a_plugin_never_reaches_a_digest() -> None:
    class Careless(PluginSettings):
        rate: float = described("Sats", "Rate", help_sv="Sats.", help_en="Rate.", default=0.5)

    with pytest.raises(WorkingsError, match="is a float"):
        Careless.read({}).digest  # noqa: B018  (reading it is what fails)


def test_names_and_help_texts_are_in_the_schema_in_both_languages() -> None:
    words = Example.schema_words()
    assert list(words) == list(Example.model_fields)
    assert words["price"] == (Text("Pris", "Price"), Text("Per licens.", "Per license."))
    price = Example.model_json_schema()["properties"]["price"]
    assert (price["type"], price["x-andel-unit"], price["title"]) == ("string", "krona", "Price")
