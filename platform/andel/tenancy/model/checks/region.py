"""The region itself: enabled plugins that are installed, colours that can be read."""

from __future__ import annotations

from collections.abc import Iterator

from andel.host.view import complaints_of
from andel.tenancy.model.checks.subject import Subject, complaint_fault, doubles
from andel.tenancy.model.colours import too_weak
from andel.tenancy.model.faults import Fault


def check_region(subject: Subject) -> Iterator[Fault]:
    """Yield what is wrong with the region's plugins and colours."""
    document = subject.document
    yield from doubles(document.plugins, str, ("plugins",), 'The plugin "{}" is enabled twice.')
    for index, name in enumerate(document.plugins):
        for complaint in complaints_of(subject.registry, document.region.key, (name,)):
            yield complaint_fault(complaint, ("plugins", index))
    colours = document.region.colours
    for name, what in too_weak(accent=colours.accent, fill=colours.fill, mid=colours.mid, tint=colours.tint):
        remedy = "Choose a darker colour, or a lighter tint."
        yield Fault(what=what, path=("region", "colours", name), remedy=remedy)
