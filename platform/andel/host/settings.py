"""A component's settings over time: which revision is in force, read by the model version it was written for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from packaging.version import Version

from andel.host.discovery import Registered
from andel.host.errors import NotAvailableError, PluginError, contained
from andel.host.registry import Catalogue
from andel.host.view import TenantView
from andel.sdk.errors import Complaint, SettingsError
from andel.sdk.period import Period
from andel.sdk.settings import PluginSettings
from andel.sdk.text import Text
from andel.sdk.workings import canonical_json


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsRevision:
    """Settings as a region wrote them.

    Attributes:
        valid_from: the first day they are in force; until the day the next revision begins.
        version: the version of the model that they were written for, and that computes with them.
        values: plain data, as in tenant.toml or the API.
    """

    valid_from: date
    version: str
    values: Mapping[str, object]

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedSettings:
    """All revisions of one use of a model, in the order of their days.

    Attributes:
        model: the model's id.
        where: the place they are written, for messages: ``"tenants/dalarna/tenant.toml, synergi"``.

    Raises:
        SettingsError: two revisions begin on the same day.
    """

    model: str
    revisions: tuple[SettingsRevision, ...]
    where: str = ""

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.revisions, key=lambda revision: revision.valid_from))
        for earlier, later in pairwise(ordered):
            if earlier.valid_from == later.valid_from:
                message = f"Two revisions of the settings of {self.model} begin on {later.valid_from}."
                raise SettingsError(message, where=self.where, remedy="Keep one, or give the later one its own day.")
        object.__setattr__(self, "revisions", ordered)

    def in_force(self, period: Period) -> SettingsRevision:
        """Return the revision in force on the period's first day.

        A period has one set of settings. A revision that begins inside it counts from the next period; to
        change in the middle, charge two periods.

        Raises:
            SettingsError: none had begun by then.
        """
        begun = [revision for revision in self.revisions if revision.valid_from <= period.start]
        if begun:
            return begun[-1]
        what = Text(
            f"{self.model} har inga inställningar som gäller {period.start}.",
            f"{self.model} has no settings in force on {period.start}.",
        )
        first = self.revisions[0].valid_from if self.revisions else None
        remedy = (
            Text(f"De första gäller från {first}.", f"The first are in force from {first}.")
            if first
            else Text("Skriv in inställningar.", "Enter settings.")
        )
        raise SettingsError(what, where=self.where, remedy=remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsInForce:
    """Settings that are read and valid, the model version that computes with them, and since when they hold."""

    registered: Registered
    settings: PluginSettings
    valid_from: date


def resolve(view: TenantView, dated: DatedSettings, period: Period) -> SettingsInForce:
    """Return what computes the period: the model version and the settings in force on its first day.

    Raises:
        SettingsError: no revision is in force, or its values are not what the version asks for.
        NotAvailableError: the region has not enabled the model, or the version is not installed.
    """
    revision = dated.in_force(period)
    registered = view.model(dated.model, revision.version)
    settings = read_settings(registered, revision.values, where=_place(dated, revision))
    return SettingsInForce(registered=registered, settings=settings, valid_from=revision.valid_from)


def read_settings(registered: Registered, values: Mapping[str, object], *, where: str = "") -> PluginSettings:
    """Read plain values by the model's settings type.

    Raises:
        SettingsError: with a complaint for every key that is wrong.
        PluginError: the plugin's own validation failed, or keeps a float.
    """
    plugin = str(registered)
    with contained("settings", plugin=plugin, passing=(SettingsError,)):
        settings: PluginSettings = registered.model.settings_type.read(values, where=where)
        json.loads(canonical_json(settings.plain()), parse_float=_refuse_float)
    return settings


def upgrade(
    catalogue: Catalogue, model_id: str, values: Mapping[str, object], *, version: str, to: str, where: str = ""
) -> dict[str, Any]:
    """Carry settings from one version to a later one, through every version between them.

    Each version's ``upgrade_settings`` is asked once, with the version before it, and its answer is validated.

    Raises:
        NotAvailableError: a version is not installed.
        SettingsError: the target is an earlier version, or a step gives values that its version refuses.
        PluginError: a step failed.
    """
    versions = catalogue.models.get(model_id, ())
    known = [registered.version for registered in versions]
    for each in (version, to):
        if each not in known:
            message = f"{model_id} {each} is not installed."
            raise NotAvailableError(message, where=where, remedy=f"Installed: {', '.join(known)}.")
    if Version(to) < Version(version):
        message = f"The settings of {model_id} are of version {version}, later than {to}."
        raise SettingsError(message, where=where, remedy="Enter the settings anew for the earlier version.")
    current = deepcopy(dict(values))
    for step in range(known.index(version) + 1, known.index(to) + 1):
        current = _step(versions[step], known[step - 1], current, where)
    return current


def complaints_about(view: TenantView, settings: DatedSettings) -> Iterator[Complaint]:
    """Yield what is wrong with each revision: its version is missing, or its values are not valid for it."""
    for revision in settings.revisions:
        place = _place(settings, revision)
        try:
            registered = view.model(settings.model, revision.version)
            read_settings(registered, revision.values, where=place)
        except NotAvailableError as error:
            for complaint in error.complaints:
                yield Complaint(complaint.what, place, complaint.remedy)
        except (SettingsError, PluginError) as error:
            yield from error.complaints


def _step(registered: Registered, before: str, values: dict[str, Any], where: str) -> dict[str, Any]:
    plugin = str(registered)
    with contained("upgrade_settings", plugin=plugin, passing=(SettingsError,)):
        answer: object = registered.model.upgrade_settings(before, values)
    if not isinstance(answer, dict):
        message = f"{plugin} upgraded settings to {type(answer).__name__}, not a dict."
        raise PluginError(message, where=where, plugin=plugin, hook="upgrade_settings")
    read_settings(registered, answer, where=where)
    return answer


def _place(dated: DatedSettings, revision: SettingsRevision) -> str:
    since = f"{dated.model} {revision.version} from {revision.valid_from}"
    return f"{dated.where}, {since}" if dated.where else since


def _refuse_float(text: str) -> float:
    message = f"it keeps the float {text}"
    raise ValueError(message)
