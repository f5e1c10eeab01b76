"""The examination of a cost model: many made-up requests, every check on each, and for each failure a small example."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from andel.sdk.cost import CostModel, CostRequest
from andel.sdk.settings import PluginSettings
from andel.sdk.testing.elsewhere import Sample, same_elsewhere
from andel.sdk.testing.model_checks import MODEL_CHECKS
from andel.sdk.testing.result_checks import RESULT_CHECKS, Trial
from andel.sdk.testing.strategies import requests as any_request
from andel.sdk.testing.verdict import CheckError

EXAMPLES = 200
EXAMPLES_VARIABLE = "ANDEL_EXAMPLES"
ANSWERS = "answers"
_LEAST_ANSWERED = 5
_SEARCHES = 500
_SAMPLES = 40
ELSEWHERE = "same-elsewhere"
CHECKS = (ANSWERS, *MODEL_CHECKS, *RESULT_CHECKS, ELSEWHERE)
"""The names of all checks, in the order they are reported."""

Values = Mapping[str, object]
RequestStrategy = Callable[[CostModel[Any], Any], SearchStrategy[CostRequest]]
_Asked = tuple[PluginSettings, CostRequest]


@dataclass(frozen=True, slots=True)
class Failure:
    """What one check found, and the request it found it with."""

    check: str
    seen: str
    example: str

    def __str__(self) -> str:
        return f"{self.check}: {self.seen}\n{self.example}" if self.example else f"{self.check}: {self.seen}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What came of it: how many requests were made and answered, and the checks that failed."""

    model: str
    version: str
    requests: int
    answered: int
    failures: Mapping[str, Failure]

    @property
    def passed(self) -> bool:
        """Whether no check failed."""
        return not self.failures

    def check(self, name: str) -> None:
        """Fail if the check of that name did.

        Raises:
            CheckError: it did; says what was seen, with which request.
        """
        if name in self.failures:
            message = f"{self.model} {self.version} fails {self.failures[name]}"
            raise CheckError(message)


@dataclass(slots=True)
class _Record:
    stride: int = 1
    requests: int = 0
    answered: int = 0
    refusal: str = ""
    failed: dict[str, Failure] = field(default_factory=dict)
    seen_settings: set[str] = field(default_factory=set)
    samples: list[Sample] = field(default_factory=list)


def examine(
    model: CostModel[Any],
    *,
    settings: Sequence[Values] | SearchStrategy[Values] = ({},),
    requests: RequestStrategy = any_request,
    examples: int | None = None,
    smallest: bool = True,
    elsewhere: bool = True,
) -> Examination:
    """Put a cost model through every check.

    Args:
        model: the model.
        settings: plain settings, as a region would write them, to examine it under: a few typical ones of each
            kind, or a strategy.
        requests: makes a strategy of requests from the model and its settings, for a model that cannot take any.
        examples: how many requests; by default 200, or what the environment variable ``ANDEL_EXAMPLES`` says.
        smallest: look for the smallest request that fails, for each check that does; takes seconds for each.
        elsewhere: ask some of the requests again in processes of their own; takes a second.

    Raises:
        SettingsError: the settings given are not what the model takes.
    """
    plain = settings if isinstance(settings, SearchStrategy) else st.sampled_from(list(settings))
    asked: SearchStrategy[_Asked] = plain.map(model.settings_type.read).flatmap(
        lambda read: st.tuples(st.just(read), requests(model, read))
    )
    wanted = examples or int(os.environ.get(EXAMPLES_VARIABLE, EXAMPLES))
    record = _sweep(model, asked, wanted)
    if elsewhere:
        _note(record, ELSEWHERE, partial(same_elsewhere, model, record.samples), str)
    failures = {name: record.failed[name] for name in CHECKS if name in record.failed}
    if smallest:
        failures = {name: _smallest(model, asked, found, wanted) for name, found in failures.items()}
    if record.answered * _LEAST_ANSWERED < record.requests:
        failures.setdefault(ANSWERS, _too_few(record))
    return Examination(
        model=model.id, version=model.version, requests=record.requests, answered=record.answered, failures=failures
    )


