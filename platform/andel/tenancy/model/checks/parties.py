"""Organizations, groups and successions: each key once, each reference known, dates that meet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from operator import attrgetter

from andel.sdk.party import PartyKind
from andel.tenancy.model.checks.subject import Subject, doubles
from andel.tenancy.model.document import Organization, SuccessionOf
from andel.tenancy.model.faults import Fault, Path


def check_parties(subject: Subject) -> Iterator[Fault]:
    """Yield what is wrong with organizations, groups and successions."""
    yield from _doubled(subject)
    yield from _organizations(subject)
    yield from _groups(subject)
    yield from _successions(subject)


def _doubled(subject: Subject) -> Iterator[Fault]:
    document = subject.document
    owner: Path = ("organizations",)
    for step in ("key", "organization_number", "code"):
        what = f'The {step.replace("_", " ")} "{{}}" belongs to two organizations.'
        yield from doubles(document.organizations, attrgetter(step), owner, what, step)
    for index, organization in enumerate(document.organizations):
        number = document.region.organization_number
        if organization.key == document.region.organization:
            remedy = "Leave the row out: the region stands under [region]."
            yield Fault(what=f'"{organization.key}" is the region itself.', path=(*owner, index, "key"), remedy=remedy)
        elif number is not None and organization.organization_number == number:
            what = f"{number} is the region's own number."
            remedy = "Give the organization its own number, or none."
            yield Fault(what=what, path=(*owner, index, "organization_number"), remedy=remedy)


def _organizations(subject: Subject) -> Iterator[Fault]:
    for index, organization in enumerate(subject.document.organizations):
        path: Path = ("organizations", index, "authority")
        if organization.authority == organization.key:
            what = f"{organization.name} is its own authority."
            yield Fault(what=what, path=path, remedy="Name the city that it belongs to, or leave the cell empty.")
        elif organization.authority is not None:
            yield from subject.unknown(organization.authority, path)
        elif organization.kind is PartyKind.DISTRICT:
            what = f"{organization.name} is a district and names no authority."
            yield Fault(what=what, path=path, remedy="Write the key of its city under authority.")


def _groups(subject: Subject) -> Iterator[Fault]:
    groups = subject.document.groups
    yield from doubles(groups, lambda group: group.key, ("groups",), 'The group "{}" stands twice.', "key")
    for index, group in enumerate(groups):
        path: Path = ("groups", index)
        if group.key in (subject.known or ()):
            remedy = "Give the group another key: a component may name either."
            yield Fault(what=f'"{group.key}" is also an organization.', path=(*path, "key"), remedy=remedy)
        members: Path = (*path, "members")
        yield from doubles(group.members, str, members, '"{}" is listed twice.')
        for place, member in enumerate(group.members):
            yield from subject.unknown(member, (*members, place))


def _successions(subject: Subject) -> Iterator[Fault]:
    known = subject.organizations()
    heirs: dict[str, str] = {}
    successions = subject.document.successions
    merged = "Two successions of {}: name all predecessors in one."
    yield from doubles(successions, lambda one: f"{one.successor} on {one.on}", ("successions",), merged, "successor")
    for index, succession in enumerate(successions):
        path: Path = ("successions", index)
        yield from doubles(succession.predecessors, str, (*path, "predecessors"), '"{}" is listed twice.')
        yield from subject.unknown(succession.successor, (*path, "successor"))
        yield from _begins(known.get(succession.successor), succession, path)
        for place, key in enumerate(succession.predecessors):
            there: Path = (*path, "predecessors", place)
            yield from subject.unknown(key, there)
            if key == succession.successor:
                continue
            if heirs.setdefault(key, succession.successor) != succession.successor:
                what = f"{key} is succeeded by both {heirs[key]} and {succession.successor}."
                yield Fault(what=what, path=there, remedy="Name one successor.")
            yield from _ends(known.get(key), succession, there)


def _begins(successor: Organization | None, succession: SuccessionOf, path: Path) -> Iterator[Fault]:
    if successor is None:
        return
    continues = successor.key in succession.predecessors
    begins = successor.valid_from or date.min
    if continues and begins > succession.on:
        what = f"{successor.key} takes over on {succession.on} but exists only from {begins}."
        yield Fault(what=what, path=(*path, "on"), remedy="Let it exist by the day of the succession.")
    elif not continues and begins != succession.on:
        since = f"from {begins}" if successor.valid_from else "without a first day"
        what = f"{successor.key} takes over on {succession.on} but stands in organizations.csv {since}."
        remedy = f"Write valid_from = {succession.on}, or list it among the predecessors if it was one of them."
        yield Fault(what=what, path=(*path, "on"), remedy=remedy)
    if successor.valid_to is not None and successor.valid_to <= succession.on:
        what = f"{successor.key} no longer exists on {succession.on}."
        yield Fault(what=what, path=(*path, "successor"), remedy="Correct the day, or name another successor.")


def _ends(predecessor: Organization | None, succession: SuccessionOf, path: Path) -> Iterator[Fault]:
    if predecessor is not None and predecessor.valid_to != succession.on:
        until = f"until {predecessor.valid_to}" if predecessor.valid_to else "without an end"
        what = f"{predecessor.key} is succeeded on {succession.on} but stands in organizations.csv {until}."
        yield Fault(what=what, path=path, remedy=f"Write valid_to = {succession.on}: the first day it is no more.")
