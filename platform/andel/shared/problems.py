"""What went wrong, for people and for programs (RFC 9457, ``application/problem+json``).

A room says what its errors mean on the web with ``Kind``: ``{ClosedError: Kind("closed", 409, Text(...))}``. The
application hands all of them to ``andel.shared.web.configure``. An error without a kind of its own takes the one of
its nearest parent; ``AndelError`` itself is ``refused``, 422.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from werkzeug.exceptions import HTTPException

from andel.sdk.errors import AndelError, Complaint
from andel.sdk.text import Text, words_in

MEDIA_TYPE: Final = "application/problem+json"
TYPE_ROOT: Final = "/problems/"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its name in addresses, its HTTP status, what it is called."""

    slug: str
    status: int
    title: Text

    @property
    def type(self) -> str:
        """The problem type of RFC 9457: where the kind is described, or ``about:blank`` for a plain HTTP status."""
        return f"{TYPE_ROOT}{self.slug}" if self.slug else "about:blank"


Kinds = Mapping[type[AndelError], Kind]

REFUSED: Final = Kind("refused", 422, Text("Det gick inte att göra", "It could not be done"))
KINDS: Final[Kinds] = {AndelError: REFUSED}

_HTTP_TITLES: Final[Mapping[int, Text]] = {
    400: Text("Förfrågan kan inte läsas", "The request cannot be read"),
    401: Text("Du behöver logga in", "You need to sign in"),
    403: Text("Du har inte åtkomst", "You do not have access"),
    404: Text("Sidan finns inte", "The page does not exist"),
    405: Text("Det går inte att göra så här", "This cannot be done in this way"),
    409: Text("Någon annan har ändrat samma sak", "Someone else has changed the same thing"),
    412: Text("Någon annan har ändrat samma sak", "Someone else has changed the same thing"),
    413: Text("Det som skickades är för stort", "What was sent is too large"),
    415: Text("Formatet kan inte tas emot", "The format cannot be received"),
    422: Text("Uppgifterna kan inte tas emot", "The data cannot be accepted"),
    429: Text("För många förfrågningar", "Too many requests"),
    500: Text("Något gick fel hos oss", "Something went wrong on our side"),
    503: Text("Tjänsten är tillfälligt stängd", "The service is closed for the moment"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One occurrence of a problem.

    Attributes:
        kind: what kind it is.
        complaints: what is wrong, where, and what to do; the first is the detail.
        instance: the path that was asked for.
        reference: the number by which the log finds the request.
        errors: what is wrong per field of a request, as the schema library says it.
    """

    kind: Kind
    complaints: tuple[Complaint, ...] = ()
    instance: str = ""
    reference: str = ""
    errors: object = None

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.kind.status

    def as_dict(self, language: str) -> dict[str, object]:
        """Return the members of ``application/problem+json``, those that say something."""
        first = self.complaints[0] if self.complaints else Complaint("")
        members: dict[str, object] = {
            "type": self.kind.type,
            "title": self.kind.title.in_language(language),
            "status": self.status,
            "detail": words_in(first.what, language),
            "where": first.where,
            "remedy": words_in(first.remedy, language),
            "instance": self.instance,
            "reference": self.reference,
            "errors": self.errors or [_member(complaint, language) for complaint in self.complaints[1:]],
        }
        return {name: value for name, value in members.items() if value}


def status_title(status: int) -> Text:
    """Return what a plain HTTP status is called."""
    return _HTTP_TITLES.get(status) or Text(HTTPStatus(status).phrase, HTTPStatus(status).phrase)


def of_error(error: AndelError, kinds: Kinds, *, instance: str = "", reference: str = "") -> Problem:
    """Describe an error of Andel: its kind is that of its class, or of the nearest parent that has one."""
    kind = next(kinds[cls] for cls in type(error).__mro__ if cls in kinds)
    return Problem(kind=kind, complaints=error.complaints, instance=instance, reference=reference)


def of_http(error: HTTPException, *, instance: str = "", reference: str = "") -> Problem:
    """Describe an HTTP error. Only words that someone wrote for it become its detail, never the library's own."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    own = error.description if error.description != type(error).description else None
    data = getattr(error, "data", None)
    given = data if isinstance(data, Mapping) else {}
    words = given.get("message") or own
    return Problem(
        kind=Kind("", status, status_title(status)),
        complaints=(Complaint(str(words)),) if words else (),
        instance=instance,
        reference=reference,
        errors=given.get("errors") or given.get("messages"),
    )


def merged(kinds: Sequence[Kinds]) -> dict[type[AndelError], Kind]:
    """Put the kinds of all rooms together with the common one.

    Raises:
        ValueError: two kinds share a slug and differ, or an error is described twice.
    """
    together = dict(KINDS)
    for more in kinds:
        for error, kind in more.items():
            other = next((known for known in together.values() if known.slug == kind.slug), kind)
            if error in together or other != kind:
                message = f'The problem "{kind.slug}" of {error.__name__} is described twice.'
                raise ValueError(message)
            together[error] = kind
    return together


def _member(complaint: Complaint, language: str) -> dict[str, object]:
    words = complaint.in_language(language)
    return {name: value for name in ("what", "where", "remedy") if (value := getattr(words, name))}
