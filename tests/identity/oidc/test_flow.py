"""Signing in to a region: who gets in as what, and that a lie leaves nothing but a line in the audit chain."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from sqlalchemy import delete, select, text, update
from tests.identity.conftest import BY, TODAY
from tests.identity.oidc.browsing import visit
from tests.identity.oidc.conftest import Making
from tests.identity.oidc.lies import LEVEL, LIES
from tests.identity.oidc.region import Region

from andel.identity.model.oidc.answers import LIFETIME
from andel.identity.model.oidc.refusals import Reason
from andel.identity.model.roles import Role
from andel.identity.model.signed_in import Token
from andel.identity.service import people, sessions
from andel.identity.service.oidc.directory import Budget
from andel.identity.service.oidc.fetching import Limits
from andel.identity.service.oidc.flow import Flow, Refused, SignedIn, Started
from andel.identity.service.people import Employment
from andel.identity.tables import (
    IdentityProviderRow,
    PersonRow,
    ProviderSecretRow,
    WebSessionRow,
)
from andel.identity.tables.people import Origin
from andel.shared.clock import swedish_day
from andel.shared.database import gate_transaction

NOTHING = {"person": 0, "membership": 0, "web_session": 0}
_AGED = (
    "UPDATE sign_in_attempt SET created_at = created_at - make_interval(secs => :seconds),"
    " expires_at = expires_at - make_interval(secs => :seconds)"
)
_ROWS = sorted(name for name, lie in LIES.items() if "algorithms" not in lie.settings and name != "document-slow")


@pytest.mark.parametrize("name", _ROWS)
def test_a_lie_leaves_nothing_but_a_line_in_the_audit_chain(region: Region, name: str) -> None:
    region.add(name)
    found = region.sign_in(name)
    assert isinstance(found, Refused)
    assert found.reason is LIES[name].reason, found.error.detail
    assert region.counts() == NOTHING
    assert region.log() == [("sign_in.refused", {"reason": found.reason.value})]


def test_slowness_leaves_nothing_either(region: Region, signing: Making) -> None:
    region.flow = replace(region.flow, relying=signing(limits=Limits(seconds=0.4)).relying)
    region.add("document-slow")
    found = region.sign_in("document-slow")
    assert isinstance(found, Refused)
    assert found.reason is Reason.TOO_SLOW
    assert region.counts() == NOTHING
    assert region.log() == [("sign_in.refused", {"reason": "too-slow"})]


def test_who_is_known_to_the_provider_gets_in_with_the_role_that_the_map_gives(region: Region) -> None:
    found = region.sign_in("truth", to="/testlandet/tjanster?ar=2026")
    assert isinstance(found, SignedIn)
    assert (found.next, found.employments, found.step_up) == ("/testlandet/tjanster?ar=2026", 1, False)
    who = region.who()
    assert (who.role, who.organization_key, who.acr) == (Role.VIEWER, "mora", LEVEL)
    assert region.counts() == {"person": 1, "membership": 1, "web_session": 1}
    assert [event for event, _ in region.log()] == ["person.added", "membership.given", "person.signed_in"]


def test_the_same_person_comes_again_and_stays_one(region: Region) -> None:
    region.sign_in("truth")
    first = region.who()
    region.sign_in("truth")
    again = region.who()
    assert (again.person, again.membership) == (first.person, first.membership)
    assert region.counts() == {"person": 1, "membership": 1, "web_session": 1}


def test_the_session_before_ends_so_that_none_is_taken_over(region: Region) -> None:
    region.token = planted = Token.new()
    region.sign_in("truth")
    assert region.token is not None
    assert region.token.value != planted.value
    before = region.token
    region.sign_in("truth")
    with gate_transaction(region.world.engine) as session:
        assert sessions.look_up(session.connection(), before, region.flow._now()) is None  # noqa: SLF001  (its clock)


def test_two_providers_with_the_same_subject_are_two_people(region: Region) -> None:
    region.add("no-pkce-check", "rattvik")
    region.sign_in("truth")
    mora = region.who()
    region.sign_in("no-pkce-check")
    rattvik = region.who()
    assert mora.person != rattvik.person
    assert (mora.organization_key, rattvik.organization_key) == ("mora", "rattvik")


# ---- roles ------------------------------------------------------------------------------------------------
def test_nobody_without_a_mapped_role_gets_in_nor_leaves_a_trace(region: Region) -> None:
    region.lying.extra["roles"] = ["Something.Else"]
    found = region.sign_in("truth")
    assert isinstance(found, Refused)
    assert found.reason is Reason.NO_ROLE
    assert found.provider is not None
    assert found.provider.organization == region.world.organizations["mora"]
    assert region.counts() == NOTHING
    assert region.log() == [("sign_in.refused", {"reason": "no-role"})]


@pytest.mark.parametrize("said", [None, [], "", {"Andel.Ekonom": True}, [["Andel.Ekonom"]], "Andel.Ekonom ", 17])
def test_a_role_claim_of_another_shape_gives_nothing(region: Region, said: object) -> None:
    region.lying.extra["roles"] = said
    found = region.sign_in("truth")
    assert isinstance(found, Refused)
    assert found.reason is Reason.NO_ROLE


def test_a_role_that_the_provider_no_longer_gives_ends(region: Region) -> None:
    region.lying.extra["roles"] = ["Andel.Administrator"]
    region.sign_in("truth")
    assert region.who().employments == 2
    region.lying.extra["roles"] = ["Andel.Ekonom"]
    region.sign_in("truth")
    assert (region.who().employments, region.who().role) == (1, Role.VIEWER)
    before = region.token
    region.lying.extra["roles"] = []
    found = region.sign_in("truth")
    assert isinstance(found, Refused)
    assert found.reason is Reason.NO_ROLE
    assert region.token is before
    assert region.who() is None


def test_several_employments_can_be_chosen_among(region: Region) -> None:
    region.add("no-pkce-check", "staden")
    region.lying.extra["roles"] = ["Andel.Ekonom", "Andel.Norrmalm"]
    found = region.sign_in("no-pkce-check")
    assert isinstance(found, SignedIn)
    assert found.employments == 2
    person = region.who().person
    today = swedish_day(region.flow._now())  # noqa: SLF001  (its clock)
    with gate_transaction(region.world.engine) as session:
        held = {known.employment.organization for known in people.memberships(session, person, today)}
    assert held == {region.world.organizations["staden"], region.world.organizations["norrmalm"]}


@pytest.mark.parametrize("role", ["Andel.Regionekonom", "Andel.Rattvik", "Andel.Borta", "Andel.Kung"])
def test_a_municipality_gives_no_role_outside_its_reach(region: Region, role: str) -> None:
    region.lying.extra["roles"] = [role]
    found = region.sign_in("truth")
    assert isinstance(found, Refused)
    assert found.reason is Reason.NO_ROLE


def test_the_regions_provider_gives_its_staffs_roles_and_roles_anywhere(region: Region) -> None:
    region.add("no-pkce-check", "regionen")
    region.lying.extra["roles"] = ["Andel.Regionekonom", "Andel.Rattvik"]
    found = region.sign_in("no-pkce-check")
    assert isinstance(found, SignedIn)
    assert found.employments == 2


def test_a_membership_given_by_hand_lets_in_without_any_role_of_the_provider(region: Region) -> None:
    region.sign_in("truth")
    person = region.who().person
    with gate_transaction(region.world.engine) as session:
        employment = Employment(region.world.organizations["mora"], Role.SIGNATORY)
        people.give(session, person, employment, origin=Origin.MANUAL, today=TODAY, by=BY)
    region.lying.extra["roles"] = []
    found = region.sign_in("truth")
    assert isinstance(found, SignedIn)
    assert (region.who().role, found.employments) == (Role.SIGNATORY, 1)


# ---- who is shut out --------------------------------------------------------------------------------------
def test_who_was_shut_out_is_not_revived_by_signing_in(region: Region) -> None:
    region.sign_in("truth")
    person = region.who().person
    with gate_transaction(region.world.engine) as session:
        people.deactivate(session, person, origin=Origin.SCIM, now=region.flow._now(), by=BY)  # noqa: SLF001
    found = region.sign_in("truth")
    assert isinstance(found, Refused)
    assert found.reason is Reason.PERSON_INACTIVE
    assert region.counts()["web_session"] == 0
    assert region.log()[-1] == ("sign_in.refused", {"reason": "person-inactive"})
    with gate_transaction(region.world.engine) as session:
        assert session.scalar(select(PersonRow.deactivated_at).where(PersonRow.id == person)) is not None


def test_a_provider_that_is_not_in_use_signs_nobody_in(region: Region) -> None:
    started = region.begin("truth")
    assert isinstance(started, Started)
    parameters = visit(started.address)
    with gate_transaction(region.world.engine) as session:
        session.execute(update(IdentityProviderRow).values(enabled=False))
    found = region.finish("truth", parameters)
    assert isinstance(found, Refused)
    assert found.reason is Reason.PROVIDER_UNKNOWN
    again = region.begin("truth")
    assert isinstance(again, Refused)
    assert region.counts() == NOTHING


def test_a_provider_without_its_secret_is_called_wrongly_set_up(region: Region) -> None:
    with gate_transaction(region.world.engine) as session:
        session.execute(delete(ProviderSecretRow))
    found = region.sign_in("truth")
    assert isinstance(found, Refused)
    assert found.reason is Reason.PROVIDER_SETTINGS


def test_a_secret_that_was_copied_from_another_provider_does_not_open(region: Region) -> None:
    other = region.add("mix-up", "rattvik")
    with gate_transaction(region.world.engine) as session:
        sealed = region.flow.vault.seal(other, "a secret")
        session.execute(
            update(ProviderSecretRow)
            .where(ProviderSecretRow.provider_id == region.providers["truth"])
            .values(sealed=sealed)
        )
    found = region.sign_in("truth")
    assert isinstance(found, Refused)
    assert found.reason is Reason.PROVIDER_SETTINGS


# ---- the browser ------------------------------------------------------------------------------------------
def _back(region: Region) -> dict[str, list[str]]:
    started = region.begin("truth")
    assert isinstance(started, Started)
    return visit(started.address)


def test_an_answer_is_taken_once(region: Region) -> None:
    parameters = _back(region)
    assert isinstance(region.finish("truth", parameters), SignedIn)
    again = region.finish("truth", parameters)
    assert isinstance(again, Refused)
    assert again.reason is Reason.ATTEMPT_USED
    assert region.counts()["web_session"] == 1


def test_of_eight_that_bring_the_same_answer_one_gets_in(region: Region) -> None:
    parameters = _back(region)
    found: list[SignedIn | Refused] = []
    threads = [threading.Thread(target=lambda: found.append(region.finish("truth", parameters))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(one, SignedIn) for one in found) == 1
    assert {one.reason for one in found if isinstance(one, Refused)} == {Reason.ATTEMPT_USED}


def test_an_answer_in_another_browser_signs_nobody_in_and_uses_nothing_up(region: Region) -> None:
    parameters = _back(region)
    other = region.finish("truth", parameters, cookie="of another browser")
    assert isinstance(other, Refused)
    assert other.reason is Reason.OTHER_BROWSER
    assert isinstance(region.finish("truth", parameters), SignedIn)


def test_an_answer_that_comes_late_is_refused(region: Region) -> None:
    parameters = _back(region)
    with gate_transaction(region.world.engine) as session:
        session.execute(text(_AGED), {"seconds": LIFETIME + 1})
    found = region.finish("truth", parameters)
    assert isinstance(found, Refused)
    assert found.reason is Reason.ATTEMPT_EXPIRED


def test_an_answer_to_another_providers_redirect_uri_is_refused(region: Region) -> None:
    region.add("no-pkce-check", "rattvik")
    found = region.finish("no-pkce-check", _back(region))
    assert isinstance(found, Refused)
    assert found.reason is Reason.OTHER_PROVIDER


def test_two_tabs_can_both_finish(region: Region) -> None:
    first, second = _back(region), _back(region)
    assert isinstance(region.finish("truth", first), SignedIn)
    assert isinstance(region.finish("truth", second), SignedIn)


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x", ""])
def test_nobody_is_sent_elsewhere_afterwards(region: Region, to: str) -> None:
    found = region.sign_in("truth", to=to)
    assert isinstance(found, SignedIn)
    assert found.next == "/"


def test_nothing_that_could_let_in_is_kept_as_it_is(region: Region) -> None:
    started = region.begin("truth")
    assert isinstance(started, Started)
    (row,) = region.attempts()
    kept = b"".join(value for value in vars(row).values() if isinstance(value, bytes))
    assert started.cookie.encode() not in kept
    region.finish("truth", visit(started.address))
    with gate_transaction(region.world.engine) as session:
        (sealed,) = session.scalars(select(WebSessionRow.id_token))
    assert sealed is not None
    assert b"eyJ" not in sealed


def test_attempts_are_forgotten_when_they_are_long_over(region: Region) -> None:
    region.begin("truth")
    with gate_transaction(region.world.engine) as session:
        session.execute(text(_AGED), {"seconds": 3 * LIFETIME})
    region.begin("truth")
    assert len(region.attempts()) == 1


# ---- proof anew -------------------------------------------------------------------------------------------
def test_a_step_up_proves_the_same_person_under_a_new_token(region: Region) -> None:
    region.sign_in("truth")
    before, person = region.token, region.who().person
    found = region.sign_in("truth", step_up=True)
    assert isinstance(found, SignedIn)
    assert found.step_up
    assert region.token != before
    assert region.who().person == person
    assert region.counts()["web_session"] == 1
    assert region.log()[-1][0] == "session.stepped_up"


def test_a_step_up_asks_for_the_higher_level_and_for_the_person_now(region: Region) -> None:
    region.add("acr-low", "mora", accepted_acr=[], step_up_acr=[LEVEL])
    assert isinstance(region.sign_in("acr-low"), SignedIn)
    started = region.begin("acr-low", step_up=True)
    assert isinstance(started, Started)
    assert "max_age=0" in started.address
    assert "prompt=login" in started.address
    found = region.finish("acr-low", visit(started.address))
    assert isinstance(found, Refused)
    assert found.reason is Reason.ASSURANCE_TOO_LOW


def test_a_step_up_refuses_a_sign_in_of_long_ago(region: Region) -> None:
    region.add("auth-stale", "mora", max_age_seconds=None)
    assert isinstance(region.sign_in("auth-stale"), SignedIn)
    found = region.sign_in("auth-stale", step_up=True)
    assert isinstance(found, Refused)
    assert found.reason is Reason.AUTHENTICATION_STALE


def test_a_step_up_by_somebody_else_changes_nothing(region: Region) -> None:
    region.sign_in("truth")
    person = region.who()
    region.lying.extra["sub"] = "person-2"
    found = region.sign_in("truth", step_up=True)
    assert isinstance(found, Refused)
    assert found.reason is Reason.PERSON_OTHER
    assert region.who() == person
    assert region.counts()["person"] == 1


def test_a_step_up_whose_session_has_ended_meanwhile_signs_nobody_in(region: Region) -> None:
    region.sign_in("truth")
    started = region.begin("truth", step_up=True)
    assert isinstance(started, Started)
    parameters = visit(started.address)
    with gate_transaction(region.world.engine) as session:
        session.execute(delete(WebSessionRow))
    found = region.finish("truth", parameters)
    assert isinstance(found, Refused)
    assert found.reason is Reason.PERSON_OTHER
    assert region.counts()["web_session"] == 0


# ---- the chain --------------------------------------------------------------------------------------------
def test_nobody_fills_the_chain_by_being_refused(region: Region) -> None:
    region.flow = replace(region.flow, budget=Budget(burst=2, seconds=3600.0))
    assert isinstance(region.flow, Flow)
    for _ in range(5):
        assert isinstance(region.finish("truth", {"state": ["of nobody"]}), Refused)
    assert len(region.log()) == 2


def test_who_a_provider_vouched_for_is_written_down_whatever_was_before(region: Region) -> None:
    region.flow = replace(region.flow, budget=Budget(burst=0, seconds=3600.0))
    region.lying.extra["roles"] = []
    assert isinstance(region.sign_in("truth"), Refused)
    assert region.log() == [("sign_in.refused", {"reason": "no-role"})]
