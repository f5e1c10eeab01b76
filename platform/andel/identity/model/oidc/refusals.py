"""Why a sign-in is refused: a code for the log and the tests, and words for the person."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from andel.sdk.errors import AndelError
from andel.sdk.text import Text


class Reason(StrEnum):
    """The code of a refusal."""

    ATTEMPT_UNKNOWN = "attempt-unknown"
    ATTEMPT_USED = "attempt-used"
    ATTEMPT_EXPIRED = "attempt-expired"
    OTHER_BROWSER = "other-browser"
    OTHER_PROVIDER = "other-provider"
    ANSWER_MALFORMED = "answer-malformed"
    ISSUER_MISSING = "issuer-missing"
    ISSUER_OTHER = "issuer-other"
    DECLINED = "declined"
    PROVIDER_ERROR = "provider-error"
    CODE_MISSING = "code-missing"

    ADDRESS_FORBIDDEN = "address-forbidden"
    REDIRECTED = "redirected"
    TOO_LARGE = "too-large"
    TOO_SLOW = "too-slow"
    UNREACHABLE = "unreachable"
    BAD_STATUS = "bad-status"
    NOT_JSON = "not-json"

    METADATA_ISSUER = "metadata-issuer"
    METADATA_ENDPOINT = "metadata-endpoint"
    METADATA_UNSUPPORTED = "metadata-unsupported"

    TOKEN_REFUSED = "token-refused"  # noqa: S105  (a reason, no password)
    TOKEN_TYPE = "token-type"  # noqa: S105  (a reason, no password)
    ID_TOKEN_MISSING = "id-token-missing"  # noqa: S105  (a reason, no password)
    TOKEN_MALFORMED = "token-malformed"  # noqa: S105  (a reason, no password)
    ALGORITHM_FORBIDDEN = "algorithm-forbidden"
    HEADER_FORBIDDEN = "header-forbidden"
    KEY_UNKNOWN = "key-unknown"
    KEY_UNFIT = "key-unfit"
    SIGNATURE_FALSE = "signature-false"

    CLAIM_ISSUER = "claim-issuer"
    CLAIM_AUDIENCE = "claim-audience"
    CLAIM_AZP = "claim-azp"
    CLAIM_SUBJECT = "claim-subject"
    CLAIM_NONCE = "claim-nonce"
    CLAIM_TIME = "claim-time"
    EXPIRED = "expired"
    NOT_YET = "not-yet"
    ISSUED_IN_FUTURE = "issued-in-future"
    ISSUED_LONG_AGO = "issued-long-ago"
    AUTHENTICATION_STALE = "authentication-stale"
    ASSURANCE_TOO_LOW = "assurance-too-low"
    ACCESS_TOKEN_OTHER = "access-token-other"  # noqa: S105  (a reason, no password)
    CLAIMS_REFUSED = "claims-refused"
    KEY_CLAIM_MISSING = "key-claim-missing"
    ORGANIZATION_MISSING = "organization-missing"
    ORGANIZATION_OTHER = "organization-other"

    LOGOUT_MALFORMED = "logout-malformed"
    LOGOUT_REPLAYED = "logout-replayed"

    PERSON_INACTIVE = "person-inactive"
    PERSON_OTHER = "person-other"
    NO_ROLE = "no-role"
    PROVIDER_UNKNOWN = "provider-unknown"
    PROVIDER_SETTINGS = "provider-settings"


class RefusedError(AndelError):
    """A sign-in is refused.

    The complaint has words for the person, in both languages, and nothing of what the provider said. ``detail`` is
    for the log alone.
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        what, remedy = words_of(reason)
        super().__init__(what, where=reason.value, remedy=remedy)
        self.reason = reason
        self.detail = detail


