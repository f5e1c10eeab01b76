from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from andel.host.discovery import Discovery, Plugin, Registered
from andel.host.errors import NotAvailableError, PluginError
from andel.host.registry import Registry
from andel.host.settings import (
    DatedSettings,
    SettingsRevision,
    complaints_about,
    read_settings,
    resolve,
    upgrade,
)
from andel.host.view import TenantView
from andel.sdk.errors import SettingsError
from andel.sdk.period import Period
from andel.sdk.settings import PluginSettings, described

if TYPE_CHECKING:
    from tests.host.conftest import Desk


def revision(day: str, version: str = "1.0", **values: object) -> SettingsRevision:
    return SettingsRevision(valid_from=date.fromisoformat(day), version=version, values=values)


def dated(*revisions: SettingsRevision, model: str = "answering") -> DatedSettings:
    return DatedSettings(model=model, revisions=revisions, where="tenant.toml, journal")


def a_view(*registered: Registered) -> TenantView:
    plugin = Plugin(name="answering", distribution="andel-answering", version="3.1", models=registered)
    return TenantView.of(Registry.of(Discovery((plugin,), ())), "dalarna", ["answering"])


@pytest.fixture
def view(desk: Desk) -> TenantView:
    return a_view(desk.model(None))


# ---- which revision --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("period", "begins"),
    [
        (Period.year(2024), "2024-01-01"),
        (Period.year(2025), "2024-01-01"),
        (Period(date(2025, 6, 30), date(2025, 8, 1)), "2024-01-01"),
        (Period(date(2025, 7, 1), date(2025, 8, 1)), "2025-07-01"),
        (Period.year(2030), "2025-07-01"),
    ],
)
def test_the_revision_in_force_on_the_first_day_counts_for_the_whole_period(period: Period, begins: str) -> None:
    settings = dated(revision("2025-07-01"), revision("2024-01-01"))
    assert settings.in_force(period).valid_from == date.fromisoformat(begins)


def test_before_the_first_revision_nothing_is_in_force() -> None:
    with pytest.raises(SettingsError, match="inga inställningar som gäller 2023-01-01") as caught:
        dated(revision("2024-01-01")).in_force(Period.year(2023))
    assert caught.value.remedy == "De första gäller från 2024-01-01."
    assert caught.value.where == "tenant.toml, journal"


def test_without_any_revision_the_remedy_is_to_enter_one() -> None:
    with pytest.raises(SettingsError) as caught:
        dated().in_force(Period.year(2023))
    assert caught.value.remedy == "Skriv in inställningar."


def test_two_revisions_that_begin_on_the_same_day_are_refused() -> None:
    with pytest.raises(SettingsError, match="Two revisions of the settings of answering begin on 2024-01-01"):
        dated(revision("2024-01-01"), revision("2025-01-01"), revision("2024-01-01", "2.0"))


def test_the_values_of_a_revision_cannot_be_changed_from_outside() -> None:
    values: dict[str, object] = {"region_part": "30 %"}
    kept = SettingsRevision(valid_from=date(2024, 1, 1), version="1.0", values=values)
    values["region_part"] = "50 %"
    assert kept.values == {"region_part": "30 %"}
    with pytest.raises(TypeError):
        kept.values["region_part"] = "50 %"  # type: ignore[index]  # the test is that this fails


# ---- what it says ----------------------------------------------------------------------------------------
def test_what_is_in_force_is_read_by_the_version_it_was_written_for(view: TenantView) -> None:
    found = resolve(view, dated(revision("2024-01-01", region_part="30 %")), Period.year(2025))
    assert found.settings.plain()["region_part"] == str(Fraction(3, 10))
    assert (str(found.registered), found.valid_from) == ("answering 1.0 (andel-answering 3.1)", date(2024, 1, 1))


def test_an_unknown_key_is_told_with_its_place_and_the_nearest_name(view: TenantView) -> None:
    with pytest.raises(SettingsError) as caught:
        resolve(view, dated(revision("2024-01-01", regon_part="30 %")), Period.year(2025))
    assert caught.value.where == "tenant.toml, journal, answering 1.0 from 2024-01-01.regon_part"
    assert caught.value.remedy == 'Did you mean "region_part"?'


def test_settings_without_a_place_are_told_by_model_version_and_day(view: TenantView) -> None:
    unplaced = DatedSettings(model="answering", revisions=(revision("2024-01-01", note="x"),))
    assert [complaint.where for complaint in complaints_about(view, unplaced)] == ["answering 1.0 from 2024-01-01.note"]


def test_a_version_that_is_not_installed_cannot_compute(view: TenantView) -> None:
    with pytest.raises(NotAvailableError, match=r"Version 7\.0"):
        resolve(view, dated(revision("2024-01-01", "7.0")), Period.year(2025))


def test_equal_settings_have_equal_digests_however_they_were_written(view: TenantView) -> None:
    registered = view.model("answering")
    written = [read_settings(registered, {"region_part": part}).digest for part in ("30 %", "3/10", "31 %")]
    assert written[0] == written[1] != written[2]


class Broken(PluginSettings):
    count: int = described("Antal", "Count", help_sv="Antal.", help_en="Count.", default=1)

    def model_post_init(self, context: object, /) -> None:
        del context
        message = "no luck"
        raise KeyError(message)


