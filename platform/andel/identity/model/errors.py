"""Why somebody is not let in, or not further."""

from __future__ import annotations

from andel.identity.model.permissions import WORDS, Permission
from andel.sdk.errors import AndelError
from andel.sdk.text import Text


class IdentityError(AndelError):
    """Something about people, their memberships or how they sign in is not as it must be."""


class SignInNeededError(IdentityError):
    """Nobody is signed in, or no longer. Answered with 401, and a page is sent to the sign-in."""

    @classmethod
    def now(cls) -> SignInNeededError:
        """Make the error."""
        what = Text("Du är inte inloggad, eller inte längre.", "You are not signed in, or no longer.")
        return cls(what, remedy=Text("Logga in.", "Sign in."))


class ForbiddenError(IdentityError):
    """Whoever is signed in may not do this. Answered with 403."""

    @classmethod
    def lacking(cls, permission: Permission) -> ForbiddenError:
        """Make the error of what is not allowed."""
        words = WORDS[permission]
        what = Text(f"Din roll får inte {words.sv}.", f"Your role may not {words.en}.")
        remedy = Text(
            "Be den som administrerar er organisation om en annan roll, eller byt anställning.",
            "Ask the administrator of your organization for another role, or switch employment.",
        )
        return cls(what, remedy=remedy)


class StepUpNeededError(ForbiddenError):
    """Who is there must first be proved anew. Answered with 403, and a page is sent to the provider."""

    @classmethod
    def before(cls, permission: Permission) -> StepUpNeededError:
        """Make the error of what is about to be done."""
        words = WORDS[permission]
        what = Text(f"Legitimera dig på nytt för att {words.sv}.", f"Identify yourself again to {words.en}.")
        remedy = Text("Du kommer tillbaka hit.", "You will come back here.")
        return cls(what, remedy=remedy)


class CrossSiteError(ForbiddenError):
    """A change was asked for from elsewhere, or with a form that is not of this session. Answered with 403."""

    @classmethod
    def because(cls, part: str, value: str) -> CrossSiteError:
        """Make the error, of the part of the request that told and what it said."""
        what = Text(
            "Ändringen gjordes inte: formuläret hör inte till din inloggning.",
            "Nothing was changed: the form does not belong to your sign-in.",
        )
        remedy = Text("Ladda om sidan och försök igen.", "Load the page again and try once more.")
        return cls(what, where=f"{part}: {value}" if value else part, remedy=remedy)
