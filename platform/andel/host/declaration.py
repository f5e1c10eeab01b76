"""What a cost model declares about itself, read once at start-up: id, version, words, promises, settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from packaging.version import InvalidVersion, Version

from andel.sdk.apportionment import Promise
from andel.sdk.cost import CostModel
from andel.sdk.settings import PluginSettings
from andel.sdk.text import Text

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def wrong_with(model: CostModel[Any]) -> tuple[str, str] | None:
    """Return what is wrong with the declaration and the remedy, None when all is well."""
    return next(_wrongs(model), None)


def _wrongs(model: CostModel[Any]) -> Iterator[tuple[str, str]]:
    name = type(model).__name__
    model_id: object = getattr(model, "id", None)
    if not isinstance(model_id, str) or not _ID.fullmatch(model_id):
        yield f"The id of {name} is {model_id!r}.", 'Give an id of small letters and hyphens: "per-user".'
    version: object = getattr(model, "version", None)
    if not _is_version(version):
        yield f"The version of {name} is {version!r}.", 'Give a version number as text: "1.0".'
    for word in ("title", "summary"):
        if not isinstance(getattr(model, word, None), Text):
            yield f"{name} has no {word} in both languages.", f"Declare {word} as Text(sv, en)."
    promises: object = getattr(model, "promises", None)
    if not isinstance(promises, frozenset) or not all(isinstance(each, Promise) for each in promises):
        yield f"The promises of {name} are no frozenset of Promise.", "Declare what the model keeps; it may be empty."
    yield from _wrong_settings(name, getattr(model, "settings_type", None))


def _wrong_settings(name: str, settings: object) -> Iterator[tuple[str, str]]:
    if not (isinstance(settings, type) and issubclass(settings, PluginSettings)):
        yield f"{name} has no settings type.", "Declare settings_type, a subclass of PluginSettings."
        return
    if settings.model_config.get("extra") != "forbid" or not settings.model_config.get("frozen"):
        yield f"The settings of {name} accept unknown keys, or are not frozen.", "Leave model_config as it is."
    undescribed = sorted(settings.model_fields.keys() - settings.schema_words().keys())
    if undescribed:
        remedy = "Declare every setting with andel.sdk.settings.described, in Swedish and English."
        yield f"Settings of {name} without name and help text: {', '.join(undescribed)}.", remedy
    if _holds_float(settings.model_json_schema(mode="serialization")):
        yield f"A setting of {name} is a float.", "Use Kronor, Part or int: a float is never exact."


def _is_version(version: object) -> bool:
    if not isinstance(version, str):
        return False
    try:
        Version(version)
    except InvalidVersion:
        return False
    return True


def _holds_float(schema: object) -> bool:
    if isinstance(schema, dict):
        return schema.get("type") == "number" or any(_holds_float(value) for value in schema.values())
    return isinstance(schema, list) and any(_holds_float(value) for value in schema)
