"""Write a region's database back to its folder, and never over what somebody changed there by hand."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from andel.sdk.errors import AndelError
from andel.tenancy.model.document import TenantDocument
from andel.tenancy.model.plan import Change, changes_between
from andel.tenancy.model.reading import read_document
from andel.tenancy.service.files import read_folder
from andel.tenancy.service.pulling.applied import applied_as, last_applied
from andel.tenancy.service.pulling.reading import document_of
from andel.tenancy.service.writing import Layout, files_of, layout_of, write_files


class PullError(AndelError):
    """A region's database cannot be written to its folder. The folder is as it was."""


class Outcome(StrEnum):
    """What became of a pull. ``REFUSED``: the folder holds what was never applied, and stays as it is."""

    SAME = "same"
    WRITTEN = "written"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What a pull did, or would have done.

    Attributes:
        readable: whether there is a folder that says anything; else nothing is known to differ.
        changes: what leads from the folder to the database.
        by_hand: what was changed in the folder since the last apply.
        by_command: what was changed in the database since the last apply.
        files: those that were written or removed, by their names in the folder.
    """

    tenant: str
    outcome: Outcome
    readable: bool = True
    changes: tuple[Change, ...] = ()
    by_hand: tuple[Change, ...] = ()
    by_command: tuple[Change, ...] = ()
    files: tuple[str, ...] = ()


def pull(session: Session, root: Path, *, force: bool = False) -> Pulled:
    """Make a region's folder say what its database amounts to.

    What people wrote beside the document stays: the order of its parts, comments on lines of their own, the names
    of files. A folder that holds a document which was never applied is left alone: a file was changed by hand
    and the database by command at once, and nobody but a person can say which counts.

    Args:
        session: a transaction of the region, as its staff; nothing is written to the database.
        root: the region's own folder; its name is the region's key.
        force: write over what was changed by hand.

    Raises:
        PullError: nothing has been applied, the folder is no plain folder, or it is another region's.
    """
    document = document_of(session)
    if document is None:
        what = "Nothing has been applied to the region's database."
        raise PullError(what, where=root.name, remedy="Apply its folder first: andel tenant apply.")
    if document.region.key != root.name or root.is_symlink() or (root.exists() and not root.is_dir()):
        what = f"{root} is not the folder of {document.region.key}."
        raise PullError(what, where=root.name, remedy="Name the folder after the region; no symbolic link.")
    found = _document_in(root)
    pulled = _compared(session, found, document)
    if found is not None and found.digest == document.digest:
        return pulled
    empty = not root.is_dir() or not any(root.iterdir())
    known = empty or (found is not None and applied_as(session, found.digest) is not None)
    if not known and not force:
        return replace(pulled, outcome=Outcome.REFUSED)
    files = files_of(document, Layout() if found is None else layout_of(root, found))
    _check(files, document)
    return replace(pulled, outcome=Outcome.WRITTEN, files=write_files(root, files))


def _compared(session: Session, found: TenantDocument | None, document: TenantDocument) -> Pulled:
    applied = last_applied(session)
    base = applied.document if applied else None
    return Pulled(
        tenant=document.region.key,
        outcome=Outcome.SAME,
        readable=found is not None,
        changes=changes_between(found, document) if found else (),
        by_hand=changes_between(base, found) if base and found else (),
        by_command=changes_between(base, document) if base else (),
    )


def _document_in(root: Path) -> TenantDocument | None:
    """Return the document of a folder, if it can be read without a fault of form."""
    if not root.is_dir():
        return None
    files = read_folder(root)
    reading = read_document(files.data)
    return None if files.faults or reading.faults else reading.document


def _check(files: dict[str, str], document: TenantDocument) -> None:
    """Read the files back before a single one is put in the folder."""
    with tempfile.TemporaryDirectory(prefix="andel-pull-") as parent:
        root = Path(parent) / document.region.key
        write_files(root, files)
        found = _document_in(root)
    if found is None or found.digest != document.digest:
        what = "What would be written does not read back as the same document."
        raise PullError(what, where=document.region.key, remedy="The folder is as it was. Report this message.")
