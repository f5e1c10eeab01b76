"""Typed dispatch to cost models. Nothing that a plugin computes is seen before it has passed through here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from prometheus_client import Counter

from andel.host.discovery import Registered
from andel.host.errors import PluginError, contained
from andel.host.inputs import input_digest, sealed
from andel.sdk.apportionment import Promise
from andel.sdk.cost import Allocation, CostModel, CostRequest
from andel.sdk.demands import CHECKS, Check, Subject, examine, own_copy
from andel.sdk.errors import AllocationError, FactError, SettingsError
from andel.sdk.facts import FactNeed
from andel.sdk.period import Period, PeriodError
from andel.sdk.settings import PluginSettings
from andel.sdk.text import Text

FAILURES = Counter("andel_plugin_failures", "Calls into a plugin that failed.", ["plugin", "model", "policy"])
"""How often plugins fail: ``required`` failed the caller, ``optional`` was shown as unavailable."""

SPECIFIED = (AllocationError, FactError, SettingsError, PeriodError)
"""What a cost model may raise: something the user can mend. All else is a failure of the plugin."""

_log = structlog.get_logger(__name__)


class Runner(Protocol):
    """Where a model's code runs. Another process, with limits, is another runner."""

    def __call__(self, model: CostModel[Any], request: CostRequest, settings: PluginSettings) -> tuple[object, object]:
        """Return the model's answer, and what it promises under the settings."""


def in_process(model: CostModel[Any], request: CostRequest, settings: PluginSettings) -> tuple[object, object]:
    """Run the model here and now: plugins are reviewed code."""
    return model.allocate(request, settings), model.promised(settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationResult:
    """An examined result, stamped with all that it takes to make it again.

    Attributes:
        model: the id of the cost model.
        version: the model's version.
        distribution: the distribution it came from, with its version: ``"andel-per-user 0.1.0"``.
        settings_digest: SHA-256 of the settings.
        workings_digest: SHA-256 of the workings as canonical JSON.
    """

    allocation: Allocation
    request: CostRequest
    model: str
    version: str
    distribution: str
    settings_digest: str
    workings_digest: str

    @property
    def input_digest(self) -> str:
        """SHA-256 of the request as canonical JSON."""
        return input_digest(self.request)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """Stands where an optional result would: the plugin that failed, and why."""

    plugin: str
    reason: PluginError


@dataclass(frozen=True, slots=True, kw_only=True)
class Facade:
    """Calls cost models, one method per method of theirs, and lets no failure of a plugin out unnamed.

    Attributes:
        run: where the model's code runs.
        checks: what each result is examined for.
    """

    run: Runner = in_process
    checks: tuple[Check, ...] = CHECKS

    def needs(self, model: Registered, period: Period, settings: PluginSettings) -> tuple[FactNeed, ...]:
        """Return the facts that the period's allocation is made on.

        Raises:
            PluginError: the model failed, or answered with something else.
        """
        with _counted(model), contained("needs", plugin=str(model), passing=SPECIFIED):
            needs: object = model.model.needs(period, _own(settings))
            if not isinstance(needs, tuple) or not all(isinstance(need, FactNeed) for need in needs):
                message = f"it answered with {needs!r}, not a tuple of FactNeed"
                raise TypeError(message)
        return needs

    def history(self, model: Registered, period: Period, settings: PluginSettings) -> Period | None:
        """Return the earlier days whose charges the model counts, None when no history matters.

        Raises:
            PluginError: the model failed, or answered with something else.
        """
        with _counted(model), contained("history", plugin=str(model), passing=SPECIFIED):
            history: object = model.model.history(period, _own(settings))
            if history is not None and not isinstance(history, Period):
                message = f"it answered with {history!r}, not a Period or None"
                raise TypeError(message)
            if history is not None and history.end > period.start:
                message = f"it answered with {history} for {period}, which is not before it"
                raise ValueError(message)
        return history

    def allocate(self, model: Registered, request: CostRequest, settings: PluginSettings) -> AllocationResult:
        """Divide one cost, and examine the result. Failure policy: ``required``.

        Raises:
            AllocationError, FactError, PeriodError, SettingsError: the model says what the user must mend.
            PluginError: the model failed, changed its input or broke the contract; nothing was changed.
        """
        with _counted(model):
            return self._allocate(model, request, settings)

    def try_allocate(
        self, model: Registered, request: CostRequest, settings: PluginSettings
    ) -> AllocationResult | Unavailable:
        """Divide one cost for a comparison. Failure policy: ``optional``: logged, counted, shown as unavailable.

        Raises:
            AllocationError, FactError, PeriodError, SettingsError: as ``allocate``.
        """
        try:
            return self._allocate(model, request, settings)
        except PluginError as error:
            FAILURES.labels(model.plugin, model.id, "optional").inc()
            _log.warning("plugin unavailable", plugin=str(model), hook=error.hook, reason=error.what)
            return Unavailable(plugin=str(model), reason=error)

    def _allocate(self, model: Registered, request: CostRequest, settings: PluginSettings) -> AllocationResult:
        if not isinstance(settings, model.model.settings_type):
            message = f"{type(settings).__name__} are not the settings of {model}."
            raise SettingsError(message, remedy="Read them with the model's own settings type.")
        plugin = str(model)
        own = _own(settings)
        with (
            contained("allocate", plugin=plugin, passing=SPECIFIED),
            sealed(request, lambda names: _broken(model, "input_unchanged", _changed(names))),
        ):
            answer, promised = self.run(model.model, request, own)
        with contained("allocate", plugin=plugin):
            if own != settings:
                raise _broken(model, "input_unchanged", _changed("settings"))
            allocation = self._examined(model, request, answer, promised)
            return AllocationResult(
                allocation=allocation,
                request=request,
                model=model.id,
                version=model.version,
                distribution=f"{model.distribution} {model.distribution_version}",
                settings_digest=settings.digest,
                workings_digest=allocation.workings.digest,
            )

    def _examined(self, model: Registered, request: CostRequest, answer: object, promised: object) -> Allocation:
        if not isinstance(promised, frozenset) or not all(isinstance(each, Promise) for each in promised):
            message = f"it promised {promised!r}, not a frozenset of Promise"
            raise TypeError(message)
        result = own_copy(answer)
        found = examine(Subject(request=request, result=result, promised=promised), self.checks)
        if found is not None:
            raise _broken(model, *found)
        return result


def _own(settings: PluginSettings) -> PluginSettings:
    return settings.model_copy(deep=True)


@contextmanager
def _counted(model: Registered) -> Iterator[None]:
    try:
        yield
    except PluginError:
        FAILURES.labels(model.plugin, model.id, "required").inc()
        raise


def _changed(names: str) -> Text:
    return Text(f"den ändrade sitt underlag ({names})", f"it changed its input ({names})")


def _broken(model: Registered, check: str, found: Text) -> PluginError:
    what = Text(
        f"Resultatet av {model} används inte: {found.sv}.",
        f"The result of {model} is not used: {found.en}.",
    )
    remedy = Text(
        "Ingenting har ändrats. Meddela den som förvaltar insticket.",
        "Nothing was changed. Tell whoever maintains the plugin.",
    )
    return PluginError(what, where=f"{model}, {check}", remedy=remedy, plugin=str(model), hook="allocate")
