"""Text files of one folder, and of nothing outside it."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from andel.tenancy.model.faults import Fault, Place

LARGEST_FILE = 4 * 1024 * 1024
"""Bytes. The largest region's figures of one year are some kilobytes."""
MOST_FILES = 500

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file's text with line feeds only, and what was wrong with how it is stored. None when it is no text."""

    text: str | None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that is read without following symbolic links or leaving it."""

    root: Path

    def place(self, name: str, line: int | None = None) -> Place:
        """Return the place of a line in a file of the folder."""
        return Place(file=(self.root / name).as_posix(), line=line)

    def fault(self, name: str, what: str, remedy: str, line: int | None = None) -> Fault:
        """Return a fault of a file as a whole, or of one of its lines."""
        return Fault(what=what, remedy=remedy, place=self.place(name, line))

    def names(self) -> tuple[tuple[str, ...], tuple[Fault, ...]]:
        """Return the regular files of the folder and its sub-folders, hidden ones left out, and what else is there."""
        found: list[str] = []
        faults: list[Fault] = []
        waiting = [""]
        while waiting:
            inside = waiting.pop()
            try:
                entries = sorted(os.scandir(self.root / inside), key=lambda entry: entry.name)
            except OSError as error:
                faults.append(self.fault(inside, f"The folder cannot be read: {error.strerror}.", "Let it be read."))
                continue
            for entry in entries:
                name = f"{inside}{entry.name}"
                if entry.name.startswith("."):
                    continue
                if len(found) >= MOST_FILES:
                    return tuple(found), (self.fault("", f"There are over {MOST_FILES} files.", "Remove some."),)
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{name}/")
                elif entry.is_file(follow_symlinks=False):
                    found.append(name)
                else:
                    what = "This is a symbolic link or no regular file, and is not read."
                    faults.append(self.fault(name, what, "Put the file itself in the folder."))
        return tuple(sorted(found)), tuple(faults)

    def escapes(self, name: str) -> str:
        """Say how the name leads out of the folder or cannot be a file of it; nothing when it is fine."""
        steps = name.split("/")
        if name.startswith("/") or "\\" in name or "\0" in name or any(step in {"", ".", ".."} for step in steps):
            return f'"{name}" leads out of the folder, or is no plain file name.'
        path = self.root
        for step in steps:
            path = path / step
            if path.is_symlink():
                return f'"{name}" is a symbolic link, or goes through one.'
        return ""

    def read(self, name: str) -> TextFile:
        """Read a file as UTF-8 text. What can be read is returned even when it is stored in another way."""
        what = self.escapes(name)
        if what:
            return TextFile(None, (self.fault(name, what, "Name a file inside the region's folder."),))
        try:
            data = _bytes_of(self.root / name)
        except OSError as error:
            reason = error.strerror or "it cannot be read"
            remedy = "Add the file, or let it be read."
            return TextFile(None, (self.fault(name, f"The file cannot be read: {reason}.", remedy),))
        if data is None:
            what = f"The file is larger than {LARGEST_FILE // 1024} KiB, or is no regular file."
            return TextFile(None, (self.fault(name, what, "Split the figures over several files."),))
        return self._decoded(name, data)

    def _decoded(self, name: str, data: bytes) -> TextFile:
        faults: list[Fault] = []
        if data.startswith(_BOM):
            faults.append(self.fault(name, "The file begins with a byte order mark.", "Save it without one.", 1))
            data = data[len(_BOM) :]
        if b"\0" in data:
            line = _line(data, data.index(b"\0"))
            faults.append(self.fault(name, "The file holds a NUL byte.", "Save it as plain UTF-8 text.", line))
            return TextFile(None, tuple(faults))
        if b"\r" in data:
            line = _line(data, data.index(b"\r"))
            remedy = 'Save it with line feeds only ("LF").'
            faults.append(self.fault(name, "The line ends with a carriage return.", remedy, line))
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        try:
            return TextFile(data.decode("utf-8"), tuple(faults))
        except UnicodeDecodeError as error:
            line = _line(data, error.start)
            what = f"The byte 0x{data[error.start]:02x} is not UTF-8."
            return TextFile(None, (*faults, self.fault(name, what, "Save the file as UTF-8.", line)))


def _bytes_of(path: Path) -> bytes | None:
    """Read a regular file of at most the largest size; None for any other."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        data = file.read(LARGEST_FILE + 1)
    return data if len(data) <= LARGEST_FILE else None


def _line(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1
