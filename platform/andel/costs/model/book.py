"""What a region shares and what it costs, as frozen values, and the request that a cost model is asked with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from andel.host.settings import DatedSettings
from andel.parties.model import PartyBook
from andel.sdk.cost import CostRequest
from andel.sdk.errors import AllocationError, AndelError, did_you_mean
from andel.sdk.facts import FactBook, FactNeed, Source
from andel.sdk.money import Money
from andel.sdk.period import Period
from andel.sdk.text import Text


class CostError(AndelError):
    """A service, a component or a period that cannot be found or does not fit."""


class Basis(StrEnum):
    """What a component's amount is: the adopted budget, the supplier's invoices, or none (a price only)."""

    BUDGET = "budget"
    INVOICES = "invoices"
    PRICE = "price"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """An amount of whole öre for a period: a budget line or one of the supplier's invoices."""

    period: Period
    ore: int
    source: Source
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostComponent:
    """One cost of a service, with one cost model and its dated settings.

    Attributes:
        parties: who shares the cost beside the region, by key; None when every organization does.
        settings_sources: where each revision of the settings comes from, by its first day.
    """

    key: str
    title: Text
    model: str
    basis: Basis
    settings: DatedSettings
    costs: tuple[Cost, ...] = ()
    parties: frozenset[str] | None = None
    settings_sources: Mapping[date, Source] = field(default_factory=dict)

    def settings_source(self, period: Period) -> Source | None:
        """Return where the settings in force on the period's first day come from, None when it is not known.

        Raises:
            SettingsError: none were in force.
        """
        return self.settings_sources.get(self.settings.in_force(period).valid_from)

    def amount(self, period: Period) -> tuple[Money, Source] | None:
        """Return the sum of the costs of the period and where it comes from; None when there is none.

        Raises:
            AllocationError: a cost lies partly inside the period; nobody can say which part.
        """
        inside = [cost for cost in self.costs if cost.period.overlaps(period)]
        for cost in inside:
            if cost.period.start < period.start or cost.period.end > period.end:
                message = Text(
                    f"Beloppet för {cost.period} ligger bara delvis inom {period}.",
                    f"The amount for {cost.period} lies only partly inside {period}.",
                )
                remedy = Text("Dela beloppet eller välj en hel period.", "Split the amount or choose a whole period.")
                raise AllocationError(message, where=self.key, remedy=remedy)
        if not inside:
            return None
        titles = dict.fromkeys(cost.source.title for cost in inside)
        dates = [cost.source.date for cost in inside if cost.source.date]
        source = Source(
            title="; ".join(titles),
            date=max(dates, default=None),
            example=any(cost.source.example for cost in inside),
        )
        return Money(sum(cost.ore for cost in inside)), source

    def applies(self, period: Period) -> bool:
        """Tell whether there is something to allocate: settings in force, and a cost unless it is a price only."""
        begun = any(revision.valid_from <= period.start for revision in self.settings.revisions)
        return begun and (self.basis is Basis.PRICE or any(cost.period.overlaps(period) for cost in self.costs))

    def periods(self) -> tuple[Period, ...]:
        """Return the calendar years that have costs, oldest first."""
        years = {year.start.year for cost in self.costs for year in cost.period.years()}
        return tuple(Period.year(year) for year in sorted(years))


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A shared service: what it is, who bears its cost, and where that is said."""

    key: str
    title: Text
    bearer: Text
    source: Source
    components: tuple[CostComponent, ...] = ()
    summary: Text | None = None

    def component(self, key: str) -> CostComponent:
        """Return the component of that key.

        Raises:
            CostError: the service has none of that name.
        """
        for component in self.components:
            if component.key == key:
                return component
        message = f'The service {self.key} has no cost component "{key}".'
        raise CostError(message, remedy=did_you_mean(key, (c.key for c in self.components)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionBook:
    """All that an allocation of one region is made from."""

    key: str
    title: str
    parties: PartyBook
    facts: FactBook
    services: tuple[Service, ...]

    def service(self, key: str) -> Service:
        """Return the service of that key.

        Raises:
            CostError: the region has none of that name.
        """
        for service in self.services:
            if service.key == key:
                return service
        message = f'{self.title} has no service "{key}".'
        raise CostError(message, remedy=did_you_mean(key, (s.key for s in self.services)))

    def applying(self, period: Period, service: str | None = None) -> tuple[tuple[Service, CostComponent], ...]:
        """Return the components that have something to allocate in the period, of one service or of all.

        Raises:
            CostError: there is no such service, or nothing to allocate.
        """
        chosen = self.services if service is None else (self.service(service),)
        found = tuple((one, part) for one in chosen for part in one.components if part.applies(period))
        if found:
            return found
        parts = [part for one in chosen for part in one.components]
        years = sorted({year.start.year for part in parts for year in part.periods()})
        priced = [part.settings.revisions[0].valid_from for part in parts if part.basis is Basis.PRICE]
        told = [f"There are costs for {', '.join(map(str, years))}."] if years else []
        told += [f"There are prices from {min(priced)}."] if priced else []
        known = " ".join(told) or "No cost is entered."
        message = f"There is nothing to allocate for {period}."
        raise CostError(message, where=f"{self.key} {service}" if service else self.key, remedy=known)

    def without_cost(self, period: Period, service: str | None = None) -> tuple[tuple[Service, CostComponent], ...]:
        """Return the components whose settings are in force and that have no cost in the period."""
        chosen = self.services if service is None else (self.service(service),)
        return tuple(
            (one, part)
            for one in chosen
            for part in one.components
            if not part.applies(period) and any(each.valid_from <= period.start for each in part.settings.revisions)
        )

    def request(
        self,
        service: Service,
        component: CostComponent,
        period: Period,
        *,
        needs: Iterable[FactNeed],
        charged: Mapping[str, int],
    ) -> CostRequest:
        """Put together what the component's model is asked for the period."""
        found = component.amount(period)
        sharing = component.parties
        return CostRequest(
            service=service.key,
            component=component.key,
            period=period,
            region=self.parties.region,
            parties=tuple(
                party
                for party in self.parties.parties
                if sharing is None or party.key in sharing or party.key == self.parties.region
            ),
            amount=found[0] if found else None,
            amount_source=found[1] if found else None,
            facts=self.facts.only(needs),
            charged=charged,
            successions=self.parties.successions,
        )
