"""A small OpenID provider for the demo: people by role title, no passwords, on this machine alone."""

from andel.identity.demo.guarding import DemoError, check_demo
from andel.identity.demo.pages import demo_provider
from andel.identity.demo.personas import DemoOrganization, Persona
from andel.identity.demo.rows import add_demo_sign_in
from andel.identity.demo.serving import demo_provider_beside

__all__ = [
    "DemoError",
    "DemoOrganization",
    "Persona",
    "add_demo_sign_in",
    "check_demo",
    "demo_provider",
    "demo_provider_beside",
]
