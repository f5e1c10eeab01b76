"""Settings as a form that is read: every field of the model's JSON Schema with its name, help and value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from andel.sdk.money import MoneyError, parse_kronor
from andel.sdk.settings import PluginSettings
from andel.sdk.text import Text
from andel.shared.formats import Language
from andel.shared.units import written

_Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingField:
    """One field.

    Attributes:
        name: its key in tenant.toml and in the API, with the names of what it lies in: ``groups-0-name``.
        value: its value in words; empty for one that is made of others.
        choices: what it may be, for one of few.
        items: the fields of each thing it holds, for a list of things.
        preset: whether the region left it at the model's own value.
    """

    name: str
    label: str
    help: str
    value: str = ""
    choices: tuple[str, ...] = ()
    items: tuple[tuple[SettingField, ...], ...] = ()
    preset: bool = False


def setting_fields(settings: PluginSettings, given: Mapping[str, object], lang: Language) -> tuple[SettingField, ...]:
    """Return the fields of settings that are read and valid.

    Args:
        settings: as the model reads them, presets filled in.
        given: as the region wrote them; what is not among them is preset.
        lang: of names, help and values.
    """
    schema = type(settings).model_json_schema()
    return tuple(_fields(schema, schema, settings.plain(), given, "", lang))


def blank_fields(settings: type[PluginSettings], lang: Language) -> tuple[SettingField, ...]:
    """Return the fields of settings that nobody has written, with the model's own values."""
    schema = settings.model_json_schema()
    presets = {name: field.get("default") for name, field in schema.get("properties", {}).items()}
    return tuple(_fields(schema, schema, presets, {}, "", lang))


def _fields(
    root: _Schema, schema: _Schema, values: Mapping[str, Any], given: Mapping[str, object], prefix: str, lang: Language
) -> Iterator[SettingField]:
    for name, described in schema.get("properties", {}).items():
        words = described.get("x-andel", {})
        value, kind = values.get(name), _kind(root, described)
        path = f"{prefix}{name}"
        yield SettingField(
            name=path,
            label=Text(**words["title"]).in_language(lang) if "title" in words else name,
            help=Text(**words["help"]).in_language(lang) if "help" in words else "",
            choices=tuple(map(str, kind.get("enum", ()))),
            preset=name not in given,
            **_content(root, kind, value, path, lang),
        )


def _content(root: _Schema, kind: _Schema, value: object, path: str, lang: Language) -> dict[str, Any]:
    inner = _kind(root, kind["items"]) if kind.get("type") == "array" and "items" in kind else {}
    if "properties" in inner and isinstance(value, list):
        things = [thing for thing in value if isinstance(thing, Mapping)]
        items = [tuple(_fields(root, inner, each, each, f"{path}-{at}-", lang)) for at, each in enumerate(things)]
        return {"items": tuple(items)}
    if "properties" in kind and isinstance(value, Mapping):
        return {"items": (tuple(_fields(root, kind, value, value, f"{path}-", lang)),)}
    return {"value": _written(value, kind, lang)}


def _kind(root: _Schema, described: _Schema) -> _Schema:
    """Follow a reference, and look past "or nothing", to what the field holds."""
    if "$ref" in described:
        found: _Schema = root["$defs"][str(described["$ref"]).rsplit("/", 1)[-1]]
        return found
    several = [one for one in described.get("anyOf", ()) if one.get("type") != "null"]
    return _kind(root, several[0]) if several else described


def _written(value: object, kind: _Schema, lang: Language) -> str:
    if value is None or value in ("", [], {}, ()):
        return Text("inget", "none").in_language(lang)
    if isinstance(value, bool):
        return Text("ja", "yes").in_language(lang) if value else Text("nej", "no").in_language(lang)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {one}" for key, one in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(str, value))
    return _measured(str(value), str(kind.get("x-andel-unit", "")), lang)


def _measured(value: str, unit: str, lang: Language) -> str:
    """Write kronor and parts as they are read, and anything else as it is written."""
    try:
        if unit == "krona":
            return written(Fraction(parse_kronor(value)), "ore", lang=lang)
        return written(Fraction(value), "share", lang=lang) if unit == "share" else value
    except (MoneyError, ValueError, ZeroDivisionError):
        return value
