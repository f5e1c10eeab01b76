from __future__ import annotations

import pickle
from collections.abc import Callable
from contextlib import nullcontext
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from andel.host import facade as module
from andel.host.discovery import Registered
from andel.host.errors import PluginError
from andel.host.facade import Facade, Unavailable
from andel.host.inputs import input_digest
from andel.sdk.apportionment import Promise
from andel.sdk.cost import CostModel, CostRequest
from andel.sdk.errors import AllocationError, AndelError, FactError, SettingsError, WorkingsError
from andel.sdk.facts import FactNeed
from andel.sdk.money import MoneyError
from andel.sdk.period import Period, PeriodError
from andel.sdk.settings import PluginSettings

if TYPE_CHECKING:
    from tests.host.conftest import Desk

NAME = "answering 1.0 (andel-answering 3.1)"


class Mute(Exception):  # noqa: N818  (a plugin names as it likes)
    def __str__(self) -> str:
        raise ValueError


def raising(cause: BaseException) -> Callable[..., object]:
    def answer(*_: object) -> object:
        raise cause

    return answer


def test_a_result_is_stamped_with_all_it_takes_to_make_it_again(desk: Desk) -> None:
    request = desk.request()
    result = Facade().allocate(desk.model(desk.split()), request, desk.settings)
    assert (result.model, result.version, result.distribution) == ("answering", "1.0", "andel-answering 3.1")
    assert result.settings_digest == desk.settings.digest
    assert result.workings_digest == desk.workings().digest
    assert result.input_digest == input_digest(desk.request())
    assert result.request is request


# ---- what fails ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (KeyError("borg"), "KeyError: 'borg'"),
        (SystemExit(3), "SystemExit: 3"),
        (GeneratorExit(), "GeneratorExit."),
        (RecursionError("deep"), "RecursionError: deep"),
        (StopIteration(), "StopIteration"),
        (Mute(), "Mute: (its words cannot be read)"),
        (ValueError("x" * 5000), "ValueError: xxx"),
        (WorkingsError("bad workings"), "WorkingsError: bad workings"),
        (MoneyError("half an öre"), "MoneyError: half an öre"),
        (AndelError("something"), "AndelError: something"),
    ],
)
def test_whatever_a_model_raises_becomes_an_error_that_names_it(desk: Desk, cause: BaseException, words: str) -> None:
    with pytest.raises(PluginError) as caught:
        Facade().allocate(desk.model(raising(cause)), desk.request(), desk.settings)
    error = caught.value
    assert (error.plugin, error.hook, error.__cause__) == (NAME, "allocate", cause)
    assert words in error.what
    assert len(error.what) < 600
    assert "Nothing was changed." in str(error.complaints[0].in_language("en").remedy)


@pytest.mark.parametrize("kind", [AllocationError, FactError, PeriodError, SettingsError])
def test_what_a_user_can_mend_passes_as_the_model_said_it(desk: Desk, kind: type[AndelError]) -> None:
    cause = kind("No figure for Borg.", remedy="Load it.")
    with pytest.raises(kind) as caught:
        Facade().allocate(desk.model(raising(cause)), desk.request(), desk.settings)
    assert caught.value is cause


def test_an_interrupt_from_the_keyboard_passes(desk: Desk) -> None:
    with pytest.raises(KeyboardInterrupt):
        Facade().allocate(desk.model(raising(KeyboardInterrupt())), desk.request(), desk.settings)


@pytest.mark.parametrize("answer", [None, 42, {"borg": 4000}, "split", [("borg", 4000)]])
def test_an_answer_of_another_kind_is_refused(desk: Desk, answer: object) -> None:
    with pytest.raises(PluginError, match=f"answered with {type(answer).__name__}, not a Split"):
        Facade().allocate(desk.model(answer), desk.request(), desk.settings)


@pytest.mark.parametrize("promised", [set(), {Promise.ORDER_FREE}, frozenset({"fair"}), None])
def test_promises_of_another_kind_are_refused(desk: Desk, promised: object) -> None:
    model = desk.model(desk.split())
    vars(model.model)["promised"] = lambda _settings: promised
    with pytest.raises(PluginError, match="not a frozenset of Promise"):
        Facade().allocate(model, desk.request(), desk.settings)


def test_settings_of_another_model_are_refused_before_it_runs(desk: Desk) -> None:
    class Other(PluginSettings):
        """Another model's."""

    with pytest.raises(SettingsError, match="Other are not the settings of answering"):
        Facade().allocate(desk.model(raising(KeyError())), desk.request(), Other())


def test_without_the_wall_the_failure_would_get_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "contained", lambda *_, **__: nullcontext())
    with pytest.raises(SystemExit):
        Facade().allocate(desk.model(raising(SystemExit())), desk.request(), desk.settings)


