"""The checks of a model itself and of its settings, each by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from andel.sdk.apportionment import Promise
from andel.sdk.cost import CostModel
from andel.sdk.errors import SettingsError, WorkingsError
from andel.sdk.settings import PluginSettings
from andel.sdk.testing.verdict import CheckError, worded
from andel.sdk.text import Text


def identity(model: CostModel[Any], settings: PluginSettings) -> None:
    """The model has an id, a version, a title and a summary in both languages, and only known promises."""
    if not (model.id and model.version and isinstance(model.settings_type, type)):
        message = "The model lacks an id, a version or a settings type."
        raise CheckError(message)
    worded(model.title, "The title")
    worded(model.summary, "The summary")
    for promises in (model.promises, model.promised(settings)):
        if not all(isinstance(promise, Promise) for promise in promises):
            message = f"{sorted(map(str, promises))} are not all promises that the SDK knows."
            raise CheckError(message)


def settings_described(model: CostModel[Any], settings: PluginSettings) -> None:  # noqa: ARG001  (as its fellows)
    """Every setting, in nested ones too, has a name and a help text in Swedish and in English."""
    schema: dict[str, Any] = model.settings_type.model_json_schema()
    for where, part in ((model.settings_type.__name__, schema), *schema.get("$defs", {}).items()):
        for name, field in part.get("properties", {}).items():
            words = field.get("x-andel")
            if not words:
                message = f"The setting {where}.{name} is not declared with described(...)."
                raise CheckError(message)
            for kind in ("title", "help"):
                worded(Text(**words[kind]), f"The {kind} of the setting {where}.{name}")
            if field.get("uniqueItems"):
                message = f"The setting {where}.{name} is a set: its order, and with it the digest, is not fixed."
                raise CheckError(message)


def settings_round_trip(model: CostModel[Any], settings: PluginSettings) -> None:
    """Settings written as plain data are read back equal, with the same digest."""
    try:
        plain = settings.plain()
        back = model.settings_type.read(plain)
        same = back == settings and back.digest == settings.digest and back.plain() == plain
    except (SettingsError, WorkingsError) as error:
        message = f"The model's own settings, {settings!r}, cannot be written and read again: {error}"
        raise CheckError(message) from None
    if not same:
        message = f"{plain} is read back as {back.plain()}."
        raise CheckError(message)


def settings_strict(model: CostModel[Any], settings: PluginSettings) -> None:
    """A setting that does not exist is refused."""
    try:
        model.settings_type.read({**settings.plain(), "no_such_setting": 1})
    except SettingsError:
        return
    message = "A setting that does not exist is accepted: a misspelt one would do nothing in silence."
    raise CheckError(message)


def settings_upgrade(model: CostModel[Any], settings: PluginSettings) -> None:
    """Settings of the model's own version need no upgrade; those of an unknown version are refused."""
    plain = settings.plain()
    if model.settings_type.read(model.upgrade_settings(model.version, plain)) != settings:
        message = f"Settings of version {model.version} are changed by the upgrade to {model.version}."
        raise CheckError(message)
    try:
        model.upgrade_settings("no such version", plain)
    except SettingsError:
        return
    message = "Settings of a version that never was are accepted."
    raise CheckError(message)


MODEL_CHECKS: dict[str, Callable[[CostModel[Any], PluginSettings], None]] = {
    "identity": identity,
    "settings-described": settings_described,
    "settings-round-trip": settings_round_trip,
    "settings-strict": settings_strict,
    "settings-upgrade": settings_upgrade,
}
"""The checks of the model and of its settings."""
