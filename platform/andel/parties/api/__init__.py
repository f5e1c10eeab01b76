"""The API of a region, its organizations, groups and figures."""

from andel.parties.api.facts import fact_resources
from andel.parties.api.organizations import organization_resources
from andel.parties.service import AlreadyLoadedError
from andel.sdk.errors import FactError
from andel.sdk.text import Text
from andel.shared.problems import Kind, Kinds

__all__ = ["PROBLEMS", "fact_resources", "organization_resources"]

PROBLEMS: Kinds = {
    FactError: Kind("facts", 422, Text("Underlaget kan inte läsas in", "The figures cannot be loaded")),
    AlreadyLoadedError: Kind(
        "already-loaded", 409, Text("Underlaget är redan inläst", "The figures are loaded already")
    ),
}
"""What the errors of figures mean on the web."""
