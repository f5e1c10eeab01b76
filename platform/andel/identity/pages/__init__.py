"""Who may see which page: every route says so, and the guard holds it to that."""

from andel.identity.model.access import Access, public
from andel.identity.pages.access import routes, undeclared
from andel.identity.pages.cookies import Cookies
from andel.identity.pages.guard import (
    Doors,
    Guard,
    actor,
    current,
    current_program,
    form_token,
    install,
    requires,
    transaction,
)
from andel.identity.pages.problems import PROBLEMS

__all__ = [
    "PROBLEMS",
    "Access",
    "Cookies",
    "Doors",
    "Guard",
    "actor",
    "current",
    "current_program",
    "form_token",
    "install",
    "public",
    "requires",
    "routes",
    "transaction",
    "undeclared",
]
