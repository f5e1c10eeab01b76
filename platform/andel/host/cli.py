"""``andel plugins``: what is installed, where it is enabled, and what is refused and why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import click
from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.table import Table

from andel.host.discovery import Plugin, Refusal, Registered
from andel.host.registry import Registry
from andel.sdk.errors import did_you_mean
from andel.sdk.text import Text

UNKNOWN = 2
"""The exit code when the plugin that was asked for does not exist."""


class Installation(Protocol):
    """What the command asks of the instance; ``app.py`` brings it."""

    def registry(self) -> Registry:
        """Return what is installed."""

    def enabled(self) -> Mapping[str, Sequence[str]]:
        """Return the regions that enable a plugin, by the plugin's name."""


def plugins_command(installation: Installation) -> click.Command:
    """Return the command ``plugins``; it reads from the installation when it is run."""

    @click.command("plugins")
    @click.argument("name", required=False)
    @click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
    def plugins(name: str | None, form: str) -> None:
        """List the installed plugins, or show NAME: its cost models, what they promise and their settings.

        Exit code 2 when there is no plugin NAME.
        """
        registry, enabled = installation.registry(), installation.enabled()
        if name is None:
            data, page = _overview_data(registry, enabled), _overview(registry, enabled)
        else:
            plugin, refusals = _asked(registry, name)
            regions = enabled.get(plugin.name, ()) if plugin else ()
            data = (_plugin_data(plugin, regions) if plugin else {}) | _refused_data(refusals)
            page = Group(*([_plugin_page(plugin, regions)] if plugin else []), *_refused_table(refusals))
        if form == "json":
            click.echo(json.dumps(data, ensure_ascii=False, indent=2))
        else:
            Console().print(page)

    return plugins


def _asked(registry: Registry, name: str) -> tuple[Plugin | None, tuple[Refusal, ...]]:
    found = registry.catalogue.find(name)
    plugin = registry.plugin(found.plugin if found else name)
    refusals = registry.refusals_of(name)
    if plugin is None and not refusals:
        known = {*registry.catalogue.models, *(each.name for each in registry.plugins)}
        known |= {each.plugin for each in registry.refusals}
        click.echo(f'There is no plugin "{name}". {did_you_mean(name, known)}'.rstrip(), err=True)
        raise click.exceptions.Exit(UNKNOWN)
    return plugin, refusals


# ---- the list --------------------------------------------------------------------------------------------
def _overview(registry: Registry, enabled: Mapping[str, Sequence[str]]) -> RenderableType:
    if not registry.plugins and not registry.refusals:
        return "No plugin is installed."
    table = _table("Cost models", "Model", "Distribution", "Promises", "Settings", "Enabled in")
    for plugin in registry.plugins:
        for each in plugin.models:
            table.add_row(
                f"{each.id} {each.version}",
                f"{each.distribution}\n{each.distribution_version}",
                "\n".join(_promises(each)) or "none",
                str(len(each.model.settings_type.model_fields)),
                ", ".join(enabled.get(plugin.name, ())) or "nowhere",
            )
    return Group(*([table] if registry.plugins else []), *_refused_table(registry.refusals))


def _refused_table(refusals: Sequence[Refusal]) -> Iterator[Table]:
    if refusals:
        table = _table("Refused", "Plugin", "Distribution", "Why", "What to do")
        for each in refusals:
            table.add_row(each.plugin, f"{each.distribution} {each.version}", each.reason, each.remedy)
        yield table


def _overview_data(registry: Registry, enabled: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    plugins = [_plugin_data(plugin, enabled.get(plugin.name, ())) for plugin in registry.plugins]
    return {"plugins": plugins} | _refused_data(registry.refusals)


def _refused_data(refusals: Sequence[Refusal]) -> dict[str, Any]:
    return {
        "refused": [
            {
                "plugin": each.plugin,
                "distribution": each.distribution,
                "version": each.version,
                "reason": each.reason,
                "remedy": each.remedy,
            }
            for each in refusals
        ]
    }


# ---- one plugin ------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    name: str
    default: object
    required: bool
    title: Text
    help: Text


def _plugin_page(plugin: Plugin, regions: Sequence[str]) -> RenderableType:
    head = f"{plugin.name}: {plugin.distribution} {plugin.version}, enabled in {', '.join(regions) or 'no region'}\n"
    parts: list[RenderableType] = [head]
    for each in plugin.models:
        title, summary = each.model.title, each.model.summary
        parts.append(f"{each.id} {each.version}: {title.sv} / {title.en}\n{summary.sv}\n{summary.en}")
        parts.append(f"Promises: {', '.join(_promises(each)) or 'none'}")
        table = _table(f"Settings of {each.id} {each.version}", "Setting", "Default", "Svenska", "English")
        for setting in _settings(each):
            words = (f"{setting.title.in_language(lang)}: {setting.help.in_language(lang)}" for lang in ("sv", "en"))
            default = "required" if setting.required else json.dumps(setting.default, ensure_ascii=False)
            table.add_row(setting.name, default, *words)
        parts.append(table)
    if plugin.docs.strip():
        parts.append(Markdown(plugin.docs))
    return Group(*parts)


def _plugin_data(plugin: Plugin, regions: Sequence[str]) -> dict[str, Any]:
    return {
        "name": plugin.name,
        "distribution": plugin.distribution,
        "version": plugin.version,
        "enabled_in": list(regions),
        "docs": plugin.docs,
        "models": [_model_data(each) for each in plugin.models],
    }


def _model_data(each: Registered) -> dict[str, Any]:
    model = each.model
    return {
        "id": each.id,
        "version": each.version,
        "title": _words(model.title),
        "summary": _words(model.summary),
        "promises": _promises(each),
        "settings": [
            {
                "name": setting.name,
                "default": setting.default,
                "required": setting.required,
                "title": _words(setting.title),
                "help": _words(setting.help),
            }
            for setting in _settings(each)
        ],
        "schema": model.settings_type.model_json_schema(),
    }


def _settings(each: Registered) -> Iterator[_Setting]:
    """Yield the settings, then those of the tables inside them, as ``Group.part``."""
    schema = each.model.settings_type.model_json_schema()
    for owner, part in (("", schema), *schema.get("$defs", {}).items()):
        for name, field in part.get("properties", {}).items():
            words = field.get("x-andel")
            if words:
                yield _Setting(
                    name=f"{owner}.{name}" if owner else name,
                    default=field.get("default"),
                    required=name in part.get("required", ()),
                    title=Text(**words["title"]),
                    help=Text(**words["help"]),
                )


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _promises(each: Registered) -> list[str]:
    return sorted(promise.value for promise in each.model.promises)


def _words(text: Text) -> dict[str, str]:
    return {"sv": text.sv, "en": text.en}
