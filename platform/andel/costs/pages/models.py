"""The plugins of a region: what they compute, what they promise, and the settings they are used with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask import Blueprint, Response, request

from andel.costs.model import CostComponent, Service
from andel.costs.pages.reading import Reading, reading
from andel.costs.pages.shown.settings import SettingField, setting_fields
from andel.costs.pages.words import PROMISES
from andel.host.discovery import Plugin, Registered
from andel.host.settings import SettingsRevision, read_settings
from andel.parties.pages import Regions, not_here
from andel.sdk.apportionment import Promise
from andel.sdk.errors import AndelError, Complaint
from andel.sdk.facts import Source
from andel.sdk.text import Text
from andel.shared.i18n import language
from andel.shared.web import render


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A component that uses a model, and one revision of its settings written out.

    Attributes:
        chosen: the revision that is shown; None when there is none.
        fields: its values; empty when they cannot be read, then ``wrong`` says why.
    """

    service: Service
    component: CostComponent
    registered: Registered | None
    chosen: SettingsRevision | None
    source: Source | None
    fields: tuple[SettingField, ...] = ()
    promised: frozenset[Promise] = frozenset()
    wrong: tuple[Complaint, ...] = ()


def add_models(pages: Blueprint, regions: Regions, now: Callable[[], datetime]) -> None:
    """Add the list of plugins and a page for each."""

    @pages.get("/<tenant:tenant>/modeller")
    def models(tenant: str) -> Response:
        with reading(regions, tenant) as read:
            enabled = sorted(read.view.enabled)
        return render(
            "costs/models.html",
            to=read.to,
            book=read.book,
            plugins=[read.registry.plugin(name) for name in enabled if read.registry.plugin(name)],
            missing=[name for name in enabled if read.registry.plugin(name) is None],
            refusals=read.registry.refusals,
            uses=_uses(read),
            promises=PROMISES,
        )

    @pages.get("/<tenant:tenant>/modeller/<plugin>")
    def model(tenant: str, plugin: str) -> Response:
        with reading(regions, tenant) as read:
            found = _plugin(read, plugin)
        today = now().date()
        asked, wanted = request.args.get("del"), request.args.get("fran", "")
        ids = {each.id for each in found.models}
        return render(
            "costs/model.html",
            to=read.to,
            book=read.book,
            plugin=found,
            models=[read.registry.catalogue.models[name][-1] for name in sorted(ids)],
            uses=[
                _use(read, service, component, wanted if asked == f"{service.key}.{component.key}" else "", today)
                for service, component in _uses(read)
                if component.model in ids
            ],
            promises=PROMISES,
            today=today,
        )


def _plugin(read: Reading, name: str) -> Plugin:
    found = read.registry.plugin(name) if name in read.view.enabled else None
    if found is None:
        what = Text(f"Regionen använder inget insticksprogram {name}.", f"The region uses no plugin {name}.")
        raise not_here(what, name, ((one, one) for one in read.view.enabled))
    return found


def _uses(read: Reading) -> list[tuple[Service, CostComponent]]:
    return [(service, component) for service in read.book.services for component in service.components]


def _use(read: Reading, service: Service, component: CostComponent, wanted: str, today: date) -> Use:
    """Show the revision asked for by its first day, else the one in force today, else the first."""
    revisions = component.settings.revisions
    begun = [one for one in revisions if one.valid_from <= today]
    asked = next((one for one in revisions if one.valid_from.isoformat() == wanted), None)
    chosen = asked or (begun[-1] if begun else next(iter(revisions), None))
    registered = read.registry.catalogue.find(component.model, chosen.version) if chosen else None
    source = component.settings_sources.get(chosen.valid_from) if chosen else None
    use = Use(service=service, component=component, registered=registered, chosen=chosen, source=source)
    if registered is None or chosen is None:
        return use
    try:
        settings = read_settings(registered, chosen.values)
    except AndelError as error:
        return replace(use, wrong=error.complaints)
    fields = setting_fields(settings, chosen.values, language())
    return replace(use, fields=fields, promised=registered.model.promised(settings))
