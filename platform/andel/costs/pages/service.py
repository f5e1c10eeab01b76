"""The page of a service: what it is, who bears its cost and by which models, year by year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from flask import Blueprint, Response

from andel.costs.model import CostComponent
from andel.costs.pages.reading import reading
from andel.costs.pages.shown.service import component_shown
from andel.costs.service.stored import results_of
from andel.costs.service.yearly import known_years
from andel.parties.pages import Regions
from andel.parties.pages.words import counted
from andel.sdk.party import Party, PartyKind
from andel.shared.i18n import language
from andel.shared.web import render


def add_service(pages: Blueprint, regions: Regions, now: Callable[[], datetime]) -> None:
    """Add the page of a service to the pages."""

    @pages.get("/<tenant:tenant>/tjanster/<service>")
    def service(tenant: str, service: str) -> Response:
        today = now().date()
        with reading(regions, tenant) as read:
            found = read.service(service)
            years = known_years(read.session, read.book, today.year)
            shown = [
                component_shown(part, results_of(read.session, (found.key, part.key)), years, today)
                for part in found.components
            ]
        everyone = read.book.parties.existing(today)
        return render(
            "costs/service.html",
            to=read.to,
            book=read.book,
            service=found,
            shown=shown,
            year=today.year,
            models={part.key: read.registry.catalogue.find(part.model) for part in found.components},
            sharing={part.key: counted(sharing(part, everyone), language()) for part in found.components},
        )


def sharing(component: CostComponent, everyone: Sequence[Party]) -> list[Party]:
    """Return who shares a cost beside the region; a city whose districts share it is not counted as well."""
    among = [
        party
        for party in everyone
        if party.kind is not PartyKind.REGION and (component.parties is None or party.key in component.parties)
    ]
    cities = {party.authority for party in among}
    return [party for party in among if party.key not in cities]