_AGAIN: Final = Text("Börja om från inloggningssidan.", "Start again from the sign-in page.")
_YOUR_IT: Final = Text(
    "Kontakta er egen IT-support och uppge referensnumret. Felet ligger i hur er inloggning svarar.",
    "Contact your own IT support and give the reference number. The fault is in how your sign-in answers.",
)
_WRONG_ANSWER: Final = Text(
    "Er organisations inloggning gav ett svar som inte går att lita på.",
    "Your organization's sign-in gave an answer that cannot be trusted.",
)
_NO_ANSWER: Final = Text(
    "Er organisations inloggning svarar inte just nu.", "Your organization's sign-in does not answer right now."
)
_SOON: Final = Text(
    "Försök igen om en stund. Kontakta er egen IT-support om det fortsätter.",
    "Try again in a while. Contact your own IT support if it goes on.",
)
_STALE: Final = Text(
    "Inloggningen påbörjades för länge sedan, eller i en annan flik.",
    "The sign-in was started too long ago, or in another tab.",
)

_WORDS: Final[dict[Reason, tuple[Text, Text]]] = {
    Reason.ATTEMPT_UNKNOWN: (_STALE, _AGAIN),
    Reason.ATTEMPT_USED: (_STALE, _AGAIN),
    Reason.ATTEMPT_EXPIRED: (_STALE, _AGAIN),
    Reason.OTHER_BROWSER: (
        Text("Inloggningen påbörjades i en annan webbläsare.", "The sign-in was started in another browser."),
        Text(
            "Börja om från inloggningssidan. Öppna aldrig en inloggningslänk som någon har skickat.",
            "Start again from the sign-in page. Never open a sign-in link that somebody sent you.",
        ),
    ),
    Reason.DECLINED: (
        Text("Du avbröt inloggningen, eller nekades den.", "You cancelled the sign-in, or it was denied."),
        _AGAIN,
    ),
    Reason.UNREACHABLE: (_NO_ANSWER, _SOON),
    Reason.TOO_SLOW: (_NO_ANSWER, _SOON),
    Reason.BAD_STATUS: (_NO_ANSWER, _SOON),
    Reason.ASSURANCE_TOO_LOW: (
        Text(
            "Du loggade in med en lägre tillitsnivå än vad som krävs här.",
            "You signed in with a lower level of assurance than is needed here.",
        ),
        Text(
            "Logga in igen med e-legitimation, till exempel SITHS.",
            "Sign in again with an electronic identity, for example SITHS.",
        ),
    ),
    Reason.AUTHENTICATION_STALE: (
        Text("Du behöver bekräfta vem du är på nytt.", "You need to confirm anew who you are."),
        Text("Logga in igen hos din organisation.", "Sign in again at your organization."),
    ),
    Reason.ORGANIZATION_OTHER: (
        Text(
            "Du loggade in för en annan organisation än den du valde.",
            "You signed in for another organization than the one you chose.",
        ),
        Text(
            "Välj din egen organisation på inloggningssidan, eller rätt uppdrag när du legitimerar dig.",
            "Choose your own organization on the sign-in page, or the right employment when you identify yourself.",
        ),
    ),
    Reason.PERSON_INACTIVE: (
        Text("Din åtkomst är avslutad.", "Your access has ended."),
        Text(
            "Fråga den som är behörighetsansvarig i din organisation.",
            "Ask whoever is responsible for access in your organization.",
        ),
    ),
    Reason.PERSON_OTHER: (
        Text(
            "Du bekräftade dig som en annan person än den som är inloggad.",
            "You confirmed as another person than the one who is signed in.",
        ),
        Text("Logga ut och börja om.", "Sign out and start again."),
    ),
    Reason.NO_ROLE: (
        Text("Du är inloggad men har ingen roll i Andel.", "You are signed in but have no role in Andel."),
        Text(
            "Fråga den som är behörighetsansvarig i din organisation.",
            "Ask whoever is responsible for access in your organization.",
        ),
    ),
    Reason.PROVIDER_SETTINGS: (
        Text("Inloggningen är inte rätt inställd i Andel.", "The sign-in is not set up correctly in Andel."),
        Text(
            "Uppge referensnumret för den som förvaltar Andel i regionen.",
            "Give the reference number to whoever manages Andel in the region.",
        ),
    ),
    Reason.PROVIDER_UNKNOWN: (
        Text("Inloggningen finns inte längre.", "This way of signing in no longer exists."),
        _AGAIN,
    ),
}


def words_of(reason: Reason) -> tuple[Text, Text]:
    """Return what is wrong and what to do, for the person who was refused."""
    return _WORDS.get(reason, (_WRONG_ANSWER, _YOUR_IT))
