"""From the document to the values that an allocation is made from."""

from __future__ import annotations

from datetime import date

from andel.costs.model import Cost, CostComponent, RegionBook, Service
from andel.host.registry import Registry
from andel.host.settings import DatedSettings, SettingsRevision
from andel.parties.model import Group, PartyBook
from andel.sdk.facts import FactBook, FactSeries
from andel.sdk.party import Party, PartyKind, Succession
from andel.tenancy.model.document import Component, CostLine, Facts, Organization, ServiceOf, TenantDocument
from andel.tenancy.model.faults import error_of
from andel.tenancy.model.reading import Reading
from andel.tenancy.model.validation import check_document


def to_book(document: TenantDocument, registry: Registry) -> RegionBook:
    """Return the region's book. The order of lists in the document does not change it.

    Raises:
        TenantError: the document is not valid with what is installed; with every fault.
    """
    faults = check_document(Reading(document), registry)
    if faults:
        raise error_of(faults)
    return book_of(document)


def book_of(document: TenantDocument) -> RegionBook:
    """Return the book of a document that has been checked."""
    return RegionBook(
        key=document.region.key,
        title=document.region.name,
        parties=_parties(document),
        facts=FactBook(tuple(map(_series, sorted(document.facts, key=_series_order)))),
        services=tuple(_service(document, one) for one in sorted(document.services, key=lambda one: one.key)),
    )


def _parties(document: TenantDocument) -> PartyBook:
    region = document.region
    own = Party(
        key=region.organization,
        name=region.name,
        kind=PartyKind.REGION,
        organization_number=region.organization_number,
    )
    organizations = sorted(document.organizations, key=lambda organization: organization.key)
    successions = sorted(document.successions, key=lambda succession: (succession.on, succession.successor))
    return PartyBook(
        region=own.key,
        parties=(own, *map(_party, organizations)),
        groups=tuple(
            Group(key=group.key, title=group.title, members=tuple(sorted(group.members)), source=group.source)
            for group in sorted(document.groups, key=lambda group: group.key)
        ),
        successions=tuple(
            Succession(
                predecessors=tuple(sorted(succession.predecessors)),
                successor=succession.successor,
                on=succession.on,
                source=succession.source,
            )
            for succession in successions
        ),
        codes={organization.key: organization.code for organization in organizations if organization.code},
    )


def _party(organization: Organization) -> Party:
    return Party(
        key=organization.key,
        name=organization.name,
        kind=organization.kind,
        organization_number=organization.organization_number,
        authority=organization.authority,
        valid_from=organization.valid_from or date.min,
        valid_to=organization.valid_to,
    )


def _series_order(series: Facts) -> tuple[str, date, int]:
    """A correction comes after what it corrects: the last one given counts."""
    return series.name, series.reference_date, series.revision


def _series(series: Facts) -> FactSeries:
    return FactSeries(
        name=series.name,
        unit=series.unit,
        reference_date=series.reference_date,
        source=series.source.source,
        values=dict(sorted(series.values.items())),
        control_total=series.control_total,
        corrects=series.corrects,
    )


def _service(document: TenantDocument, service: ServiceOf) -> Service:
    where = f"{document.region.key}, {service.key}"
    return Service(
        key=service.key,
        title=service.title.text,
        bearer=service.bearer.text,
        summary=service.summary.text if service.summary else None,
        source=service.source.source,
        components=tuple(
            _component(document, component, where)
            for component in sorted(service.components, key=lambda component: component.key)
        ),
    )


def _component(document: TenantDocument, component: Component, where: str) -> CostComponent:
    revisions = sorted(component.settings, key=lambda revision: revision.valid_from)
    return CostComponent(
        key=component.key,
        title=component.title.text,
        model=component.model,
        basis=component.basis,
        parties=document.members(component.parties) if component.parties else None,
        settings=DatedSettings(
            model=component.model,
            where=f"{where}, {component.key}",
            revisions=tuple(
                SettingsRevision(valid_from=one.valid_from, version=one.version, values=one.values) for one in revisions
            ),
        ),
        settings_sources={one.valid_from: one.source.source for one in revisions},
        costs=tuple(map(_cost, sorted(component.costs, key=_cost_order))),
    )


def _cost_order(cost: CostLine) -> tuple[date, date, str, str]:
    return cost.period.start, cost.period.end, cost.reference, cost.amount


def _cost(cost: CostLine) -> Cost:
    return Cost(period=cost.period, ore=cost.ore, source=cost.source.source, reference=cost.reference)
