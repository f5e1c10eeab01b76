"""Writing down what happened, in the transaction that makes it happen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, text
from sqlalchemy.orm import Session

from andel.sdk.workings import canonical_json
from andel.shared.audit.errors import AuditError
from andel.shared.database import new_id

_EVENT: Final = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)+")
_APPEND: Final = text("SELECT audit_append(:entry, :content, :persons, :told)").bindparams(
    bindparam("entry", type_=Uuid()),
    bindparam("persons", type_=ARRAY(Uuid())),
    bindparam("told", type_=ARRAY(Text())),
)


class ActorKind(StrEnum):
    """Who can do something: a person of the region, an operator of the instance, an API client, or Andel itself."""

    PERSON = "person"
    OPERATOR = "operator"
    CLIENT = "client"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a random id, never a name. Of ``SYSTEM`` the id is the command or job that ran."""

    kind: ActorKind
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that happened.

    Attributes:
        event: what, as ``noun.past_participle``: ``document.applied``.
        actor: who did it.
        subject: what it was done to, as ``table:id``.
        organization: whose it is; what a member writes must be of an organization that it acts for.
        details: plain data without floats, dates as ISO text, and **no personal data**: it stays for ever.
        personal: by person, what may be erased. The chain keeps only its HMAC under the person's own key.
    """

    event: str
    actor: Actor
    subject: str = ""
    organization: UUID | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[UUID, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def content(self) -> str:
        """The canonical JSON that the chain hashes."""
        said = {
            "actor": {"id": self.actor.id, "kind": self.actor.kind.value},
            "details": dict(self.details),
            "event": self.event,
            "organization": str(self.organization) if self.organization else None,
            "subject": self.subject,
        }
        return canonical_json({name: value for name, value in said.items() if value not in (None, "", {})}).decode()


def append(session: Session, entry: Entry) -> UUID:
    """Write an entry in the session's own transaction: it stands if and only if the change does.

    The transaction may be staff's, a member's or the gate's. The entry gets its place in the chain when the
    transaction commits, so that a long one keeps nobody waiting.

    Returns:
        The entry's id.

    Raises:
        AuditError: the event has no name of the right form.
    """
    if _EVENT.fullmatch(entry.event) is None:
        what = f'"{entry.event}" is no name of an event.'
        raise AuditError(what, where=entry.event, remedy="Write a noun and what was done to it: document.applied.")
    made = new_id()
    parameters = {
        "entry": made,
        "content": entry.content,
        "persons": list(entry.personal),
        "told": [canonical_json(dict(data)).decode() for data in entry.personal.values()],
    }
    session.execute(_APPEND, parameters)
    return made
