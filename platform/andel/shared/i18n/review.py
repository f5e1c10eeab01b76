"""What is wrong with the words: nothing here changes a file."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from jinja2 import Environment, nodes

from andel.sdk.errors import Complaint
from andel.shared.i18n.catalogue import catalogues
from andel.shared.i18n.harvest import KEYWORDS, harvest

_SPOKEN_ATTRIBUTES: Final = frozenset(
    {"aria-label", "title", "alt", "placeholder", "aria-description", "aria-roledescription"}
)
_SILENT_TAGS: Final = frozenset({"code", "script", "style"})
_VOID_TAGS: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_UPDATE: Final = "Run: python -m andel.shared.i18n update"


def review(templates: Path, code: Path) -> list[Complaint]:
    """Return everything that would make a page speak Swedish in English, or a catalogue lie.

    That is: words without English, words whose placeholders differ, doubtful (fuzzy) translations, words that no
    source says any more, one word translated in two ways, and words in a template outside of ``_()``.
    """
    said, known = harvest(templates, code), catalogues(templates)
    complaints = [*_untranslated(said, known), *_obsolete(said, known), *_malformed(known), *_contradicting(known)]
    for path in sorted(templates.rglob("*.html")):
        name = path.relative_to(templates).as_posix()
        complaints += [_bare(words, name, line) for line, words in bare_words(path.read_text(encoding="utf-8"))]
    return complaints


def bare_words(template: str) -> list[tuple[int, str]]:
    """Return the words a template says outside of ``_()``, with their lines.

    An element with ``translate="no"`` may hold words that are the same in both languages, such as a name. Inside
    Jinja's braces a string counts as words when it has a letter of Swedish only.
    """
    environment, reader, translated = Environment(autoescape=True, extensions=["jinja2.ext.i18n"]), _Reader(), False
    for _line, kind, value in environment.lex(template):
        translated = (translated or value == "trans") and value != "endtrans"
        reader.feed(value if kind == "data" and not translated else "\n" * value.count("\n"))
    reader.close()
    return sorted(reader.found + list(_bare_strings(environment.parse(template))))


def _bare_strings(node: nodes.Node) -> Iterator[tuple[int, str]]:
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in KEYWORDS:
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and set(node.value.lower()) & set("åäö"):
        yield node.lineno, node.value
    for child in node.iter_child_nodes():
        yield from _bare_strings(child)


class _Reader(HTMLParser):
    """Reads what is left of a template when everything between Jinja's braces is taken away."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        silent = self._silent or tag in _SILENT_TAGS or given.get("translate") == "no"
        if not silent:
            for name in _SPOKEN_ATTRIBUTES & given.keys():
                self._hear(given[name] or "")
        if tag not in _VOID_TAGS:
            self._open.append((tag, silent))

    def handle_endtag(self, tag: str) -> None:
        while any(name == tag for name, _ in self._open):
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._hear(data)

    @property
    def _silent(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def _hear(self, text: str) -> None:
        if any(character.isalpha() for character in text):
            self.found.append((self.getpos()[0], text.strip()))


def _untranslated(said: dict[str, Catalog], known: dict[str, Catalog]) -> Iterator[Complaint]:
    for room, words in said.items():
        for message in _messages(words):
            own = known[room].get(message.id) if room in known else None
            strings = own.string if own and isinstance(own.string, tuple | list) else (own.string if own else "",)
            if not all(strings):
                remedy = f"Write it in {room}.po, where the update command of this module puts its line."
                yield Complaint(f'No English for "{_id(message)}".', _place(room, message), remedy)
            elif own and own.fuzzy:
                yield Complaint(f'The English for "{_id(message)}" is marked fuzzy.', f"{room}.po", "Confirm it.")


def _obsolete(said: dict[str, Catalog], known: dict[str, Catalog]) -> Iterator[Complaint]:
    for room, catalogue in known.items():
        for message in _messages(catalogue):
            if room not in said or message.id not in said[room]:
                yield Complaint(f'Nothing says "{_id(message)}" any more.', f"{room}.po", _UPDATE)


def _malformed(known: dict[str, Catalog]) -> Iterator[Complaint]:
    for room, catalogue in known.items():
        for message in _messages(catalogue):
            for error in message.check(catalogue):
                yield Complaint(f'"{_id(message)}": {error}.', f"{room}.po", "Use the same %(names)s in both.")


def _contradicting(known: dict[str, Catalog]) -> Iterator[Complaint]:
    first: dict[object, tuple[str, object]] = {}
    for room, catalogue in known.items():
        for message in _messages(catalogue):
            other, string = first.setdefault(message.id, (room, message.string))
            if string != message.string:
                what = f'"{_id(message)}" is "{string}" in {other}.po and "{message.string}" here.'
                yield Complaint(what, f"{room}.po", "Say it in one way, or word the Swedish differently.")


def _bare(words: str, template: str, line: int) -> Complaint:
    return Complaint(
        f'"{words}" is outside of _().', f"{template}:{line}", 'Wrap it, or mark the element translate="no".'
    )


def _messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _id(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _place(room: str, message: Message) -> str:
    return ", ".join(sorted({name for name, _ in message.locations})) or f"{room}.po"
