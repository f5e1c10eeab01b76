"""What is wrong with a request of the API, and what each kind of it is called on the web."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from andel.sdk.errors import AndelError
from andel.sdk.text import Text
from andel.shared.idempotency import KeyBusyError, KeyReusedError
from andel.shared.problems import Kind, Kinds


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field, and what to do."""

    what: Text
    remedy: Text


class RequestError(AndelError):
    """A request that cannot be taken as it is; nothing has been done."""


class MalformedError(RequestError):
    """The request cannot be read at all. Answered with 400."""


class MediaTypeError(RequestError):
    """The body is of another kind than JSON. Answered with 415."""


class TooLargeError(RequestError):
    """The body is larger than is received. Answered with 413."""


class InvalidError(RequestError):
    """Fields are missing, unknown or not of their form. Answered with 422, a complaint for each."""


class SourceError(RequestError):
    """A figure that says neither where it comes from nor that it is an example. Answered with 422."""


class NotFoundError(RequestError):
    """What the address names is not there, or not for who asks: the answer is the same. Answered with 404."""

    @classmethod
    def here(cls) -> NotFoundError:
        """Make the error."""
        what = Text("Det finns inte, eller inte för dig.", "It is not there, or not for you.")
        return cls(what, remedy=Text("Utgå från listan.", "Begin with the list."))


class ConflictError(RequestError):
    """What is asked for does not go together with what is there. Answered with 409."""


class PreconditionNeededError(RequestError):
    """A change that does not say what it was made from. Answered with 428."""

    @classmethod
    def etag(cls) -> PreconditionNeededError:
        """Make the error."""
        what = Text("Ändringen säger inte vilken version den utgår från.", "The change does not say what it changes.")
        remedy = Text(
            "Hämta resursen och sänd dess ETag som If-Match.", "Get the resource and send its ETag as If-Match."
        )
        return cls(what, where="If-Match", remedy=remedy)


class PreconditionFailedError(RequestError):
    """What is to be changed has been changed since. Answered with 412."""

    @classmethod
    def etag(cls) -> PreconditionFailedError:
        """Make the error."""
        what = Text("Resursen har ändrats sedan den hämtades.", "The resource has been changed since it was read.")
        remedy = Text("Hämta den igen och gör om ändringen.", "Get it again and make the change anew.")
        return cls(what, where="If-Match", remedy=remedy)


PROBLEMS: Final[Kinds] = {
    MalformedError: Kind("malformed", 400, Text("Anropet kan inte läsas", "The request cannot be read")),
    MediaTypeError: Kind("media-type", 415, Text("Formatet kan inte tas emot", "The format cannot be received")),
    TooLargeError: Kind("too-large", 413, Text("Det som skickades är för stort", "What was sent is too large")),
    InvalidError: Kind("invalid", 422, Text("Uppgifterna har fel form", "The data is not of the right form")),
    SourceError: Kind("source", 422, Text("Källan saknas", "The source is missing")),
    NotFoundError: Kind("not-found", 404, Text("Det finns inte", "It is not there")),
    ConflictError: Kind(
        "conflict", 409, Text("Det går inte ihop med det som finns", "It conflicts with what is there")
    ),
    PreconditionNeededError: Kind("precondition-needed", 428, Text("If-Match saknas", "If-Match is missing")),
    PreconditionFailedError: Kind(
        "precondition-failed", 412, Text("Någon annan har ändrat samma sak", "Someone else has changed the same thing")
    ),
    KeyReusedError: Kind(
        "key-reused", 422, Text("Nyckeln är redan använd", "The idempotency key has been used already")
    ),
    KeyBusyError: Kind("key-busy", 409, Text("Samma anrop pågår", "The same request is being worked on")),
}
"""What the errors of the API itself mean on the web."""
