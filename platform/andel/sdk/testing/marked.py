"""YAML that remembers where each value stands, and takes nothing but what is written.

Only ``true``, ``false``, ``null`` and whole numbers mean something else than their text: no date, no float, no ``no``
that turns into false. Keys are text, stand once, and are all known.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from andel.sdk.errors import AndelError, did_you_mean
from andel.sdk.money import MoneyError, parse_kronor

_SPACES = re.compile(r"[ \u00a0\u202f]")
_WHOLE = re.compile(r"-?[0-9]{1,18}")


class CaseError(AndelError):
    """A case that cannot be read, with its file, line and key."""


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: Any = {}  # noqa: RUF012  (as the base declares it)


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)\Z"), ["t", "f"])
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(null|~|)\Z"), ["n", "~", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"-?(0|[1-9][0-9]{0,17})\Z"), [*"-0123456789"])


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a file: its node, the file, and the path of keys that leads to it."""

    node: yaml.Node
    file: str
    path: str = ""

    @property
    def where(self) -> str:
        """File, line and key."""
        place = f"{self.file}:{self.node.start_mark.line + 1}"
        return f"{place}: {self.path}" if self.path else place

    @property
    def is_table(self) -> bool:
        """Whether it holds keys and values."""
        return isinstance(self.node, yaml.MappingNode)

    def error(self, what: str, remedy: str = "") -> CaseError:
        """Return an error of this place."""
        return CaseError(what, where=self.where, remedy=remedy)

    def text(self) -> str:
        """Return the text as it is written."""
        if not isinstance(self.node, yaml.ScalarNode) or self.node.tag.endswith(":null"):
            what, remedy = "Here stands no text.", "Write a word or a number."
            raise self.error(what, remedy)
        return str(self.node.value).strip()

    def kronor(self) -> int:
        """Return öre; the amount is written in kronor, groups of digits may be spaced."""
        try:
            return parse_kronor(_SPACES.sub("", self.text()))
        except MoneyError as error:
            raise self.error(error.what, error.remedy) from None

    def whole(self) -> int:
        """Return a whole number, groups of digits may be spaced."""
        text = _SPACES.sub("", self.text())
        if _WHOLE.fullmatch(text) is None:
            what, remedy = f'"{self.text()}" is no whole number.', "Write digits only."
            raise self.error(what, remedy)
        return int(text)

    def flag(self) -> bool:
        """Return true or false."""
        if self.text() not in {"true", "false"}:
            what, remedy = f'"{self.text()}" is neither true nor false.', "Write true or false."
            raise self.error(what, remedy)
        return self.text() == "true"

    def day(self) -> date:
        """Return a date."""
        try:
            return date.fromisoformat(self.text())
        except ValueError:
            what, remedy = f'"{self.text()}" is no date.', "Write it as 2025-01-31."
            raise self.error(what, remedy) from None

    def one_of(self, known: Collection[str]) -> str:
        """Return the text, which must be one of the known words."""
        if self.text() not in known:
            what = f'"{self.text()}" is not known here.'
            raise self.error(what, did_you_mean(self.text(), known))
        return self.text()

    def items(self) -> tuple[Entry, ...]:
        """Return the items of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            what, remedy = "Here stands no list.", "Write each item on a line with a dash, or all in [brackets]."
            raise self.error(what, remedy)
        return tuple(Entry(node, self.file, f"{self.path}[{n}]") for n, node in enumerate(self.node.value, 1))

    def table(self) -> dict[str, Entry]:
        """Return the values by key; a key that stands twice is refused."""
        if not isinstance(self.node, yaml.MappingNode):
            what, remedy = "Here stands no table.", "Write key: value, one on a line."
            raise self.error(what, remedy)
        found: dict[str, Entry] = {}
        for key, node in self.node.value:
            name = str(key.value)
            entry = Entry(node, self.file, f"{self.path}.{name}" if self.path else name)
            if not isinstance(key, yaml.ScalarNode) or name in found:
                what, remedy = f'The key "{name}" stands twice, or is no word.', "Keep one of them."
                raise Entry(key, self.file, entry.path).error(what, remedy)
            found[name] = entry
        return found

    def fields(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Entry]:
        """Return the values of a table whose keys are all known."""
        found = self.table()
        for name, entry in found.items():
            if name not in {*required, *optional}:
                what = f'There is no key "{name}" here.'
                raise entry.error(what, did_you_mean(name, {*required, *optional}))
        for name in required:
            if name not in found:
                what, remedy = f'The key "{name}" is missing.', "Add it."
                raise self.error(what, remedy)
        return found

    def plain(self) -> object:
        """Return the value as plain data; a number with decimals stays the text it is written as."""
        if isinstance(self.node, yaml.MappingNode):
            return {name: entry.plain() for name, entry in self.table().items()}
        if isinstance(self.node, yaml.SequenceNode):
            return [entry.plain() for entry in self.items()]
        plain: Mapping[str, object] = {"true": True, "false": False}
        match self.node.tag.rpartition(":")[2]:
            case "null":
                return None
            case "int":
                return int(self.node.value)
            case "bool":
                return plain[self.node.value]
        return str(self.node.value)


def documents(file: Path) -> tuple[Entry, ...]:
    """Return the documents of a file.

    Raises:
        CaseError: it is no YAML, or holds none.
    """
    name = f"{file.parent.name}/{file.name}"
    try:
        text = file.read_text(encoding="utf-8")
        aliases = [event for event in yaml.parse(text, Loader=_Loader) if isinstance(event, yaml.AliasEvent)]
        nodes = list(yaml.compose_all(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        message = f"The file is no YAML: {error.problem}."
        raise CaseError(message, where=f"{name}{line}", remedy="Compare with the example of the format.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        message = f"The file is no YAML: {error}."
        raise CaseError(message, where=name, remedy="Write plain text in UTF-8.") from None
    for alias in aliases:
        line = f":{alias.start_mark.line + 1}" if alias.start_mark else ""
        message = f"The alias *{alias.anchor} stands for something that is written elsewhere."
        raise CaseError(message, where=f"{name}{line}", remedy="Write it out where it is read.")
    if not nodes:
        message = "The file is empty."
        raise CaseError(message, where=name, remedy="Write a case, or remove it.")
    return tuple(Entry(node, name) for node in nodes)
