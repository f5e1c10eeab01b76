"""The audit chain of a region: what happened, in order, so that no later change of it goes unnoticed.

``append`` writes an entry in the transaction of the change itself. The database chains entries as transactions
commit; no application role can write a link, or change or remove anything. ``verify`` computes every link again, and
anchors kept outside the database tell whether the end was cut off. Personal data stands beside the chain under a key
per person: erased, the chain still verifies and says nothing about anybody.
"""

from andel.shared.audit.anchors import Anchor, add_anchor, head, read_anchors
from andel.shared.audit.entries import Actor, ActorKind, Entry, append
from andel.shared.audit.errors import AuditError
from andel.shared.audit.verifying import Damage, Finding, Verdict, verify

__all__ = [
    "Actor",
    "ActorKind",
    "Anchor",
    "AuditError",
    "Damage",
    "Entry",
    "Finding",
    "Verdict",
    "add_anchor",
    "append",
    "head",
    "read_anchors",
    "verify",
]
