"""The same request twice is done once: a key of the asker's own, and the answer that it was given."""

from andel.shared.idempotency.service import KEPT, Asked, Kept, KeyBusyError, KeyReusedError, answer_once
from andel.shared.idempotency.tables import ApiAnswerRow

__all__ = ["KEPT", "ApiAnswerRow", "Asked", "Kept", "KeyBusyError", "KeyReusedError", "answer_once"]
