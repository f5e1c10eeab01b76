"""The Flask pieces of the pages: ``configure`` puts them on an application; views use the rest."""

from andel.shared.web.flashes import flash
from andel.shared.web.frame import Frame, Link, Region, Viewer, frame
from andel.shared.web.palette import Palette
from andel.shared.web.partial import go_to, is_htmx, is_partial, render
from andel.shared.web.parts import Column, FieldError, Option, Row, Step, Table
from andel.shared.web.reference import reference
from andel.shared.web.setup import configure

__all__ = [
    "Column",
    "FieldError",
    "Frame",
    "Link",
    "Option",
    "Palette",
    "Region",
    "Row",
    "Step",
    "Table",
    "Viewer",
    "configure",
    "flash",
    "frame",
    "go_to",
    "is_htmx",
    "is_partial",
    "reference",
    "render",
]
