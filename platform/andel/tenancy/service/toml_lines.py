"""On which line each key of a TOML text stands. The standard parser gives the values and no lines."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

from andel.tenancy.model.faults import Path

_BLANK = re.compile(r"(?:[ \t\n]+|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})|'  # a multi-line string may end in up to five quotes
    r"'''.*?'''(?:'{0,2})|"
    r'"(?:[^"\\\n]|\\.)*"|'
    r"'[^'\n]*'",
    re.DOTALL,
)
_BARE_VALUE = re.compile(r"[^,\]}#\n]*")


def lines_of(text: str) -> dict[Path, int]:
    """Return the line, from 1, of every table, key and element of a text that ``tomllib`` has accepted."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines


class _Scanner:
    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._text = text
        self._at = 0
        self._ends = [match.start() for match in re.finditer("\n", text)]
        self._last: dict[Path, int] = {}

    def document(self) -> None:
        table: Path = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            if self._taken("[["):
                table = self._array_table(self._key())
                self._take("]]")
            elif self._taken("["):
                table = self._resolved(self._key())
                self._take("]")
            else:
                self._key_and_value(table)
            self._skip(_BLANK)

    def _array_table(self, key: Path) -> Path:
        array = (*self._resolved(key[:-1]), key[-1])
        self._mark(array)
        self._last[array] = self._last.get(array, -1) + 1
        table = (*array, self._last[array])
        self._mark(table)
        return table

    def _resolved(self, key: Path) -> Path:
        """Return the path of a header's name: a step through an array of tables means its last table."""
        path: Path = ()
        for step in key:
            path = (*path, step)
            self._mark(path)
            if path in self._last:
                path = (*path, self._last[path])
        return path

    def _key_and_value(self, table: Path) -> None:
        start = self._at
        key = self._key()
        for length in range(1, len(key) + 1):
            self._mark((*table, *key[:length]), start)
        self._take("=")
        self._skip(_SPACE)
        self._value((*table, *key))

    def _key(self) -> Path:
        steps: list[str] = []
        while True:
            self._skip(_SPACE)
            quoted = self._matched(_STRING)
            steps.append(tomllib.loads(f"key = {quoted}")["key"] if quoted else self._matched(_BARE_KEY))
            self._skip(_SPACE)
            if not self._taken("."):
                return tuple(steps)

    def _value(self, path: Path) -> None:
        if self._taken("["):
            self._array(path)
        elif self._taken("{"):
            self._inline_table(path)
        elif not self._matched(_STRING):
            self._skip(_BARE_VALUE)

    def _array(self, path: Path) -> None:
        index = 0
        self._skip(_BLANK)
        while not self._taken("]"):
            self._mark((*path, index))
            self._value((*path, index))
            index += 1
            self._skip(_BLANK)
            self._taken(",")
            self._skip(_BLANK)

    def _inline_table(self, path: Path) -> None:
        self._skip(_BLANK)
        while not self._taken("}"):
            self._key_and_value(path)
            self._skip(_BLANK)
            self._taken(",")
            self._skip(_BLANK)

    def _mark(self, path: Path, at: int | None = None) -> None:
        self.lines.setdefault(path, bisect_right(self._ends, (self._at if at is None else at) - 1) + 1)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        self._matched(pattern)

    def _matched(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match.group()

    def _taken(self, token: str) -> bool:
        if not self._text.startswith(token, self._at):
            return False
        self._at += len(token)
        return True

    def _take(self, token: str) -> None:
        self._skip(_SPACE)
        if not self._taken(token):
            message = f"no {token!r} at character {self._at}: the text is no TOML that tomllib accepts"
            raise ValueError(message)
