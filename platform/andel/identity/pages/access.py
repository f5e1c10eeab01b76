"""The routes of an application and what they ask for. One that does not say is never answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask

from andel.identity.model.access import MARK, Access

KNOWN: Final = frozenset({"static", "assets.palette", "problems.kind"})
"""Endpoints of the shared room, which does not know of permissions: style sheets, and what problems mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method of one address of an application, and what it asks for; None when it does not say."""

    endpoint: str
    rule: str
    method: str
    access: Access | None


def access_by(view: Any, method: str) -> Access | None:  # noqa: ANN401  (a view function of Flask)
    """Return what a view asks for when it is called by a method: a class of views says so on each, or on itself."""
    views = getattr(view, "view_class", None)
    reading = "get" if method == "HEAD" and not hasattr(views, "head") else method.lower()
    for place in (getattr(views, reading, None), views, view):
        found = getattr(place, MARK, None)
        if isinstance(found, Access):
            return found
    return None


def routes(app: Flask) -> Iterator[Route]:
    """Yield every route of an application, with what it asks for."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions.get(rule.endpoint)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Route(endpoint=rule.endpoint, rule=rule.rule, method=method, access=access_by(view, method))


def undeclared(app: Flask, *, known: frozenset[str] = KNOWN) -> tuple[str, ...]:
    """Return the routes that do not say what they ask for, ``GET /path``, but for those of ``known`` endpoints."""
    silent = (route for route in routes(app) if route.access is None and route.endpoint not in known)
    return tuple(sorted(f"{route.method} {route.rule}" for route in silent))
