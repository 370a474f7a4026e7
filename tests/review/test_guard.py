"""Only our own page on this machine may ask: every other Host, Origin, token, method and body is refused before any code runs."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sdscan.review.guard import BODY, Guard, new_token

TOKEN = "t" * 43
OURS = (b"host", b"127.0.0.1:8123")


async def inner(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-path", scope["path"].encode())]})
    await send({"type": "http.response.body", "body": b"inside"})


def ask(path: str, *headers: tuple[bytes, bytes], method: str = "GET", kind: str = "http") -> tuple[int, str]:
    """Status, and the path that the application saw."""
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    scope = {"type": kind, "method": method, "path": path, "raw_path": path.encode(), "headers": list(headers)}
    asyncio.run(Guard(inner, TOKEN, 8123)(scope, receive, send))
    if not sent:
        return 0, ""
    return sent[0]["status"], dict(sent[0]["headers"]).get(b"x-path", b"").decode()


POST = (
    OURS,
    (b"origin", b"http://127.0.0.1:8123"),
    (b"content-type", b"application/json"),
    (b"content-length", b"2"),
)


def test_our_own_page_is_let_in() -> None:
    assert (200, "/") == ask(f"/{TOKEN}/", OURS)
    assert (200, "/picture/3") == ask(
        f"/{TOKEN}/picture/3", (b"host", b"localhost:8123"), (b"sec-fetch-site", b"same-origin")
    )
    assert (200, "/") == ask(f"/{TOKEN}/", OURS, (b"sec-fetch-site", b"none"))
    assert (200, "/allow") == ask(f"/{TOKEN}/allow", *POST, method="POST")


@pytest.mark.parametrize("path", ["/", "/allow", f"/{TOKEN}", f"/{TOKEN[:-1]}/", f"/{TOKEN}x/", f"//{TOKEN}/", "/é/", f"/x/../{TOKEN}/"])
def test_without_the_token_nothing_is_there(path: str) -> None:
    assert (403, "") == ask(path, OURS)


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ((b"host", b"evil.example"),),
        ((b"host", b"evil.example:8123"),),
        ((b"host", b"127.0.0.1"),),
        ((b"host", b"127.0.0.1:8124"),),
        ((b"host", b"127.0.0.1:8123.evil.example"),),
        (OURS, (b"host", b"evil.example")),
        (OURS, (b"origin", b"http://evil.example")),
        (OURS, (b"origin", b"null")),
        (OURS, (b"origin", b"https://127.0.0.1:8123")),
        (OURS, (b"origin", b"http://127.0.0.1:8123"), (b"origin", b"http://evil.example")),
        (OURS, (b"sec-fetch-site", b"cross-site")),
        (OURS, (b"sec-fetch-site", b"same-site")),
    ],
    ids=str,
)
def test_other_hosts_and_origins_are_refused(headers: tuple[tuple[bytes, bytes], ...]) -> None:
    assert (403, "") == ask(f"/{TOKEN}/", *headers)


@pytest.mark.parametrize(
    ("method", "drop", "instead"),
    [
        ("POST", b"origin", None),
        ("POST", b"content-type", b"text/plain"),
        ("POST", b"content-type", b"application/x-www-form-urlencoded"),
        ("POST", b"content-type", None),
        ("POST", b"content-length", None),
        ("POST", b"content-length", b"-1"),
        ("POST", b"content-length", str(BODY + 1).encode()),
        ("PUT", b"", None),
        ("DELETE", b"", None),
        ("OPTIONS", b"", None),
        ("CONNECT", b"", None),
    ],
)
def test_what_a_form_or_another_program_could_send_is_refused(method: str, drop: bytes, instead: bytes | None) -> None:
    headers = [header for header in POST if header[0] != drop] + ([(drop, instead)] if instead is not None else [])
    assert (403, "") == ask(f"/{TOKEN}/allow", *headers, method=method)


def test_web_sockets_get_no_answer() -> None:
    assert (0, "") == ask(f"/{TOKEN}/", OURS, kind="websocket")


def test_tokens_are_long_and_never_the_same() -> None:
    tokens = {new_token() for _ in range(50)}
    assert 50 == len(tokens)
    assert min(map(len, tokens)) >= 43
