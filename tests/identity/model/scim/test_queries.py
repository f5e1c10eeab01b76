from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from scim2_models import Resource

from andel.identity.model.scim.errors import ScimError
from andel.identity.model.scim.queries import LONGEST, wanted
from andel.identity.model.scim.resources import MOST_PER_PAGE, PER_PAGE, Group, User

SOMEBODY = UUID("0190c0de-0000-7000-8000-000000000001")


@pytest.mark.parametrize(
    ("model", "written", "equal"),
    [
        (User, 'userName eq "Åsa@kommun.se"', {"user_name": "Åsa@kommun.se"}),
        (User, 'USERNAME EQ "a"', {"user_name": "a"}),
        (User, 'urn:ietf:params:scim:schemas:core:2.0:User:userName eq "a"', {"user_name": "a"}),
        (User, 'externalId eq "x" and active eq false', {"external_id": "x", "active": False}),
        (User, f'id eq "{SOMEBODY}"', {"id": SOMEBODY}),
        (User, 'id eq "nobody"', {"id": None}),
        (User, 'active eq "True"', {"active": True}),
        (User, "externalId eq null", {"external_id": None}),
        (Group, 'displayName eq "G" and externalId eq "1"', {"display_name": "G", "external_id": "1"}),
        (User, 'userName eq "a" and userName eq "a"', {"user_name": "a"}),
    ],
)
def test_equal_values_are_what_a_list_can_be_filtered_by(
    model: type[Resource[Any]], written: str, equal: dict[str, object]
) -> None:
    assert wanted(model, {"filter": written}).equal == equal


@pytest.mark.parametrize(
    "written",
    [
        'userName sw "a"',
        'userName eq "a" or userName eq "b"',
        'not (userName eq "a")',
        "userName pr",
        'emails.value eq "a"',
        'emails[type eq "work"]',
        'nickName eq "a"',
        'userName eq "a" and userName eq "b"',
        "userName eq 'a'",
        "userName eq",
        "active eq null",
        'active eq "perhaps"',
        "((((",
        "(" * LONGEST,
        'userName eq "' + "a" * LONGEST + '"',
    ],
)
def test_a_filter_that_is_not_understood_is_refused_and_never_ignored(written: str) -> None:
    with pytest.raises(ScimError) as raised:
        wanted(User, {"filter": written})
    assert (raised.value.status, raised.value.keyword) == (400, "invalidFilter")


def test_a_filter_with_a_control_character_is_refused() -> None:
    with pytest.raises(ScimError):
        wanted(User, {"filter": 'userName eq "a\x00"'})


@pytest.mark.parametrize(
    ("arguments", "start", "count"),
    [
        ({}, 1, PER_PAGE),
        ({"startIndex": "5", "count": "7"}, 5, 7),
        ({"startindex": "0", "COUNT": "-3"}, 1, 0),
        ({"count": "100000"}, 1, MOST_PER_PAGE),
        ({"startIndex": "9999999999"}, 1_000_000, PER_PAGE),
    ],
)
def test_a_page_stays_within_its_bounds(arguments: dict[str, str], start: int, count: int) -> None:
    asked = wanted(User, arguments)
    assert (asked.start, asked.count) == (start, count)


@pytest.mark.parametrize("text", ["x", "1.5", "", "٣", "1" * 500, "1e3"])
def test_a_page_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ScimError):
        wanted(User, {"count": text})


def test_what_is_not_wanted_need_not_be_read() -> None:
    assert wanted(Group, {"excludedAttributes": "members"}).leaves_out("members")
    assert wanted(Group, {"attributes": "displayName"}).leaves_out("members")
    assert not wanted(Group, {"attributes": "displayName, Members.value"}).leaves_out("members")
    assert not wanted(Group, {}).leaves_out("members")


def test_attributes_wanted_and_unwanted_at_once_are_refused() -> None:
    with pytest.raises(ScimError):
        wanted(User, {"attributes": "userName", "excludedAttributes": "emails"})
