"""The guard of an application: it lets a request in as whoever makes it, or turns it away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from typing import Final, ParamSpec, Protocol, TypeVar, cast

from flask import Flask, Response, current_app, g, request
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from andel.identity.model.access import Access, marked
from andel.identity.model.errors import ForbiddenError, IdentityError, SignInNeededError, StepUpNeededError
from andel.identity.model.permissions import Permission
from andel.identity.model.programs import Program, ScopeError
from andel.identity.model.signed_in import SignedIn, csrf_token
from andel.identity.pages.access import KNOWN, access_by
from andel.identity.pages.cookies import OPERATOR, Cookies
from andel.identity.pages.programs import answer_programs, shown_token
from andel.identity.pages.sites import SAFE, check_site, check_token
from andel.identity.service.clients import program_transaction
from andel.identity.service.operators import granted_transaction
from andel.identity.service.sessions import signed_in_transaction
from andel.shared.audit import Actor, ActorKind
from andel.shared.web.answers import answer_error, wants_json
from andel.shared.web.partial import go_to, is_htmx

_EXTENSION: Final = "andel.guard"
_Given = ParamSpec("_Given")
_Answer = TypeVar("_Answer")
_Entered = AbstractContextManager[tuple[Session, SignedIn]]


class Doors(Protocol):
    """The databases behind the pages."""

    def region(self, tenant: str) -> Engine:
        """Return the engine of a region.

        Raises:
            AndelError: there is no such region, or it is closed for the moment.
        """

    def control(self) -> Engine:
        """Return the engine of the control database."""


def _tenant() -> str:
    return str((request.view_args or {}).get("tenant", ""))


def _nowhere(_tenant: str, _back: str) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """How an application lets people in.

    Attributes:
        doors: the databases.
        cookies: how sessions are kept in browsers.
        clock: the moment of a request.
        tenant: the region that the request is for: by its address, or by its host.
        sign_in: where a page sends whoever must sign in, given the region and the way back; empty for nowhere.
        step_up: the same for whoever must prove anew who they are.
    """

    doors: Doors
    cookies: Cookies = field(default_factory=Cookies)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    tenant: Callable[[], str] = _tenant
    sign_in: Callable[[str, str], str] = _nowhere
    step_up: Callable[[str, str], str] = _nowhere


def install(app: Flask, guard: Guard, *, known: frozenset[str] = KNOWN) -> None:
    """Put the guard before every route of an application.

    A change from another site is refused, and so is a route that does not say what it asks for.

    Args:
        app: the application.
        guard: how it lets people in.
        known: endpoints that are public although they do not say so themselves.
    """
    app.extensions[_EXTENSION] = guard

    def before() -> None:
        if request.endpoint is None or request.routing_exception is not None:
            return
        silent = access_by(app.view_functions[request.endpoint], request.method) is None
        if silent and request.endpoint not in known and request.method != "OPTIONS":
            message = f"{request.method} {request.url_rule} does not say what it asks for."
            raise ForbiddenError(message, remedy="Put requires(...) or public on its view.")
        if shown_token(request) is None:
            check_site(request, development=guard.cookies.development)

    app.before_request(before)
    app.register_error_handler(SignInNeededError, _answer_stranger)
    app.register_error_handler(StepUpNeededError, _answer_step_up)
    answer_programs(app)


def requires(
    permission: Permission, *, writes: bool | None = None
) -> Callable[[Callable[_Given, _Answer]], Callable[_Given, _Answer]]:
    """Let only those see a page who may do something.

    The view runs inside the transaction of whoever is there: ``transaction()`` is its session, ``current()`` who it
    is. Nothing of the region is read before the permission, the form's token and the proof anew are in order.

    Args:
        permission: what it takes.
        writes: whether the view changes anything; by default, when the method is none of GET, HEAD, OPTIONS.
    """

    def decorate(view: Callable[_Given, _Answer]) -> Callable[_Given, _Answer]:
        @wraps(view)
        def guarded(*args: _Given.args, **kwargs: _Given.kwargs) -> _Answer:
            with admitted(permission, writes=writes):
                return view(*args, **kwargs)

        return marked(guarded, Access(permission))

    return decorate


@contextmanager
def admitted(permission: Permission, *, writes: bool | None = None) -> Iterator[SignedIn | Program]:
    """Let the request in, when whoever makes it may do something, for as long as the block lasts.

    Raises:
        SignInNeededError: nobody is signed in.
        TokenNeededError: a program shows an access token that is none.
        TooManyRequestsError: a program asks too often.
        ForbiddenError: their role does not allow it, their form is not of this session, or they must prove anew
            who they are.
        IdentityError: the request is inside already.
    """
    if "andel_transaction" in g:
        what = "The request has been let in already."
        raise IdentityError(what, remedy="Put requires(...) on the view alone.")
    writing = request.method not in SAFE if writes is None else writes

    def check(who: SignedIn) -> None:
        g.andel_who = who
        if not who.may(permission):
            raise ForbiddenError.lacking(permission)
        check_token(request, who.csrf_secret)
        if who.must_step_up(permission, guard_of(current_app).clock()):
            raise StepUpNeededError.before(permission)

    def check_program(program: Program) -> None:
        g.andel_program = program
        if not program.may(permission):
            raise ScopeError.without(permission)

    guard, shown = guard_of(current_app), shown_token(request)
    entered: AbstractContextManager[tuple[Session, SignedIn | Program]] = (
        _entered(guard, check, writing=writing)
        if shown is None
        else program_transaction(
            guard.doors.region(guard.tenant()), shown, guard.clock(), writing=writing, check=check_program
        )
    )
    with entered as (session, who):
        g.andel_transaction, g.andel_writing = session, writing
        try:
            yield who
        finally:
            g.pop("andel_transaction", None)


def guard_of(app: Flask) -> Guard:
    """Return the guard of an application."""
    return cast("Guard", app.extensions[_EXTENSION])


def current() -> SignedIn | None:
    """Return who makes the request, also when they were turned away; None on a public page and for nobody."""
    return cast("SignedIn | None", g.get("andel_who"))


def current_program() -> Program | None:
    """Return the program that makes the request, also when it was turned away; None when a person does."""
    return cast("Program | None", g.get("andel_program"))


def actor() -> Actor:
    """Return who makes the request, for the audit chain.

    Raises:
        IdentityError: nobody was let in.
    """
    who, program = current(), current_program()
    if program is not None:
        return Actor(ActorKind.CLIENT, str(program.client))
    if who is None:
        what = "The request has not been let in."
        raise IdentityError(what, remedy="Put requires(...) on the view.")
    return Actor(ActorKind.PERSON if who.grant is None else ActorKind.OPERATOR, str(who.person))


def transaction(*, writing: bool = False) -> Session:
    """Return the transaction that the request was let in with.

    Raises:
        IdentityError: it was not, or it may only read.
    """
    if "andel_transaction" not in g:
        what = "The request has not been let in."
        raise IdentityError(what, remedy="Put requires(...) on the view.")
    if writing and not g.andel_writing:
        what = "The request may change nothing."
        raise IdentityError(what, remedy="Put requires(..., writes=True) on the view, or ask by POST.")
    return cast("Session", g.andel_transaction)


def form_token() -> str:
    """Return a token for the forms of the page, for ``Frame.csrf_token``; empty for nobody."""
    who = current()
    return csrf_token(who.csrf_secret) if who else ""


def _entered(guard: Guard, check: Callable[[SignedIn], None], *, writing: bool) -> _Entered:
    """Return the transaction of the request: of the region's session, else of an operator's grant."""
    tenant, now = guard.tenant(), guard.clock()
    token = guard.cookies.read(request, tenant)
    operator = guard.cookies.read(request, OPERATOR)
    region = guard.doors.region(tenant)
    if token is None and operator is not None:
        asked = f"{request.method} {request.path}"
        control = guard.doors.control()
        return granted_transaction(control, region, operator, tenant, what=asked, now=now, check=check)
    return signed_in_transaction(region, token, now, writing=writing, check=check)


def _answer_stranger(error: SignInNeededError) -> Response:
    return _sent_to(guard_of(current_app).sign_in, error)


def _answer_step_up(error: StepUpNeededError) -> Response:
    return _sent_to(guard_of(current_app).step_up, error)


def _sent_to(address: Callable[[str, str], str], error: SignInNeededError | StepUpNeededError) -> Response:
    """Send a page on; a program is told what is wrong, and so is a page that can be sent nowhere."""
    where = "" if wants_json() else address(guard_of(current_app).tenant(), _way_back())
    return go_to(where) if where else answer_error(error)


def _way_back() -> str:
    """Return the page to come back to: the one that was asked for, or the one that the change was asked from."""
    if request.method in SAFE and not is_htmx():
        return request.full_path.rstrip("?")
    shown = request.headers.get("HX-Current-URL") or request.referrer or ""
    if not shown.startswith(request.host_url):
        return "/"
    return "/" + shown[len(request.host_url) :].partition("#")[0]
