"""A check is a row of a table: its name, the reason it refuses with, where the rule comes from, what finds a fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from andel.identity.model.oidc.refusals import Reason, RefusedError

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Check(Generic[S]):
    """One rule over a subject.

    Attributes:
        name: what it looks at; unique in its table.
        reason: the code of the refusal.
        source: where the rule comes from.
        fault: says what is wrong, for the log; empty when nothing is.
    """

    name: str
    reason: Reason
    source: str
    fault: Callable[[S], str]


def demand(checks: Iterable[Check[S]], subject: S) -> None:
    """Apply every check in its order.

    Raises:
        RefusedError: of the first that finds a fault.
    """
    for check in checks:
        found = check.fault(subject)
        if found:
            raise RefusedError(check.reason, f"{check.name}: {found}")


def shown(value: object) -> str:
    """Return a value that somebody else made, shortened and escaped, for a line of the log."""
    written = ascii(value)
    return written if len(written) <= 120 else f"{written[:117]}..."  # noqa: PLR2004  (a line)


def unsaid(value: object) -> str:
    """Return what kind of value somebody else made, without the value: it may be a person's."""
    return f"text of {len(value)} characters" if isinstance(value, str) else type(value).__name__


def text_of(value: object, *, longest: int = 255) -> str:
    """Return a value if it is plain text of reasonable length, without control characters or spaces around; else ''."""
    if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable() or value != value.strip():
        return ""
    return value


def texts_of(value: object) -> tuple[str, ...]:
    """Return the plain texts of a claim that is one text or a list of texts; anything else is left out."""
    values = value if isinstance(value, list) else [value]
    return tuple(text for one in values if (text := text_of(one)))


def moment_of(value: object) -> int | None:
    """Return a NumericDate in whole seconds, None for anything that is no number of seconds since 1970."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value < 2**53 else None
