"""What goes on around a change: the application makes sure that the region still adds up to a valid whole."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from sqlalchemy.orm import Session

from andel.shared.api.gate import Inside
from andel.shared.audit import Actor, ActorKind

Changing = Callable[[Session], AbstractContextManager[object]]
"""Wraps a change: no other runs at the same time, and what is not valid afterwards is refused as a whole."""


def unchecked(_session: Session) -> AbstractContextManager[object]:
    """Wrap a change in nothing."""
    return nullcontext()


def actor_of(inside: Inside) -> Actor:
    """Return who makes the request, for the audit chain."""
    return Actor(ActorKind.CLIENT, f"api_client:{inside.caller.client}")
