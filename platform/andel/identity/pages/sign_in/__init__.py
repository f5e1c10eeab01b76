"""The pages of signing in and out, of choosing an employment, and of one's own sessions."""

from __future__ import annotations

from flask import Blueprint

from andel.identity.pages.sign_in.addresses import Addresses, sign_in_address, step_up_address
from andel.identity.pages.sign_in.channels import add_channels
from andel.identity.pages.sign_in.choosing import add_choosing
from andel.identity.pages.sign_in.finding import add_finding
from andel.identity.pages.sign_in.framing import viewer
from andel.identity.pages.sign_in.gateway import Gateway
from andel.identity.pages.sign_in.going import add_going
from andel.identity.pages.sign_in.leaving import add_leaving
from andel.identity.pages.sign_in.own import add_own_sessions

__all__ = ["Addresses", "Gateway", "sign_in_address", "sign_in_pages", "step_up_address", "viewer"]


def sign_in_pages(gateway: Gateway) -> Blueprint:
    """Return the pages. They are public: each finds out itself who is there."""
    pages = Blueprint("sign_in", __name__)
    for add in (add_finding, add_going, add_choosing, add_leaving, add_own_sessions, add_channels):
        add(pages, gateway)
    return pages
