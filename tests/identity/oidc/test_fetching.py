"""Fetching without being led anywhere: names that mean two things, slow and huge answers, certificates."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address

import pytest

from andel.identity.model.oidc.addresses import Address
from andel.identity.model.oidc.refusals import Reason, RefusedError
from andel.identity.service.oidc.fetching import Fetcher, Limits

CONTEXT = ssl.create_default_context()
Answerer = Callable[[socket.socket], None]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def text(answer: bytes) -> Answerer:
    """Answer these bytes, and close."""
    return lambda connection: connection.sendall(answer)


def dripping(answer: bytes, pause: float = 0.05) -> Answerer:
    """Answer these bytes one at a time."""

    def drip(connection: socket.socket) -> None:
        for byte in answer:
            connection.sendall(bytes([byte]))
            time.sleep(pause)

    return drip


@contextmanager
def listening(answer: Answerer) -> Iterator[tuple[int, list[bytes]]]:
    """Answer one connection after another, and keep what they asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    try:
                        request = connection.recv(65536)
                        if request.startswith(b"POST") and request.endswith(b"\r\n\r\n"):
                            request += connection.recv(65536)
                        asked.append(request)
                        answer(connection)
                    except OSError:
                        continue

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield server.getsockname()[1], asked
        finally:
            server.shutdown(socket.SHUT_RDWR)


def fetcher(*addresses: str, seconds: float = 20.0, size: int = 1000, development: bool = True) -> Fetcher:
    """Return a fetcher for whom every name means these addresses."""

    def resolve(host: str, port: int) -> tuple[Address, ...]:
        del host, port
        return tuple(ip_address(address) for address in addresses or ("127.0.0.1",))

    limits = Limits(seconds=seconds, size=size)
    return Fetcher(development=development, limits=limits, resolve=resolve, context=CONTEXT)


def refusal(ask: Callable[[], object]) -> Reason:
    with pytest.raises(RefusedError) as refused:
        ask()
    return refused.value.reason


# ---- where it connects ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "addresses",
    [
        ("127.0.0.1",),
        ("10.0.0.1",),
        ("169.254.169.254",),
        ("100.100.100.200",),
        ("168.63.129.16",),
        ("::1",),
        ("::ffff:127.0.0.1",),
        ("64:ff9b::7f00:1",),
        ("fd00:ec2::254",),
        ("fe80::1",),
        ("8.8.8.8", "127.0.0.1"),
        ("127.0.0.1", "8.8.8.8"),
    ],
)
def test_a_public_name_of_an_inner_address_leads_nowhere(addresses: tuple[str, ...]) -> None:
    assert refusal(lambda: fetcher(*addresses).get("https://idp.borlange.se/")) is Reason.ADDRESS_FORBIDDEN


def test_the_name_of_this_machine_that_means_another_leads_nowhere() -> None:
    assert refusal(lambda: fetcher("10.0.0.1").get("http://localhost:1/")) is Reason.ADDRESS_FORBIDDEN


def test_without_development_this_machine_is_no_place() -> None:
    with listening(text(HEAD + b"\r\n{}")) as (port, asked):
        ask = fetcher(development=False)
        assert refusal(lambda: ask.get(f"http://127.0.0.1:{port}/")) is Reason.ADDRESS_FORBIDDEN
        assert not asked


def test_a_name_is_looked_up_once_and_the_address_that_was_checked_is_the_one_that_is_called() -> None:
    """A name that is public when it is checked and inner when it is called (rebinding) finds nobody there."""
    called: list[str] = []

    def resolve(host: str, port: int) -> tuple[Address, ...]:
        del port
        called.append(host)
        return (ip_address("127.0.0.1"),) if len(called) == 1 else (ip_address("127.0.0.2"),)

    with listening(text(HEAD + b'\r\n{"a": 1}')) as (port, asked):
        ask = Fetcher(development=True, resolve=resolve, context=CONTEXT)
        assert ask.get(f"http://localhost:{port}/x?y=z") == {"a": 1}
        assert called == ["localhost"]
        assert asked[0].startswith(b"GET /x?y=z HTTP/1.1\r\nHost: localhost:")


def test_the_second_address_of_a_name_is_called_when_the_first_does_not_answer() -> None:
    with listening(text(HEAD + b'\r\n{"a": 1}')) as (port, _):
        assert fetcher("::1", "127.0.0.1").get(f"http://localhost:{port}/") == {"a": 1}


def test_a_redirect_is_never_followed() -> None:
    with listening(text(HEAD + b"\r\n{}")) as (there, asked):
        move = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{there}/\r\nContent-Length: 0\r\n\r\n".encode()
        with listening(text(move)) as (port, _):
            assert refusal(lambda: fetcher().get(f"http://127.0.0.1:{port}/")) is Reason.REDIRECTED
        assert not asked