class Floating(PluginSettings):
    anything: Any = described("Vad", "What", help_sv="Vad.", help_en="What.", default_factory=lambda: 0.5)


@pytest.mark.parametrize(("kind", "cause"), [(Broken, "KeyError"), (Floating, r"0\.5")])
def test_settings_whose_own_code_fails_or_keeps_a_float_name_the_plugin(
    desk: Desk, kind: type[PluginSettings], cause: str
) -> None:
    registered = desk.model(None)
    registered.model.settings_type = kind
    with pytest.raises(PluginError, match=rf"answering 1\.0 \(andel-answering 3\.1\).*{cause}"):
        read_settings(registered, {})


def test_all_that_is_wrong_with_a_regions_settings_is_told_at_once(view: TenantView) -> None:
    settings = dated(
        revision("2022-01-01"),
        revision("2023-01-01", "0.1"),
        revision("2024-01-01", region_part=0.3, note="x"),
        revision("2025-01-01", note="x", part="y"),
    )
    found = [(complaint.where, str(complaint.in_language("en").what)) for complaint in complaints_about(view, settings)]
    place = "tenant.toml, journal, answering"
    assert found[0] == (f"{place} 0.1 from 2023-01-01", "Version 0.1 of the cost model answering is not installed.")
    assert {where for where, _ in found[1:]} == {
        f"{place} 1.0 from 2024-01-01.region_part",
        f"{place} 1.0 from 2025-01-01.note",
        f"{place} 1.0 from 2025-01-01.part",
    }


def test_settings_of_a_model_that_is_not_enabled_are_a_complaint(view: TenantView) -> None:
    [complaint] = complaints_about(view, dated(revision("2024-01-01"), model="per-user"))
    assert "per-user" in str(complaint.what)


# ---- from one version to the next ------------------------------------------------------------------------
def versions(desk: Desk, *steps: Any) -> TenantView:  # noqa: ANN401  (functions of version and values)
    registered = []
    for number, step in enumerate(steps, start=1):
        each = desk.model(None)
        vars(each.model).update(version=f"{number}.0", **({"upgrade_settings": step} if step else {}))
        registered.append(desk.registered(each.model))
    return a_view(*registered)


def test_settings_are_carried_through_every_version_between(desk: Desk) -> None:
    asked: list[str] = []

    def noting(version: str, values: dict[str, object]) -> dict[str, object]:
        asked.append(version)
        return values | {"notes": {"from": version}}

    view = versions(desk, None, noting, noting, noting)
    carried = upgrade(view.catalogue, "answering", {"region_part": "30 %"}, version="1.0", to="3.0")
    assert carried == {"region_part": "30 %", "notes": {"from": "2.0"}}
    assert asked == ["1.0", "2.0"]


def test_settings_of_the_version_itself_stay_as_they_are(desk: Desk) -> None:
    view = versions(desk, None, None)
    assert upgrade(view.catalogue, "answering", {"region_part": "1/3"}, version="2.0", to="2.0") == {
        "region_part": "1/3"
    }


def test_a_step_cannot_change_the_settings_it_starts_from(desk: Desk) -> None:
    def writing(_: str, values: dict[str, Any]) -> dict[str, Any]:
        values["notes"]["seen"] = "yes"
        return values

    view, values = versions(desk, None, writing), {"notes": {"seen": "no"}}
    assert upgrade(view.catalogue, "answering", values, version="1.0", to="2.0") == {"notes": {"seen": "yes"}}
    assert values == {"notes": {"seen": "no"}}


def test_a_version_that_cannot_read_the_one_before_says_so(desk: Desk) -> None:
    view = versions(desk, None, None)
    with pytest.raises(SettingsError, match=r"answering 2\.0 cannot read settings of version 1\.0"):
        upgrade(view.catalogue, "answering", {}, version="1.0", to="2.0")


@pytest.mark.parametrize(
    ("step", "error", "match"),
    [
        (lambda *_: 1 / 0, PluginError, "ZeroDivisionError"),
        (lambda *_: [("region_part", "30 %")], PluginError, "upgraded settings to list"),
        (lambda *_: {"price": 3}, SettingsError, 'no setting "price"'),
    ],
)
def test_a_step_that_fails_is_named(desk: Desk, step: object, error: type[Exception], match: str) -> None:
    view = versions(desk, None, step)
    with pytest.raises(error, match=match):
        upgrade(view.catalogue, "answering", {}, version="1.0", to="2.0")


def test_settings_do_not_go_back_to_an_earlier_version(desk: Desk) -> None:
    view = versions(desk, None, None)
    with pytest.raises(SettingsError, match=r"later than 1\.0"):
        upgrade(view.catalogue, "answering", {}, version="2.0", to="1.0")


@pytest.mark.parametrize(("version", "to"), [("0.5", "2.0"), ("1.0", "9.0")])
def test_both_versions_must_be_installed(desk: Desk, version: str, to: str) -> None:
    view = versions(desk, None, None)
    with pytest.raises(NotAvailableError, match=r"is not installed.*Installed: 1\.0, 2\.0"):
        upgrade(view.catalogue, "answering", {}, version=version, to=to)