# ---- what changes its input ------------------------------------------------------------------------------
def change_party(request: CostRequest, _: Any) -> None:  # noqa: ANN401  (settings)
    object.__setattr__(request.parties[1], "key", "elsewhere")


def change_fact(request: CostRequest, _: Any) -> None:  # noqa: ANN401  (settings)
    object.__setattr__(request.facts.series[0], "values", {"alvik": 1})


def change_charged(request: CostRequest, _: Any) -> None:  # noqa: ANN401  (settings)
    object.__setattr__(request, "charged", {})


def change_amount(request: CostRequest, _: Any) -> None:  # noqa: ANN401  (settings)
    object.__setattr__(request.amount, "ore", 10000.0)


def change_setting(_: CostRequest, settings: Any) -> None:  # noqa: ANN401  (settings)
    settings.__dict__["region_part"] = 0


def change_inside_a_setting(_: CostRequest, settings: Any) -> None:  # noqa: ANN401  (settings)
    settings.notes["seen"] = "yes"


CHANGES = [
    (change_party, "Party.key"),
    (change_fact, "FactSeries.values"),
    (change_charged, "CostRequest.charged"),
    (change_amount, "Money.ore"),
    (change_setting, "settings"),
    (change_inside_a_setting, "settings"),
]


@pytest.mark.parametrize(("change", "name"), CHANGES)
def test_a_model_that_changes_its_input_is_named_and_the_input_is_as_it_was(
    desk: Desk, change: Callable[..., None], name: str
) -> None:
    request, settings = desk.request(), desk.settings.model_copy(deep=True)
    before, digest = repr(request), settings.digest

    def answer(*given: Any) -> object:  # noqa: ANN401  (request and settings)
        change(*given)
        return desk.split()

    with pytest.raises(PluginError) as caught:
        Facade().allocate(desk.model(answer), request, settings)
    assert caught.value.where == f"{NAME}, input_unchanged"
    assert name in caught.value.what
    assert repr(request) == before
    assert settings.digest == digest


@pytest.mark.parametrize(("change", "name"), CHANGES[:4])
def test_a_change_is_found_also_when_the_model_then_refuses(desk: Desk, change: Callable[..., None], name: str) -> None:
    request = desk.request()
    before = repr(request)

    def answer(*given: Any) -> object:  # noqa: ANN401  (request and settings)
        change(*given)
        message = "No."
        raise AllocationError(message)

    with pytest.raises(PluginError, match=name):
        Facade().allocate(desk.model(answer), request, desk.settings)
    assert repr(request) == before


def test_a_mapping_of_the_request_cannot_simply_be_written_to(desk: Desk) -> None:
    def answer(request: CostRequest, _: object) -> object:
        request.charged["alvik"] = 0  # type: ignore[index]  # the plugin's mistake
        return desk.split()

    request = desk.request()
    with pytest.raises(PluginError, match="TypeError"):
        Facade().allocate(desk.model(answer), request, desk.settings)
    assert request == desk.request()


def test_without_the_seal_a_changed_input_would_stay_changed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(*given: Any) -> object:  # noqa: ANN401  (request and settings)
        change_charged(*given)
        return desk.split()

    request = desk.request()
    monkeypatch.setattr(module, "sealed", lambda *_: nullcontext())
    Facade().allocate(desk.model(answer), request, desk.settings)
    assert request != desk.request()


def test_the_regions_settings_are_never_handed_out_themselves(desk: Desk) -> None:
    seen: list[object] = []

    def answer(_: CostRequest, settings: object) -> object:
        seen.append(settings)
        return desk.split()

    Facade().allocate(desk.model(answer), desk.request(), desk.settings)
    assert seen == [desk.settings]
    assert seen[0] is not desk.settings


# ---- facts and history -----------------------------------------------------------------------------------
def asking(desk: Desk, method: str, answer: Callable[..., object]) -> Registered:
    model = desk.model(None)
    vars(model.model)[method] = answer
    return model


def test_needs_and_history_are_what_the_model_says(desk: Desk) -> None:
    year, model = Period.year(2025), asking(desk, "history", lambda *_: Period.year(2024))
    assert Facade().needs(model, year, desk.settings) == (FactNeed(name="inhabitants", on=date(2025, 12, 31)),)
    assert Facade().history(model, year, desk.settings) == Period.year(2024)
    assert Facade().history(desk.model(None), year, desk.settings) is None


