"""What a folder holds beside its document: the order of its parts, its comments, the names of its files.

Written back, a folder keeps all of that, so that what changed is all that a reviewer sees.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, Final, TypeVar

from andel.tenancy.model.document import Revision, SuccessionOf, TenantDocument
from andel.tenancy.model.faults import Path
from andel.tenancy.model.plan import Place, cost_name, series_name
from andel.tenancy.service.csv_rows import read_table
from andel.tenancy.service.files import ORGANIZATION_NEEDED, ORGANIZATION_OPTIONAL, ORGANIZATIONS_FILE, TENANT_FILE
from andel.tenancy.service.folder import Folder
from andel.tenancy.service.toml_lines import lines_of

_Item = TypeVar("_Item")

SECTION: Final = "before the first of "
"""Stands before the name of a list, in the place of a comment that is about all of it."""

END: Final[Place] = ("the end",)
"""The place of a comment that nothing follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a folder is written.

    Attributes:
        document: whose order of parts is kept; None for a folder that is new.
        comments: lines that stand before a part or one of its keys, by its place.
        fact_files: the file of each series, by its name.
        columns: those of ``organizations.csv``, also where no row has a value.
    """

    document: TenantDocument | None = None
    comments: Mapping[Place, tuple[str, ...]] = field(default_factory=dict)
    fact_files: Mapping[str, str] = field(default_factory=dict)
    columns: frozenset[str] = frozenset()


def layout_of(root: FilePath, document: TenantDocument) -> Layout:
    """Return how a region's folder is written, of which the document has been read."""
    folder = Folder(root)
    text = folder.read(TENANT_FILE).text or ""
    series: list[dict[str, Any]] = tomllib.loads(text).get("facts", [])
    table = read_table(folder, ORGANIZATIONS_FILE, needed=ORGANIZATION_NEEDED, optional=ORGANIZATION_OPTIONAL)
    header = (folder.read(ORGANIZATIONS_FILE).text or "").partition("\n")[0]
    return Layout(
        document=document,
        comments=_comments(text, document),
        fact_files={
            series_name(one): str(entry["file"])
            for one, entry in zip(document.facts, series, strict=True)
            if isinstance(entry.get("file"), str)
        },
        columns=frozenset(header.split(",")) if table.whole else frozenset(),
    )


def in_order(items: Iterable[_Item], like: Iterable[_Item], name: Callable[[_Item], object]) -> list[_Item]:
    """Return the items in the order that those of the same names have in ``like``; new ones come last."""
    places = {name(item): place for place, item in enumerate(like)}
    return sorted(items, key=lambda item: places.get(name(item), len(places)))


# ---- names, by which a part is known again ------------------------------------------------------------------
def key_of(part: Any) -> str:  # noqa: ANN401  (any part that has a key)
    """Return a part's key."""
    return str(part.key)


def succession_name(succession: SuccessionOf) -> str:
    """Return what a succession is called: its successor and day."""
    return f"{succession.successor} {succession.on}"


def revision_name(revision: Revision) -> str:
    """Return what a revision of settings is called: its first day."""
    return str(revision.valid_from)


NAMES: Final[Mapping[str, Callable[[Any], str]]] = {
    "groups": key_of,
    "successions": succession_name,
    "facts": series_name,
    "services": key_of,
    "components": key_of,
    "settings": revision_name,
    "costs": cost_name,
}
"""How the parts of each list of ``tenant.toml`` are called."""


# ---- comments -----------------------------------------------------------------------------------------------
def _comments(text: str, document: TenantDocument) -> dict[Place, tuple[str, ...]]:
    """Return the comments that stand on lines of their own, by the place of what follows them.

    An empty line in a comment, or after it, is kept. One that an empty line separates from the first part of a
    list is about the list.
    """
    begins = _beginnings(text)
    found: dict[Place, tuple[str, ...]] = {}
    waiting: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        words = line.strip()
        if words.startswith("#") or (waiting and not words):
            waiting.append(words)
        elif waiting and number in begins:
            path = begins[number]
            about_list = path[1:] == (0,) and waiting[-1] == ""
            place = (SECTION + str(path[0]),) if about_list else _place(path, document)
            found[place] = (*found.get(place, ()), *waiting)
            waiting = []
    return found | {END: tuple(waiting[:-1])} if waiting else found


def _beginnings(text: str) -> dict[int, Path]:
    """Return what begins on each line: of a list and its first part, the part."""
    begins: dict[int, Path] = {}
    for path, line in lines_of(text).items():
        if line not in begins or isinstance(path[-1], int):
            begins[line] = path
    return begins


def _place(path: Path, document: TenantDocument) -> Place:
    """Return a path of the file with the names of its parts in the place of their numbers."""
    place: list[str] = []
    owner: Any = document
    kind = ""
    for step in path:
        if isinstance(step, str):
            place.append(step)
            kind = step
            owner = getattr(owner, step, None)
        else:
            owner = owner[step] if isinstance(owner, tuple) and step < len(owner) else None
            place.append(NAMES[kind](owner) if owner is not None and kind in NAMES else str(step))
    return tuple(place)
