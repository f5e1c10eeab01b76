"""Services and their components: enabled models, valid settings, amounts that do not overlap, facts at hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from andel.host.discovery import Registered
from andel.host.errors import NotAvailableError, PluginError
from andel.host.settings import read_settings
from andel.sdk.errors import AndelError, SettingsError
from andel.sdk.period import Period
from andel.sdk.settings import PluginSettings
from andel.tenancy.model.checks.subject import Subject, complaint_fault, doubles
from andel.tenancy.model.document import Component, Revision, TenantDocument
from andel.tenancy.model.faults import Fault, Path

_PARTY_LISTS = frozenset({"members", "parties"})
_PARTY_TABLES = frozenset({"payers", "decisions"})


def check_services(subject: Subject) -> Iterator[Fault]:
    """Yield what is wrong with services and components."""
    services = subject.document.services
    yield from doubles(services, lambda service: service.key, ("services",), 'The service "{}" stands twice.', "key")
    for place, service in enumerate(services):
        owner: Path = ("services", place, "components")
        twice = 'The component "{}" stands twice in the service.'
        yield from doubles(service.components, lambda component: component.key, owner, twice, "key")
        for index, component in enumerate(service.components):
            path: Path = (*owner, index)
            for number, key in enumerate(component.parties):
                yield from subject.unknown(key, (*path, "parties", number), groups=True)
            yield from _costs(component, path)
            yield from _settings(subject, component, path)
            yield from _facts(subject, component, path)


# ---- costs --------------------------------------------------------------------------------------------------
def _costs(component: Component, path: Path) -> Iterator[Fault]:
    for index, cost in enumerate(component.costs):
        for number, other in enumerate(component.costs[:index]):
            if cost.reference == other.reference and cost.period.overlaps(other.period):
                what = f"The amounts for {other.period} and {cost.period} overlap under the same reference."
                remedy = f"Amount {number + 1} has those days already: remove one, or give each its own reference."
                yield Fault(what=what, path=(*path, "costs", index), remedy=remedy)
        first = min(revision.valid_from for revision in component.settings)
        if cost.period.start < first:
            what = f"The amount is for {cost.period}, the first settings are in force from {first}."
            remedy = "Add settings for those days, or remove the amount."
            yield Fault(what=what, path=(*path, "costs", index), remedy=remedy)


# ---- settings -----------------------------------------------------------------------------------------------
def _settings(subject: Subject, component: Component, path: Path) -> Iterator[Fault]:
    owner: Path = (*path, "settings")
    twice = "Two revisions of the settings are in force from {}."
    yield from doubles(component.settings, lambda revision: revision.valid_from, owner, twice, "valid_from")
    told: set[str] = set()
    for index, revision in enumerate(component.settings):
        there: Path = (*owner, index)
        try:
            read_revision(subject, component, revision)
        except NotAvailableError as error:
            installed = subject.view.catalogue.versions(component.model)
            spot = (*there, "version") if installed else (*path, "model")
            if installed or error.what not in told:
                yield complaint_fault(error.complaints[0], spot)
            told.add(error.what)
        except (SettingsError, PluginError) as error:
            for complaint in error.complaints:
                yield complaint_fault(complaint, (*there, "values", *_steps(complaint.where)))
        else:
            yield from _party_keys(subject, revision.values, (*there, "values"))


def read_revision(subject: Subject, component: Component, revision: Revision) -> tuple[Registered, PluginSettings]:
    """Return the model that computes with the revision, and its settings.

    Raises:
        NotAvailableError: the region has not enabled the model, or the version is not installed.
        SettingsError: the values are not what the version asks for.
        PluginError: the plugin failed.
    """
    registered = subject.view.model(component.model, revision.version)
    return registered, read_settings(registered, revision.values)


def _steps(where: str) -> Path:
    return tuple(int(step) if step.isdigit() else step for step in where.split(".") if step)


def _party_keys(subject: Subject, values: object, path: Path) -> Iterator[Fault]:
    """Look for organizations where settings name them: members, parties, payer, payers and decisions."""
    if isinstance(values, list):
        for index, value in enumerate(values):
            yield from _party_keys(subject, value, (*path, index))
    elif isinstance(values, Mapping):
        for name, value in values.items():
            there: Path = (*path, str(name))
            named = tuple(_named_parties(str(name), value))
            for key, steps in named:
                yield from subject.unknown(key, (*there, *steps))
            if not named:
                yield from _party_keys(subject, value, there)


def _named_parties(name: str, value: object) -> Iterator[tuple[str, Path]]:
    """Yield the keys of organizations in a setting of the name, and where in it they stand."""
    if name in _PARTY_LISTS and isinstance(value, list):
        yield from ((str(key), (index,)) for index, key in enumerate(value))
    elif name == "payer" and isinstance(value, str):
        yield value, ()
    elif name in _PARTY_TABLES and isinstance(value, Mapping):
        yield from ((str(key), (str(key),)) for key in value)
        if name == "payers":
            yield from ((str(payer), (str(key),)) for key, payer in value.items())


# ---- facts --------------------------------------------------------------------------------------------------
def years_of(document: TenantDocument, component: Component) -> tuple[Period, ...]:
    """Return the calendar years that the component can be asked for, oldest first.

    Those with amounts of its own; a price without any can be asked for in every year that the document knows
    amounts for and the price is in force at the start of.
    """
    everyone = (one for service in document.services for one in service.components)
    costs = component.costs or [cost for one in everyone for cost in one.costs]
    years = (Period.year(year) for year in sorted({year.start.year for cost in costs for year in cost.period.years()}))
    return tuple(year for year in years if in_force(component, year) is not None)


def in_force(component: Component, period: Period) -> Revision | None:
    """Return the revision in force on the period's first day."""
    begun = [revision for revision in component.settings if revision.valid_from <= period.start]
    return max(begun, key=lambda revision: revision.valid_from, default=None)


def _facts(subject: Subject, component: Component, path: Path) -> Iterator[Fault]:
    """Yield a fault for each fact that a year needs and of which there is none at or before the day.

    A price is charged in the years that have been counted: it is enough that it can be in one.
    """
    if not subject.certain(("facts",)):
        return
    by_year = [tuple(_missing(subject, component, year, path)) for year in years_of(subject.document, component)]
    if not component.costs:
        by_year = by_year[-1:] if all(by_year) else []
    yield from dict.fromkeys(fault for faults in by_year for fault in faults)


def _missing(subject: Subject, component: Component, period: Period, path: Path) -> Iterator[Fault]:
    revision = in_force(component, period)
    if revision is None:
        return
    try:
        registered, settings = read_revision(subject, component, revision)
        needs = subject.facade.needs(registered, period, settings)
    except AndelError:
        return  # told where the settings are checked
    for need in needs:
        known = (one for one in subject.document.facts if one.name == need.name and one.reference_date <= need.on)
        if next(known, None) is None and not need.optional:
            what = f'{component.model} needs the fact "{need.name}" of {need.on}; there is none of that day or earlier.'
            remedy = f'Add [[facts]] with name = "{need.name}" and reference_date = {need.on}, and its file.'
            yield Fault(what=what, path=path, remedy=remedy)