def test_a_certificate_of_nobody_we_know_ends_the_call() -> None:
    with listening(text(b"not tls at all")) as (port, _):
        assert refusal(lambda: fetcher().get(f"https://127.0.0.1:{port}/")) is Reason.UNREACHABLE


def test_a_name_that_does_not_exist_is_out_of_reach() -> None:
    def resolve(host: str, port: int) -> tuple[Address, ...]:
        raise socket.gaierror(host, port)

    ask = Fetcher(resolve=resolve, context=CONTEXT)
    assert refusal(lambda: ask.get("https://idp.borlange.se/")) is Reason.UNREACHABLE


def test_a_name_that_is_looked_up_for_ever_is_too_slow() -> None:
    held = threading.Event()

    def resolve(host: str, port: int) -> tuple[Address, ...]:
        del host, port
        held.wait(5)
        return ()

    ask = Fetcher(resolve=resolve, context=CONTEXT, limits=Limits(seconds=0.1))
    try:
        assert refusal(lambda: ask.get("https://idp.borlange.se/")) is Reason.TOO_SLOW
    finally:
        held.set()


# ---- what it takes ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "answer",
    [
        text(b""),
        dripping(b"HTTP/1.1 200 " + b"O" * 200),
        dripping(HEAD + b"X: y\r\n" * 100),
        dripping(HEAD + b"\r\n" + b" " * 200 + b"{}"),
        dripping(b"HTTP/1.1 100 Continue\r\n\r\n" * 50),
        lambda _: time.sleep(6.0),
    ],
    ids=["nothing", "status", "headers", "body", "continue", "silence"],
)
def test_slowness_in_any_place_ends_in_time(answer: Answerer) -> None:
    with listening(answer) as (port, _):
        began = time.monotonic()
        reason = refusal(lambda: fetcher(seconds=0.3).get(f"http://127.0.0.1:{port}/"))
        assert reason in {Reason.TOO_SLOW, Reason.UNREACHABLE}
        assert time.monotonic() - began < 4.0


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 100000\r\n\r\n" + b" " * 100_000,
        b"\r\n" + b" " * 100_000,
        b"Transfer-Encoding: chunked\r\n\r\n" + b"400\r\n" + b" " * 1024 + b"\r\n" + b"0\r\n\r\n",
    ],
    ids=["counted", "until it closes", "in chunks"],
)
def test_hugeness_in_any_form_is_refused(body: bytes) -> None:
    with listening(text(HEAD + body)) as (port, _):
        assert refusal(lambda: fetcher().get(f"http://127.0.0.1:{port}/")) is Reason.TOO_LARGE


@pytest.mark.parametrize(
    "answer",
    [b"\x00\x01\x02", b"HTTP/9.9 OK\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", HEAD + b"X: " + b"y" * 70_000 + b"\r\n\r\n{}"],
    ids=["bytes", "version", "status", "header"],
)
def test_what_is_no_http_is_out_of_reach(answer: bytes) -> None:
    with listening(text(answer)) as (port, _):
        assert refusal(lambda: fetcher().get(f"http://127.0.0.1:{port}/")) is Reason.UNREACHABLE


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{", b'{"a": 1, "a": 2}', b'{"a": NaN}', b'{"a": Infinity}', b"\xff\xfe{}", b"[" * 900],
)
def test_what_is_no_plain_json_object_is_refused(body: bytes) -> None:
    with listening(text(HEAD + b"\r\n" + body)) as (port, _):
        assert refusal(lambda: fetcher().get(f"http://127.0.0.1:{port}/")) is Reason.NOT_JSON


def test_a_form_is_sent_as_it_is_and_its_error_is_read() -> None:
    error = b'HTTP/1.1 400 Bad\r\nContent-Type: application/json\r\n\r\n{"error": "invalid_grant"}'
    with listening(text(error)) as (port, asked):
        answer = fetcher().post(f"http://127.0.0.1:{port}/token", {"Authorization": "Basic x"}, "a=b&c=%20")
        assert answer == {"error": "invalid_grant"}
        assert asked[0].endswith(b"\r\n\r\na=b&c=%20")
        assert b"Authorization: Basic x\r\n" in asked[0]
        assert b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n" in asked[0]


def test_a_header_that_could_split_the_request_is_not_sent() -> None:
    with listening(text(HEAD + b"\r\n{}")) as (port, asked), pytest.raises(ValueError, match="Invalid header"):
        fetcher().post(f"http://127.0.0.1:{port}/", {"X": "y\r\nHost: evil"}, "a=b")
    assert b"evil" not in b"".join(asked)
