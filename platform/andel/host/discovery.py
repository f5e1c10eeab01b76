"""Find the installed plugins. A broken distribution is refused by name; it never stops the host."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint
from types import ModuleType
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from andel.host.declaration import wrong_with
from andel.host.errors import PluginError, cause_words, contained
from andel.host.hooks import Hooks
from andel.sdk.cost import CostModel
from andel.sdk.hookspecs import ENTRY_POINTS

HOST = "andel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A plugin that is installed and not used: which, why, and what to do about it."""

    plugin: str
    distribution: str
    version: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.plugin} ({self.distribution} {self.version}): {self.reason} {self.remedy}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """One released version of a cost model, and who handed it over.

    Attributes:
        plugin: the name that a region enables it by.
        distribution: the installed distribution that brought it.
        distribution_version: that distribution's version; it may differ from the model's own.
    """

    id: str
    version: str
    model: CostModel[Any]
    plugin: str
    distribution: str
    distribution_version: str

    def __str__(self) -> str:
        return f"{self.id} {self.version} ({self.distribution} {self.distribution_version})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """One entry point that was loaded, and what it handed over.

    Attributes:
        docs: the distribution's own page, its README, in Markdown.
    """

    name: str
    distribution: str
    version: str
    models: tuple[Registered, ...]
    docs: str = ""

    def refused(self, reason: str, remedy: str) -> Refusal:
        """Return the refusal of this plugin."""
        return Refusal(
            plugin=self.name, distribution=self.distribution, version=self.version, reason=reason, remedy=remedy
        )


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found, in the order of the distributions' names."""

    plugins: tuple[Plugin, ...]
    refusals: tuple[Refusal, ...]


def discover(distributions: Iterable[Distribution] | None = None, *, installed: str | None = None) -> Discovery:
    """Load every entry point of the group ``andel.plugins``.

    Args:
        distributions: where to look; by default everything that is installed.
        installed: the version of Andel that plugins must fit; by default the one that is installed.
    """
    found = importlib.metadata.distributions() if distributions is None else distributions
    host = Version(importlib.metadata.version(HOST) if installed is None else installed)
    plugins: list[Plugin] = []
    refusals: list[Refusal] = []
    for name, distribution in sorted(_by_name(found).items()):
        for point in _points(name, distribution, refusals):
            try:
                with contained("loading", plugin=name):
                    plugins.append(_load(name, distribution, point, host))
            except PluginError as error:
                refusals.append(_refusal(point.name, name, distribution, error))
    return Discovery(tuple(plugins), tuple(refusals))


def _by_name(distributions: Iterable[Distribution]) -> dict[str, Distribution]:
    """Keep the first of each name, as an import would: one that is on the path twice is no duplicate."""
    found: dict[str, Distribution] = {}
    for number, distribution in enumerate(distributions):
        name = _field(distribution, "Name") or f"(distribution {number} without a readable name)"
        found.setdefault(canonicalize_name(name), distribution)
    return found


def _field(distribution: Distribution, field: str) -> str:
    try:
        return str(distribution.metadata[field] or "")
    except Exception:  # noqa: BLE001  (any file of a stranger may be broken)
        return ""


def _points(name: str, distribution: Distribution, refusals: list[Refusal]) -> Iterator[EntryPoint]:
    try:
        points = [point for point in distribution.entry_points if point.group == ENTRY_POINTS]
    except Exception as cause:  # noqa: BLE001  (any file of a stranger may be broken)
        if _may_be_plugin(distribution):
            error = PluginError(
                f"Its entry points cannot be read: {cause_words(cause)}.", remedy="Build and install it anew."
            )
            refusals.append(_refusal(name, name, distribution, error))
        return
    yield from sorted(points, key=lambda point: point.name)


def _may_be_plugin(distribution: Distribution) -> bool:
    try:
        return ENTRY_POINTS in (distribution.read_text("entry_points.txt") or "")
    except Exception:  # noqa: BLE001  (a file that nobody can open)
        return True


def _load(name: str, distribution: Distribution, point: EntryPoint, host: Version) -> Plugin:
    version = _field(distribution, "Version") or "(no version)"
    label = f"{name} {version}"
    with contained("its dependencies", plugin=label):
        _check_requirement(label, distribution, host)
    with contained("import", plugin=label):
        module = point.load()
    if not isinstance(module, ModuleType):
        message = f'The entry point "{point.name}" is {type(module).__name__}, not a module.'
        raise PluginError(message, remedy='Point it at the package: "per-user = andel_per_user".', plugin=label)
    models = Hooks(module, plugin=label).cost_models()
    with contained("its declarations", plugin=label):
        _check_models(label, models)
        return Plugin(
            name=point.name,
            distribution=name,
            version=version,
            models=tuple(_registered(model, point.name, name, version) for model in models),
            docs=str(distribution.metadata.get_payload() or ""),  # type: ignore[attr-defined]  # an email.Message
        )


def _check_requirement(label: str, distribution: Distribution, host: Version) -> None:
    wanted = [
        requirement
        for requirement in map(Requirement, distribution.requires or ())
        if canonicalize_name(requirement.name) == HOST and (not requirement.marker or requirement.marker.evaluate())
    ]
    if not any(requirement.specifier for requirement in wanted):
        message = f"It does not say which versions of {HOST} it fits."
        remedy = f'Let it depend on a range: "{HOST}>={host},<{host.major + 1}".'
        raise PluginError(message, remedy=remedy, plugin=label)
    for requirement in wanted:
        if not requirement.specifier.contains(host, prereleases=True):
            message = f"It needs {HOST}{requirement.specifier}; {HOST} {host} is installed."
            remedy = f"Install a version of it made for {HOST} {host}."
            raise PluginError(message, remedy=remedy, plugin=label)


def _check_models(label: str, models: tuple[CostModel[Any], ...]) -> None:
    seen: set[tuple[str, Version]] = set()
    for model in models:
        wrong = wrong_with(model)
        if wrong is not None:
            raise PluginError(wrong[0], remedy=wrong[1], plugin=label)
        key = (model.id, Version(model.version))
        if key in seen:
            message = f"It hands over {model.id} {model.version} twice."
            raise PluginError(message, remedy="Give each released version a number of its own.", plugin=label)
        seen.add(key)


def _registered(model: CostModel[Any], plugin: str, distribution: str, version: str) -> Registered:
    return Registered(
        id=model.id,
        version=model.version,
        model=model,
        plugin=plugin,
        distribution=distribution,
        distribution_version=version,
    )


def _refusal(plugin: str, name: str, distribution: Distribution, error: PluginError) -> Refusal:
    complaint = error.complaints[0].in_language("en")
    return Refusal(
        plugin=plugin,
        distribution=name,
        version=_field(distribution, "Version") or "(no version)",
        reason=str(complaint.what),
        remedy=str(complaint.remedy),
    )
