"""A region's folder as plain data: ``tenant.toml``, ``organizations.csv`` and the figures in ``facts/*.csv``.

Every value keeps the file and line it was read from, and everything that is wrong is told at once: a file that
cannot be read does not hide what is wrong in the others.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path as FilePath
from typing import Any

from andel.sdk.errors import did_you_mean
from andel.tenancy.model.faults import Fault, Path, Place, Places
from andel.tenancy.model.reading import STAND_IN_REGION
from andel.tenancy.service.csv_rows import Row, Table, read_table
from andel.tenancy.service.folder import Folder
from andel.tenancy.service.toml_lines import lines_of

TENANT_FILE = "tenant.toml"
ORGANIZATIONS_FILE = "organizations.csv"
FACTS_FOLDER = "facts/"

ORGANIZATION_NEEDED = ("key", "name", "kind", "source")
ORGANIZATION_OPTIONAL = ("code", "organization_number", "authority", "valid_from", "valid_to")
FACT_COLUMNS = ("organization", "value", "reference_date", "source")

_AT_LINE = re.compile(r" \(at (?:line ([0-9]+), column [0-9]+|end of document)\)$")
_WHOLE = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class FolderData:
    """What a folder holds.

    Attributes:
        data: the document as plain data, for ``read_document``.
        places: where each part of it stands.
        faults: what is wrong with the files as files.
        unsure: paths whose figures are not all there, so that sums over them say nothing.
    """

    data: dict[str, Any]
    places: Places
    faults: tuple[Fault, ...] = ()
    unsure: frozenset[Path] = frozenset()


def read_folder(root: FilePath) -> FolderData:
    """Read a region's folder. Nothing outside it is opened, and no symbolic link is followed."""
    folder = Folder(root)
    if root.is_symlink() or not root.is_dir():
        fault = folder.fault("", "There is no such folder.", "A region is a folder that holds tenant.toml.")
        return FolderData(_stand_in(), Places(), (fault,), frozenset({()}))
    names, faults = folder.names()
    reader = _Reader(folder)
    reader.faults.extend(faults)
    reader.read(names)
    places = Places(reader.places)
    return FolderData(reader.data, places, tuple(reader.faults), frozenset(reader.unsure))


