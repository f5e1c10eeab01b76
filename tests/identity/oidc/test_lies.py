"""A lying provider in every mode: refused with the right reason, and let through when its check is taken away."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.identity.oidc.browsing import SentElsewhereError
from tests.identity.oidc.conftest import Making, Signing
from tests.identity.oidc.lies import LIES

from andel.identity.model.oidc.answers import LIFETIME
from andel.identity.model.oidc.refusals import Reason, RefusedError, words_of
from andel.identity.model.oidc.rules import RULES
from andel.identity.service.oidc.fetching import ANSWER_CHECKS, Limits

_GUARDED = sorted(name for name, lie in LIES.items() if lie.checks)
_BROWSER = {
    "browser": Reason.OTHER_BROWSER,
    "single use": Reason.ATTEMPT_USED,
    "lifetime": Reason.ATTEMPT_EXPIRED,
    "redirect uri": Reason.OTHER_PROVIDER,
}
"""Checks that stand against somebody in the middle rather than against the provider."""

_WITHOUT_REMOVAL = {"state"}
"""Without an attempt there is nothing to go on with: no check could be taken away that would change it."""

PATIENCE = (Limits(seconds=30.0), Limits(seconds=0.4))
"""How long an honest answer may take on a busy machine, and one that is late on purpose."""

_LOGOUT = {check.name for check in RULES.logout}


def test_the_truth_signs_in(signing: Making) -> None:
    identity = signing().sign_in("truth")
    assert (identity.key, identity.subject, identity.roles) == ("person-1", "person-1", ("Andel.Ekonom",))


def test_there_are_modes_enough() -> None:
    assert len(LIES) >= 35


@pytest.mark.parametrize("name", sorted(LIES))
def test_a_lie_is_refused_for_its_reason(signing: Making, name: str) -> None:
    with pytest.raises(RefusedError) as refused:
        signing(limits=PATIENCE[name == "document-slow"]).sign_in(name)
    assert refused.value.reason is LIES[name].reason, refused.value.detail
    assert refused.value.detail


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("name", _GUARDED)
def test_a_lie_gets_through_when_its_check_is_taken_away(signing: Making, name: str) -> None:
    lie = LIES[name]
    making = signing(*lie.checks, limits=Limits(seconds=30.0, size=10**6 if "size" in lie.checks else 256 * 1024))
    if lie.then is None:
        try:
            making.sign_in(name)
        except SentElsewhereError:
            assert name.startswith("authorize-")
        return
    with pytest.raises(RefusedError) as refused:
        making.sign_in(name)
    assert refused.value.reason is lie.then, refused.value.detail


@pytest.mark.parametrize("check", sorted(_BROWSER))
def test_an_answer_that_is_not_this_browsers_is_refused(signing: Making, check: str) -> None:
    with pytest.raises(RefusedError) as refused:
        _misuse(signing(), check)
    assert refused.value.reason is _BROWSER[check]
    _misuse(signing(check), check)


def _misuse(making: Signing, check: str) -> None:
    if check == "redirect uri":
        making.sign_in("truth", to=replace(making.provider("truth"), id=making.provider("mix-up").id))
    elif check == "browser":
        making.sign_in("truth", cookie="of another browser")
    elif check == "single use":
        making.sign_in("truth", used=True)
    else:
        making.sign_in("truth", started=int(making.relying.clock()) - LIFETIME - 1)


def test_a_missing_cookie_is_another_browser(signing: Making) -> None:
    with pytest.raises(RefusedError) as refused:
        signing().sign_in("truth", cookie="")
    assert refused.value.reason is Reason.OTHER_BROWSER


def test_a_stolen_code_is_refused_by_a_provider_that_checks_pkce(signing: Making) -> None:
    stolen = signing()
    with pytest.raises(RefusedError) as refused:
        stolen.sign_in("truth", verifier="of the thief, who began a sign-in of their own and brings another's code")
    assert refused.value.reason is Reason.TOKEN_REFUSED


def test_a_stolen_code_is_refused_by_its_nonce_when_the_provider_ignores_pkce(signing: Making) -> None:
    with pytest.raises(RefusedError) as refused:
        signing().sign_in("no-pkce-check", verifier="of the thief", nonce=b"the nonce that the thief began with")
    assert refused.value.reason is Reason.CLAIM_NONCE


def test_every_check_has_a_lie_that_shows_what_it_is_for() -> None:
    shown = {check for lie in LIES.values() for check in lie.checks} | set(_BROWSER) | _WITHOUT_REMOVAL | _LOGOUT
    assert shown == set(RULES.names()) | {check.name for check in ANSWER_CHECKS}


def test_no_two_checks_share_a_name() -> None:
    names = [*RULES.names(), *(check.name for check in ANSWER_CHECKS)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("reason", list(Reason))
def test_every_refusal_has_words_in_both_languages_and_none_of_the_providers(reason: Reason) -> None:
    what, remedy = words_of(reason)
    assert all((what.sv, what.en, remedy.sv, remedy.en))
    error = RefusedError(reason, "what the provider said")
    assert "what the provider said" not in str(error)
    assert error.where == reason.value
