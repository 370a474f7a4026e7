"""Who may ask: an ASGI application → the same behind a token, a Host and an Origin. Everything else gets 403 and no reason.

A page on another site can make a browser send requests to 127.0.0.1, and can rebind a name to it (DNS rebinding). It cannot know the
token, cannot send our Host, and cannot hide its Origin (Fetch Standard, 3.1; Fetch Metadata Request Headers).
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
"""A connection as ASGI describes it; narrowed here and nowhere else."""
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

BODY = 1 << 20
"""Bytes of a request at most: a list of numbers and a sentence."""


def new_token() -> str:
    """32 random bytes, as they can stand in an address."""
    return secrets.token_urlsafe(32)


class Guard:
    """The application below `/<token>/`, for this machine's own browser."""

    def __init__(self, app: App, token: str, port: int) -> None:
        self._app = app
        self._token = token.encode()
        self._hosts = frozenset(f"{name}:{port}".encode() for name in ("127.0.0.1", "localhost"))
        self._origins = frozenset(b"http://" + host for host in self._hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with the token taken off the path."""
        if scope["type"] != "http":
            return
        rest = self._path(str(scope["path"]))
        if rest is None or not self._is_ours(str(scope["method"]), headers_of(scope)):
            await send(
                {
                    "type": "http.response.start",
                    "status": 403,
                    "headers": [(b"content-type", b"text/plain"), (b"content-length", b"0")],
                }
            )
            await send({"type": "http.response.body", "body": b""})
            return
        await self._app({**scope, "path": rest, "raw_path": rest.encode(), "root_path": ""}, receive, send)

    def _path(self, path: str) -> str | None:
        """What follows the token; None where it is not the token. Takes the same time wherever the two differ."""
        given, slash, rest = path.removeprefix("/").partition("/")
        is_ours = secrets.compare_digest(given.encode("utf-8", "surrogateescape"), self._token)
        return f"/{rest}" if is_ours and slash else None

    def _is_ours(self, method: str, headers: dict[bytes, list[bytes]]) -> bool:
        """Whether the headers are those of our own page, or of an address typed by a person."""
        hosts = headers.get(b"host", [])
        if len(hosts) != 1 or hosts[0] not in self._hosts:
            return False
        origins = headers.get(b"origin", [])
        if any(origin not in self._origins for origin in origins):
            return False
        if any(site not in (b"same-origin", b"none") for site in headers.get(b"sec-fetch-site", [])):
            return False
        if method in ("GET", "HEAD"):
            return True
        length = headers.get(b"content-length", [b""])[0]
        return (
            method == "POST"
            and len(origins) == 1
            and headers.get(b"content-type", [b""])[0].partition(b";")[0].strip() == b"application/json"
            and length.isdigit()
            and int(length) <= BODY
        )


def headers_of(scope: Scope) -> dict[bytes, list[bytes]]:
    """Header name in lower case → its values."""
    found: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        found.setdefault(bytes(name).lower(), []).append(bytes(value))
    return found