def conformance(
    model: CostModel[Any],
    *,
    settings: Sequence[Values] | SearchStrategy[Values] = ({},),
    requests: RequestStrategy = any_request,
) -> Callable[[str], None]:
    """Return a test function for pytest, one test per check; see ``examine`` for the arguments."""
    import pytest  # noqa: PLC0415  (the examination itself runs without pytest)

    @cache
    def examination() -> Examination:
        return examine(model, settings=settings, requests=requests)

    @pytest.mark.parametrize("check", CHECKS)
    def test_conformance(check: str) -> None:
        examination().check(check)

    return test_conformance


def _plan(examples: int, *phases: Phase) -> hypothesis_settings:
    return hypothesis_settings(
        max_examples=examples,
        phases=phases,
        deadline=None,
        database=None,
        derandomize=EXAMPLES_VARIABLE not in os.environ,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
        report_multiple_bugs=False,
    )


def _sweep(model: CostModel[Any], asked: SearchStrategy[_Asked], examples: int) -> _Record:
    record = _Record(stride=examples // _SAMPLES + 1)

    @_plan(examples, Phase.generate)
    @given(asked)
    def sweep(drawn: _Asked) -> None:
        settings, request = drawn
        record.requests += 1
        if repr(settings) not in record.seen_settings:
            record.seen_settings.add(repr(settings))
            for name, check in MODEL_CHECKS.items():
                _note(record, name, partial(check, model, settings), lambda: f"Settings: {settings!r}")
        _look(record, model, settings, request)

    sweep()
    return record


def _look(
    record: _Record,
    model: CostModel[Any],
    settings: PluginSettings,
    request: CostRequest,
    checks: Collection[str] = RESULT_CHECKS,
) -> None:
    example = partial(_describe, settings, request)
    trials: list[Trial] = []
    _note(record, ANSWERS, lambda: trials.append(Trial.of(model, settings, request)), example)
    for trial in trials:
        record.answered += trial.allocation is not None
        record.refusal = str(trial.refusal or record.refusal)
        sampled = record.requests % record.stride == 0
        if sampled and trial.allocation is not None and trial.broken is None:
            record.samples.append((settings, request, trial.allocation.workings.digest))
        for name in checks:
            _note(record, name, partial(RESULT_CHECKS[name], trial), example)


def _note(record: _Record, name: str, run: Callable[[], None], example: Callable[[], str]) -> None:
    try:
        run()
    except CheckError as error:
        record.failed.setdefault(name, Failure(name, str(error), example()))
    except Exception as error:  # noqa: BLE001  (whatever a plugin raises is what we look for)
        record.failed.setdefault(name, Failure(name, f"{type(error).__name__} was raised: {error}", example()))


def _too_few(record: _Record) -> Failure:
    seen = f"{record.answered} of {record.requests} requests were answered. The last refusal: {record.refusal}"
    return Failure(ANSWERS, seen, "Examine it with requests that it can take.")


def _smallest(model: CostModel[Any], asked: SearchStrategy[_Asked], found: Failure, examples: int) -> Failure:
    """Look for the smallest request that fails the same check; keep the first when it will not fail again."""
    if found.check not in {ANSWERS, *RESULT_CHECKS}:
        return found
    latest = [found]
    left = itertools.count(examples + _SEARCHES, -1)

    @_plan(examples, Phase.generate, Phase.shrink)
    @given(asked)
    def search(drawn: _Asked) -> None:
        if next(left) < 0:
            return  # small enough: a search without end helps no one
        record = _Record()
        _look(record, model, *drawn, checks={found.check} & set(RESULT_CHECKS))
        if found.check in record.failed:
            latest.append(record.failed[found.check])
            raise CheckError(found.check)

    with suppress(Exception):  # it fails, as it should; of a model that is not pure Hypothesis complains as well
        search()
    return latest[-1]


def _describe(settings: PluginSettings, request: CostRequest) -> str:
    facts = "; ".join(f"{series.name} {series.reference_date} {dict(series.values)}" for series in request.facts.series)
    parties = ", ".join(party.key for party in request.parties)
    charged = f", charged {dict(request.charged)}" if request.charged else ""
    follows = f", successions {request.successions}" if request.successions else ""
    return (
        f"Request: {request.amount}, period {request.period}, parties {parties}, facts {facts or 'none'}"
        f"{charged}{follows}.\nSettings: {settings!r}"
    )
