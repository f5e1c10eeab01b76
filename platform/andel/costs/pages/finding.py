"""Find the result that an address means: the stored one, or what a run would make now, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from andel.costs.pages.reading import Reading
from andel.costs.service.previewing import Case, preview
from andel.costs.service.stored import StoredAllocation, allocation_of, results_of
from andel.costs.tables import Purpose
from andel.host.discovery import Registered
from andel.host.settings import SettingsRevision, resolve
from andel.parties.pages import NotHereError
from andel.sdk.apportionment import Promise
from andel.sdk.cost import Allocation
from andel.sdk.errors import AndelError, Complaint
from andel.sdk.facts import Source
from andel.sdk.period import Period
from andel.sdk.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What made a result: model, version, digests, and the settings that are in force as far as they are known.

    Attributes:
        digest: SHA-256 of the workings. A preview and the result that a run stores of the same have the same.
        registered: the installed model, None when that version is not installed.
        promised: what the model keeps under these settings.
    """

    model: str
    version: str
    digest: str
    settings_digest: str
    registered: Registered | None
    promised: frozenset[Promise]
    settings: SettingsRevision | None
    settings_source: Source | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What an address leads to.

    Attributes:
        allocation: the result; None when there is none.
        stored: the stored result, None for a preview.
        revisions: every stored result of the period, the newest first.
        refusal: why the component cannot be allocated; empty when it can, or has nothing to allocate.
    """

    case: Case
    allocation: Allocation | None
    made: Made | None
    stored: StoredAllocation | None = None
    revisions: tuple[StoredAllocation, ...] = ()
    refusal: tuple[Complaint, ...] = ()

    @property
    def name(self) -> str:
        """What files of the result are called."""
        return f"{self.case.part[0]}-{self.case.part[1]}-{self.case.period}".replace("/", "--")


def find_result(reading: Reading, service: str, component: str, period: Period, revision: str | None = None) -> Found:
    """Return what the address means.

    Raises:
        NotHereError: there is no such service or component, or no stored result of that revision.
        WorkingsError: stored workings cannot be read.
    """
    one = reading.service(service)
    case = Case(one, reading.component(one, component), period)
    results = tuple(
        result
        for result in results_of(reading.session, case.part)
        if result.period == period and result.purpose is Purpose.CHARGE
    )
    chosen = _chosen(results, revision)
    if chosen is None:
        return _previewed(reading, case)
    return Found(
        case=case,
        allocation=allocation_of(reading.session, chosen),
        made=_made_of(reading, case, chosen),
        stored=chosen,
        revisions=results,
    )


def _chosen(results: tuple[StoredAllocation, ...], revision: str | None) -> StoredAllocation | None:
    if revision is None:
        return next((result for result in results if result.is_current), None)
    found = next((result for result in results if str(result.revision) == revision), None)
    if found is None:
        what = Text(f"Det finns ingen revision {revision}.", f"There is no revision {revision}.")
        raise NotHereError(what, where=revision)
    return found


def _previewed(reading: Reading, case: Case) -> Found:
    if not case.component.applies(case.period):
        return Found(case=case, allocation=None, made=None)
    try:
        made = preview(reading.session, reading.allocator, case)
    except AndelError as error:
        return Found(case=case, allocation=None, made=None, refusal=error.complaints)
    result = made.result
    registered = made.current.registered
    return Found(
        case=case,
        allocation=result.allocation,
        made=Made(
            model=result.model,
            version=result.version,
            digest=result.allocation.workings.digest,
            settings_digest=result.settings_digest,
            registered=registered,
            promised=registered.model.promised(made.current.settings),
            settings=case.component.settings.in_force(case.period),
            settings_source=case.component.settings_source(case.period),
        ),
    )


def _made_of(reading: Reading, case: Case, stored: StoredAllocation) -> Made:
    """Return what made a stored result. Settings that have been replaced since are not shown as its own."""
    registered = reading.registry.catalogue.find(stored.model, stored.model_version)
    promised = registered.model.promises if registered else frozenset()
    settings, source = None, None
    try:
        current = resolve(reading.view, case.component.settings, case.period)
        if current.settings.digest == stored.settings_digest:
            settings, source = (
                case.component.settings.in_force(case.period),
                case.component.settings_source(case.period),
            )
            promised = current.registered.model.promised(current.settings)
    except AndelError:
        pass
    return Made(
        model=stored.model,
        version=stored.model_version,
        digest=stored.workings_digest,
        settings_digest=stored.settings_digest,
        registered=registered,
        promised=promised,
        settings=settings,
        settings_source=source,
    )
