"""Everything that is installed: which plugin handed over what. Built once, at start-up, and never changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from packaging.version import Version

from andel.host.discovery import Discovery, Plugin, Refusal, Registered, discover
from andel.host.errors import NotAvailableError
from andel.sdk.errors import did_you_mean
from andel.sdk.text import Text


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Cost models by id, the versions of each in ascending order."""

    models: Mapping[str, tuple[Registered, ...]]

    @classmethod
    def of(cls, plugins: Iterable[Plugin]) -> Catalogue:
        """Return the catalogue of the plugins' models."""
        found: defaultdict[str, list[Registered]] = defaultdict(list)
        for plugin in plugins:
            for registered in plugin.models:
                found[registered.id].append(registered)
        ascending = {
            name: tuple(sorted(versions, key=lambda each: Version(each.version)))
            for name, versions in sorted(found.items())
        }
        return cls(MappingProxyType(ascending))

    def find(self, model_id: str, version: str | None = None) -> Registered | None:
        """Return that version of the model, or its latest when None; None when there is no such model."""
        versions = self.models.get(model_id, ())
        if version is None:
            return versions[-1] if versions else None
        return next((each for each in versions if each.version == version), None)

    def versions(self, model_id: str) -> tuple[str, ...]:
        """Return the released versions, ascending; empty for an unknown id."""
        return tuple(each.version for each in self.models.get(model_id, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """What is installed and used, and what is installed and refused."""

    plugins: tuple[Plugin, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    catalogue: Catalogue = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "catalogue", Catalogue.of(self.plugins))

    @classmethod
    def of(cls, discovery: Discovery) -> Registry:
        """Return the registry; plugins that claim the same name or model id are all refused.

        None of them wins: which one is found first is no reason to charge by it.
        """
        claims: defaultdict[str, list[Plugin]] = defaultdict(list)
        for plugin in discovery.plugins:
            for claim in sorted({f"plugin {plugin.name}", *(f"cost model {each.id}" for each in plugin.models)}):
                claims[claim].append(plugin)
        clashes = {claim: rivals for claim, rivals in sorted(claims.items()) if len(rivals) > 1}
        refused = tuple(_clash(plugin, claim, rivals) for claim, rivals in clashes.items() for plugin in rivals)
        out = {id(plugin) for rivals in clashes.values() for plugin in rivals}
        kept = tuple(plugin for plugin in discovery.plugins if id(plugin) not in out)
        return cls(plugins=kept, refusals=(*discovery.refusals, *refused))

    def plugin(self, name: str) -> Plugin | None:
        """Return the plugin of that name, None when it is not installed or refused."""
        return next((plugin for plugin in self.plugins if plugin.name == name), None)

    def refusals_of(self, name: str) -> tuple[Refusal, ...]:
        """Return why the plugin or distribution of that name is refused."""
        return tuple(refusal for refusal in self.refusals if name in {refusal.plugin, refusal.distribution})

    def model(self, model_id: str, version: str | None = None) -> Registered:
        """Return that version of a cost model, or its latest when None.

        Raises:
            NotAvailableError: no installed plugin hands it over.
        """
        found = self.catalogue.find(model_id, version)
        if found is None:
            raise missing(self.catalogue, model_id, version)
        return found


def missing(catalogue: Catalogue, model_id: str, version: str | None) -> NotAvailableError:
    """Return the error for a model, or a version of it, that the catalogue does not hold."""
    versions = catalogue.versions(model_id)
    if versions:
        what = Text(
            f"Version {version} av kostnadsmodellen {model_id} är inte installerad.",
            f"Version {version} of the cost model {model_id} is not installed.",
        )
        known = ", ".join(versions)
        remedy = Text(
            f"Installera insticket i en utgåva som har den. Installerade versioner: {known}.",
            f"Install the plugin in a release that has it. Installed versions: {known}.",
        )
        return NotAvailableError(what, where=model_id, remedy=remedy)
    what = Text(
        f'Det finns ingen kostnadsmodell "{model_id}".',
        f'There is no cost model "{model_id}".',
    )
    near = did_you_mean(model_id, catalogue.models)
    advice = Text(_swedish(near), near or "No plugin is installed.")
    return NotAvailableError(what, where=model_id, remedy=advice)


def build_registry() -> Registry:
    """Discover what is installed and return the registry of it."""
    return Registry.of(discover())


def _swedish(near: str) -> str:
    return near.replace("Did you mean", "Menade du").replace("Known:", "Kända:") or "Inget instick är installerat."


def _clash(plugin: Plugin, claim: str, rivals: list[Plugin]) -> Refusal:
    others = ", ".join(f"{rival.distribution} {rival.version}" for rival in rivals)
    reason = f"The {claim} is handed over by more than one: {others}."
    return plugin.refused(reason, "Uninstall all of them but one.")
