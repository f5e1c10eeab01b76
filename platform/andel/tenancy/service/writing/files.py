"""All files of a document, and how they are put in a folder."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from andel.tenancy.model.document import Facts, TenantDocument
from andel.tenancy.model.plan import series_name
from andel.tenancy.service.files import FACTS_FOLDER, ORGANIZATIONS_FILE, TENANT_FILE
from andel.tenancy.service.writing.layout import Layout
from andel.tenancy.service.writing.tables import facts_text, organizations_text
from andel.tenancy.service.writing.toml import tenant_text


def files_of(document: TenantDocument, layout: Layout) -> dict[str, str]:
    """Return the text of each file of the document's folder, by its name in it."""
    names = {series_name(one): layout.fact_files.get(series_name(one)) or _fact_file(one) for one in document.facts}
    facts = {names[series_name(one)]: facts_text(one, document, layout) for one in document.facts}
    return {
        **dict(sorted(facts.items())),
        ORGANIZATIONS_FILE: organizations_text(document, layout),
        TENANT_FILE: tenant_text(document, layout, names),
    }


def write_files(root: Path, files: Mapping[str, str]) -> tuple[str, ...]:
    """Put the files in a folder, each whole or not at all; return the names of those that changed.

    Figures that no file of the document has are removed. All else in the folder is left as it is.
    """
    (root / FACTS_FOLDER).mkdir(parents=True, exist_ok=True)
    changed = [name for name, text in files.items() if _replace(root / name, text)]
    for path in sorted((root / FACTS_FOLDER).glob("*.csv")):
        name = f"{FACTS_FOLDER}{path.name}"
        if name not in files and not path.name.startswith("."):
            path.unlink()
            changed.append(name)
    return tuple(changed)


def _fact_file(series: Facts) -> str:
    revision = f"-revision-{series.revision}" if series.revision > 1 else ""
    return f"{FACTS_FOLDER}{series.name}-{series.reference_date}{revision}.csv"


def _replace(path: Path, text: str) -> bool:
    data = text.encode()
    if path.is_file() and not path.is_symlink() and path.read_bytes() == data:
        return False
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    mode = path.stat().st_mode & 0o777 if path.is_file() else 0o644
    Path(name).chmod(mode)
    Path(name).replace(path)
    return True
