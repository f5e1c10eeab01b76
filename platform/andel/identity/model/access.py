"""What a route asks for, written on its view: a permission, and what must be shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, ParamSpec, TypeVar

from andel.identity.model.permissions import Permission

_Given = ParamSpec("_Given")
_Answer = TypeVar("_Answer")
MARK: Final = "__andel_access__"


class Shown(StrEnum):
    """What a request must show instead of a person's session or a program's access token.

    ``DIRECTORY``: the token of an organization's directory. ``CLIENT``: the id and the secret of a program.
    """

    DIRECTORY = "directory"
    CLIENT = "client"


@dataclass(frozen=True, slots=True)
class Access:
    """What a route asks for; ``permission`` is None for everybody who shows what must be shown."""

    permission: Permission | None
    shown: Shown | None = None


def public(view: Callable[_Given, _Answer]) -> Callable[_Given, _Answer]:
    """Let everybody see a page. It finds out nothing about who they are."""
    return marked(view, Access(None))


def marked(view: Callable[_Given, _Answer], access: Access) -> Callable[_Given, _Answer]:
    """Write on a view what it asks for. ``requires`` and its like do; alone it lets nobody in."""
    setattr(view, MARK, access)
    return view