class _Reader:
    def __init__(self, folder: Folder) -> None:
        self.data: dict[str, Any] = {}
        self.places: dict[Path, Place] = {}
        self.faults: list[Fault] = []
        self.unsure: set[Path] = set()
        self._folder = folder

    def read(self, names: tuple[str, ...]) -> None:
        self.faults.extend(self._strangers(names))
        told = self._tenant_file()
        self._organizations()
        series = self.data.get("facts")
        used = self._facts(series if isinstance(series, list) else [])
        for name in names:
            if name.startswith(FACTS_FOLDER) and name not in used:
                self.faults.extend(read_table(self._folder, name, needed=FACT_COLUMNS).faults)
                if told:
                    what = "No [[facts]] of tenant.toml names this file."
                    self.faults.append(self._folder.fault(name, what, "Name it with file = ..., or remove it."))

    def _strangers(self, names: tuple[str, ...]) -> Iterator[Fault]:
        for name in names:
            facts = name.startswith(FACTS_FOLDER) and name.count("/") == 1 and name.endswith(".csv")
            if not (facts or name.endswith(".md") or name in (TENANT_FILE, ORGANIZATIONS_FILE)):
                remedy = did_you_mean(name, (TENANT_FILE, ORGANIZATIONS_FILE))
                yield self._folder.fault(name, "This file is no part of a region's folder.", remedy)

    # ---- tenant.toml ------------------------------------------------------------------------------------
    def _tenant_file(self) -> bool:
        """Read tenant.toml; false when it is no TOML, so that nothing is known of what it says."""
        file = self._folder.read(TENANT_FILE)
        self.faults.extend(file.faults)
        self.places[()] = self._folder.place(TENANT_FILE)
        if file.text is None:
            return self._without_tenant_file()
        try:
            self.data = tomllib.loads(file.text)
            lines = lines_of(file.text)
        except tomllib.TOMLDecodeError as error:
            self.faults.append(self._syntax_fault(str(error), file.text))
            return self._without_tenant_file()
        except RecursionError:
            self.faults.append(self._folder.fault(TENANT_FILE, "The file is nested too deeply.", "Flatten it.", 1))
            return self._without_tenant_file()
        self.places.update({path: self._folder.place(TENANT_FILE, line) for path, line in lines.items()})
        self._no_organizations_here()
        return True

    def _without_tenant_file(self) -> bool:
        self.data = _stand_in()
        self.unsure.add(())
        return False

    def _syntax_fault(self, words: str, text: str) -> Fault:
        match = _AT_LINE.search(words)
        line = int(match[1]) if match and match[1] else text.count("\n") + 1
        what = f"This is no TOML: {_AT_LINE.sub('', words)}."
        return self._folder.fault(TENANT_FILE, what, "Mend the line; see toml.io for how TOML is written.", line)

    def _no_organizations_here(self) -> None:
        if "organizations" in self.data:
            place = self.places.get(("organizations",), self.places[()])
            what, remedy = "Organizations do not stand here.", f"Put them in {ORGANIZATIONS_FILE}."
            self.faults.append(Fault(what=what, remedy=remedy, place=place, key="organizations"))

    # ---- organizations.csv ------------------------------------------------------------------------------
    def _organizations(self) -> None:
        table = self._table(ORGANIZATIONS_FILE, ORGANIZATION_NEEDED, ORGANIZATION_OPTIONAL)
        if not table.whole:
            self.unsure.add(("organizations",))
        self.data["organizations"] = [row.cells for row in table.rows]
        for index, row in enumerate(table.rows):
            self.places["organizations", index] = self._folder.place(ORGANIZATIONS_FILE, row.line)

    def _table(self, name: str, needed: tuple[str, ...], optional: tuple[str, ...] = ()) -> Table:
        table = read_table(self._folder, name, needed=needed, optional=optional)
        self.faults.extend(table.faults)
        return table

    # ---- facts/*.csv ------------------------------------------------------------------------------------
    def _facts(self, series: list[Any]) -> set[str]:
        """Fill each series' values from the file it names; return the names of the files that were read."""
        used: set[str] = set()
        for index, entry in enumerate(series):
            if not isinstance(entry, dict):
                continue
            path: Path = ("facts", index)
            name = entry.pop("file", None)
            if "values" in entry:
                self._complain(path, "Figures do not stand here.", 'Put them in a file and name it: file = "facts/..."')
            entry["values"] = {}
            if not isinstance(name, str) or not name.startswith(FACTS_FOLDER) or not name.endswith(".csv"):
                self._complain(path, "The series names no file.", 'Write file = "facts/<name>.csv".')
                self.unsure.add(path)
                continue
            used.add(name)
            table = self._table(name, FACT_COLUMNS)
            if not table.whole or not self._values(path, entry, name, table):
                self.unsure.add(path)
        return used

    def _values(self, path: Path, entry: dict[str, Any], name: str, table: Table) -> bool:
        """Put the rows' figures in the entry; false when some could not be used."""
        fine = True
        for row in table.rows:
            organization = row.cells.get("organization", "")
            place = self._folder.place(name, row.line)
            faults = list(_row_faults(row, entry))
            if organization in entry["values"]:
                first = self.places[*path, "values", organization].line
                faults.append((f"{organization} has a row already, on line {first}.", "Keep one of them."))
            elif _WHOLE.fullmatch(row.cells.get("value", "")):
                entry["values"][organization] = int(row.cells["value"])
                self.places[*path, "values", organization] = place
            fine = fine and not faults
            self.faults.extend(
                Fault(what=what, remedy=remedy, place=place, key=organization) for what, remedy in faults
            )
        return fine

    def _complain(self, path: Path, what: str, remedy: str) -> None:
        self.faults.append(Fault(what=what, path=path, remedy=remedy))


def _stand_in() -> dict[str, Any]:
    """Return what stands for a tenant file that cannot be read."""
    return {"format": 1, "region": dict(STAND_IN_REGION)}


def _row_faults(row: Row, entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with one row of figures: it must say the same day and source as its series."""
    if not row.cells.get("organization"):
        yield "The row names no organization.", "Write its key from organizations.csv."
    value = row.cells.get("value", "")
    if _WHOLE.fullmatch(value) is None:
        yield f'"{value}" is not a whole number from zero.', "Write digits only, without spaces, sign or decimals."
    day, day_here = entry.get("reference_date"), row.cells.get("reference_date", "")
    if isinstance(day, date) and day_here != day.isoformat():
        yield f'The row is of "{day_here}", the series of {day}.', "Correct the day, or give each day a series."
    source = entry.get("source")
    title = source.get("title", "") if isinstance(source, Mapping) else ""
    if isinstance(title, str) and row.cells.get("source", "") != title:
        yield f'The row\'s source is "{row.cells.get("source", "")}", the series\' "{title}".', "Write the same source."
