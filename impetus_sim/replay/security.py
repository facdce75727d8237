"""Who may talk to the viewer's server: this machine, with the printed link, from the viewer's own page.

Every link opens one browser: its token works once and becomes a cookie that no script can read. The name that a
browser gives as host must be this machine's, so that no foreign page reaches the server under a name of its own.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import parse_qs

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK: Final = "127.0.0.1"
HOST_NAMES: Final = (LOOPBACK, "localhost")
OWN_HEADER: Final = "x-impetus"
MOST_BODY: Final = 512 * 1024
HEADERS: Final = {
    "content-security-policy": "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'none'; object-src 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}


class Access:
    """Tokens that have been printed and cookies that have been given for them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens: set[str] = set()
        self._cookies: set[str] = set()
        self.cookie_name = f"impetus_{secrets.token_hex(4)}"  # cookies are shared by the ports of a machine

    def new_token(self) -> str:
        """Return a token for one browser."""
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._tokens.add(token)
        return token

    def exchange(self, token: str) -> str | None:
        """Return the cookie for a token, which is used up; None for one that is not, or no longer, known."""
        with self._lock:
            if token not in self._tokens:
                return None
            self._tokens.discard(token)
            cookie = secrets.token_urlsafe(24)
            self._cookies.add(cookie)
            return cookie

    def is_known(self, cookie: str) -> bool:
        """Tell whether a cookie was given by this server."""
        with self._lock:
            return cookie in self._cookies


class Guard:
    """Refuses what does not come from the viewer's own page, and puts the security headers on every answer.

    Parameters
    ----------
    app
        The application behind it.
    access
        Tokens and cookies.
    hosts
        Names by which this machine may be called, without port.
    """

    def __init__(self, app: App, *, access: Access, hosts: Iterable[str] = HOST_NAMES) -> None:
        self._app = app
        self._access = access
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            answer = self._refuse(scope)
            if answer is None:
                await self._app(scope, receive, _with_headers(send))
            else:
                await answer(_with_headers(send))

    def _refuse(self, scope: Scope) -> Callable[[Send], Awaitable[None]] | None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get("host", "")
        if host.rpartition(":")[0] not in self._hosts and host not in self._hosts:
            return _error(403, f"the host '{host}' is not this machine", hint="open the printed link")
        tokens = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [])
        if scope["path"] == "/" and tokens and (cookie := self._access.exchange(tokens[0])) is not None:
            return _redirect(f"{self._access.cookie_name}={cookie}; Path=/; HttpOnly; SameSite=Strict")
        if not self._access.is_known(_read_cookie(headers.get("cookie", ""), self._access.cookie_name)):
            return _error(
                403,
                "this browser has not been let in, or the link was used before",
                hint="open the link that impetus replay printed; each link opens one browser",
            )
        return None if scope["method"] in ("GET", "HEAD") else _refuse_change(headers, host)


def _refuse_change(headers: dict[str, str], host: str) -> Callable[[Send], Awaitable[None]] | None:
    if headers.get(OWN_HEADER) != "1" or headers.get("origin") != f"http://{host}":
        return _error(403, "only the viewer's own page may change anything", hint="use the page's buttons")
    length = headers.get("content-length", "")
    if not length.isdecimal() or int(length) > MOST_BODY:
        return _error(413, "that is more than the page ever sends", hint="shorten what is to happen")
    return None


def _read_cookie(text: str, name: str) -> str:
    try:
        held = SimpleCookie(text).get(name)
    except CookieError:
        return ""
    return "" if held is None else held.value


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            message = {**message, "headers": [*message.get("headers", ()), *own]}
        await send(message)

    return sent


def _redirect(cookie: str) -> Callable[[Send], Awaitable[None]]:
    # Away from the address with the token, so that it does not stay in the history.
    return _answer(303, b"", {"location": "/", "set-cookie": cookie, "cache-control": "no-store"})


def _error(status: int, error: str, *, hint: str) -> Callable[[Send], Awaitable[None]]:
    body = json.dumps({"error": error, "hint": hint, "where": "viewer"}).encode()
    return _answer(status, body, {"content-type": "application/json", "cache-control": "no-store"})


def _answer(status: int, body: bytes, headers: dict[str, str]) -> Callable[[Send], Awaitable[None]]:
    async def answer(send: Send) -> None:
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        pairs.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        await send({"type": "http.response.body", "body": body})

    return answer
