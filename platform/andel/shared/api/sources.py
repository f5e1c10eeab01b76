"""Where a figure comes from, as it is received."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from andel.sdk.facts import Source
from andel.sdk.text import Text
from andel.shared.api.errors import SourceError

EXAMPLE: Final = "Exempel"
"""The title of a source that is only marked as an example."""


def source_of(given: Mapping[str, Any], *, where: str = "source") -> Source:
    """Return a source that was received.

    Raises:
        SourceError: it is neither named nor an example, or is named an example and not marked as one.
    """
    title, example = given.get("title", ""), given["example"]
    if not title and not example:
        what = Text("Källan är tom.", "The source is empty.")
        remedy = Text(
            "Namnge den i title, eller märk siffran med example: true.",
            "Name it in title, or mark the figure with example: true.",
        )
        raise SourceError(what, where=f"{where}.title", remedy=remedy)
    if title.casefold().startswith(("exempel", "example")) and not example:
        what = Text("Källan kallar siffran ett exempel.", "The source calls the figure an example.")
        raise SourceError(what, where=f"{where}.example", remedy=Text("Sätt example: true.", "Set example: true."))
    return Source(title=title or EXAMPLE, date=given["date"], example=example)
