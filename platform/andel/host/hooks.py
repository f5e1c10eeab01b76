"""Typed dispatch of hooks: one method per hook. Nothing outside calls a plugin manager."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from types import ModuleType
from typing import Any

import pluggy

from andel.host.errors import PluginError, contained
from andel.sdk import hookspecs
from andel.sdk.cost import CostModel
from andel.sdk.errors import did_you_mean
from andel.sdk.hookspecs import PROJECT

_PREFIX = f"{PROJECT}_"


class Hooks:
    """The hooks of one plugin, in a plugin manager of its own.

    Raises:
        PluginError: the plugin implements no hook, one that does not exist, or with other arguments.
    """

    def __init__(self, module: ModuleType, *, plugin: str) -> None:
        self._plugin = plugin
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(hookspecs)
        with contained("registration", plugin=plugin):
            self._manager.register(module, name=plugin)
        self._refuse_unknown(module)

    def cost_models(self) -> tuple[CostModel[Any], ...]:
        """Return what ``andel_cost_models`` hands over; its failure policy is ``required``.

        Raises:
            PluginError: the hook failed, or handed over something that is no cost model.
        """
        hook = "andel_cost_models"
        with contained(hook, plugin=self._plugin):
            answers = self._manager.hook.andel_cost_models()
        return self._typed(hook, answers, CostModel)

    def _typed(self, hook: str, answers: Iterable[object], kind: type[Any]) -> tuple[Any, ...]:
        objects: list[object] = []
        for answer in answers:
            if not isinstance(answer, (list, tuple)):
                message = f"{hook} handed over {_kind(answer)}, not a list."
                raise self._refusal(message, hook, "Return a list or a tuple of the objects.")
            for each in answer:
                if not isinstance(each, kind):
                    message = f"{hook} handed over {_kind(each)}, not a {kind.__name__}."
                    raise self._refusal(message, hook, f"Hand over instances of andel.sdk's {kind.__name__}.")
                objects.append(each)
        return tuple(objects)

    def _refuse_unknown(self, module: ModuleType) -> None:
        callers = self._manager.get_hookcallers(module) or []
        specified = {name for name in vars(hookspecs) if name.startswith(_PREFIX)}
        for caller in callers:
            if not caller.has_spec():
                message = f'There is no hook "{caller.name}".'
                raise self._refusal(message, caller.name, did_you_mean(caller.name, specified))
        for name, value in vars(module).items():
            marked = self._manager.parse_hookimpl_opts(module, name) is not None
            if name.startswith(_PREFIX) and inspect.isroutine(value) and not marked:
                remedy = "Mark it with @hookimpl." if name in specified else did_you_mean(name, specified)
                message = f'"{name}" is named as a hook and is none.'
                raise self._refusal(message, name, remedy)
        if not callers:
            message = "It implements no hook: there is nothing to enable."
            raise self._refusal(message, "", f"Implement one: {', '.join(sorted(specified))}.")

    def _refusal(self, what: str, hook: str, remedy: str) -> PluginError:
        return PluginError(what, where=self._plugin, remedy=remedy, plugin=self._plugin, hook=hook)


def _kind(value: object) -> str:
    kind = type(value)
    if isinstance(value, type):
        return f"the class {value.__name__}"
    return f"a value of type {kind.__name__}"