@pytest.mark.parametrize("method", ["needs", "history"])
@pytest.mark.parametrize(
    "answer", [raising(KeyError("x")), lambda *_: "inhabitants", lambda *_: ("inhabitants",), lambda *_: []]
)
def test_needs_and_history_that_fail_or_are_of_another_kind_are_refused(
    desk: Desk, method: str, answer: Callable[..., object]
) -> None:
    model = asking(desk, method, answer)
    with pytest.raises(PluginError, match="Error") as caught:
        getattr(Facade(), method)(model, Period.year(2025), desk.settings)
    assert (caught.value.plugin, caught.value.hook) == (NAME, method)


@pytest.mark.parametrize("method", ["needs", "history"])
def test_what_a_user_can_mend_passes_there_too(desk: Desk, method: str) -> None:
    cause = PeriodError("No whole months.")
    with pytest.raises(PeriodError) as caught:
        getattr(Facade(), method)(asking(desk, method, raising(cause)), Period.year(2025), desk.settings)
    assert caught.value is cause


# ---- the policies ----------------------------------------------------------------------------------------
def failures(policy: str) -> float:
    labels = {"plugin": "answering", "model": "answering", "policy": policy}
    return REGISTRY.get_sample_value("andel_plugin_failures_total", labels) or 0


def test_a_required_failure_fails_the_caller_and_is_counted(desk: Desk) -> None:
    before = failures("required")
    with pytest.raises(PluginError):
        Facade().allocate(desk.model(raising(KeyError())), desk.request(), desk.settings)
    with pytest.raises(PluginError):
        Facade().needs(asking(desk, "needs", raising(KeyError())), Period.year(2025), desk.settings)
    assert failures("required") == before + 2


def test_an_optional_failure_is_logged_counted_and_shown_as_unavailable(desk: Desk) -> None:
    before = (failures("optional"), failures("required"))
    with capture_logs() as logs:
        result = Facade().try_allocate(desk.model(desk.split(region=1)), desk.request(), desk.settings)
    assert isinstance(result, Unavailable)
    assert (result.plugin, result.reason.plugin) == (NAME, NAME)
    assert (failures("optional"), failures("required")) == (before[0] + 1, before[1])
    [line] = logs
    assert (line["event"], line["log_level"], line["plugin"]) == ("plugin unavailable", "warning", NAME)
    assert "3999 öre" in line["reason"]


def test_an_optional_call_gives_the_result_when_all_is_well_and_lets_refusals_pass(desk: Desk) -> None:
    answered = Facade().try_allocate(desk.model(desk.split()), desk.request(), desk.settings)
    assert answered == Facade().allocate(desk.model(desk.split()), desk.request(), desk.settings)
    with pytest.raises(AllocationError):
        Facade().try_allocate(desk.model(raising(AllocationError("No."))), desk.request(), desk.settings)


def test_a_refusal_that_a_user_can_mend_is_no_failure_of_the_plugin(desk: Desk) -> None:
    before = failures("required")
    with pytest.raises(AllocationError):
        Facade().allocate(desk.model(raising(AllocationError("No."))), desk.request(), desk.settings)
    assert failures("required") == before


# ---- another place to run --------------------------------------------------------------------------------
def test_a_model_can_be_run_elsewhere_and_its_answer_is_examined_all_the_same(desk: Desk) -> None:
    asked: list[CostModel[Any]] = []

    def elsewhere(model: CostModel[Any], request: CostRequest, settings: PluginSettings) -> tuple[object, object]:
        del request, settings
        asked.append(model)
        return desk.split(region=1), frozenset()

    model = desk.model(None)
    with pytest.raises(PluginError, match="split_adds_up"):
        Facade(run=elsewhere).allocate(model, desk.request(), desk.settings)
    assert asked == [model.model]


def test_a_plugin_error_survives_the_way_to_another_process(desk: Desk) -> None:
    with pytest.raises(PluginError) as caught:
        Facade().allocate(desk.model(None), desk.request(), desk.settings)
    back = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  (made here, a line before)
    assert (str(back), back.plugin, back.hook) == (str(caught.value), NAME, "allocate")


@pytest.mark.parametrize("days", [Period.year(2025), Period.year(2026), Period(date(2024, 1, 1), date(2025, 1, 2))])
def test_a_history_that_is_not_over_when_the_period_begins_is_refused(desk: Desk, days: Period) -> None:
    model = asking(desk, "history", lambda *_: days)
    with pytest.raises(PluginError, match=r"gick fel i history"):
        Facade().history(model, Period.year(2025), desk.settings)


def test_what_a_plugin_prints_does_not_mix_with_a_commands_own_output(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    def chatty(*_: object) -> object:
        print("hello")  # noqa: T201  (what a plugin should not do)
        return desk.split()

    Facade().allocate(desk.model(chatty), desk.request(), desk.settings)
    assert capsys.readouterr() == ("", "hello\n")
