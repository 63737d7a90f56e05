"""Which names this server answers to. A page elsewhere whose name is made to point here, or that connects across
origins, is refused on every route, before anything looks at its request: on the loopback every visitor is the owner."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from streamlit import config

from core import environment
from core.errors import UserError
from core.formatting.text import _

if TYPE_CHECKING:
    from starlette.middleware import Middleware
    from starlette.types import ASGIApp, Receive, Scope, Send

HOSTS = environment.HOSTS.name
_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::([0-9]{1,5}))?")
_NAME = re.compile(r"\*|(?:\*\.)?[a-z0-9._-]+|\[?[0-9a-f:.]+\]?")
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_READING = ("GET", "HEAD", "OPTIONS")
_LONGEST = 100


class Names:
    """The loopback always; `given` names, where `*.` stands for any beginning and `*` for all. Beyond the loopback also
    addresses, which nobody can point elsewhere, and the machine's own name."""

    def __init__(self, address: str | None, given: Iterable[str] = ()) -> None:
        self.is_local = address == "localhost" or _is_loopback(address)
        self.given = [name.lower().strip("[]").rstrip(".") for name in (*given, *([address] if address else []))]
        for name in self.given:
            if not _NAME.fullmatch(name):
                raise UserError(
                    "{hosts} names hosts as they stand in an address, without a scheme or a path; it says "
                    "{name!r}. Example: app.example.org,*.example.org.",
                    hosts=HOSTS,
                    name=name,
                )
        if not self.is_local:
            self.given.append(socket.gethostname().lower())

    def know(self, name: str) -> bool:
        """Whether this server goes by the name of a Host header, without its port."""
        if name == "localhost" or _is_loopback(name) or (not self.is_local and _is_address(name)):
            return True
        return any(
            known in ("*", name) or (known.startswith("*.") and name.endswith(known[1:])) for known in self.given
        )


class Guard:
    """ASGI middleware, before all others."""

    def __init__(self, app: ASGIApp, names: Names) -> None:
        self.app, self.names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = self.refusal(scope) if scope["type"] in ("http", "websocket") else ""
        if not told:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "not a name of this server"})
        else:
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff")]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": told.encode()})

    def refusal(self, scope: Scope) -> str:
        """Why a request is refused; empty where it is not."""
        hosts, origins = _header(scope, b"host"), _header(scope, b"origin")
        found = _HOST.fullmatch(hosts[0].lower()) if len(hosts) == 1 else None
        name = (found[1] or found[2].rstrip(".")) if found else ""
        if not found or not self.names.know(name):
            return _(
                "This server answers to its own names, and {name} is none of them. Open it by the address that it was "
                "started with. Its owner can add a name with {variable}."
            ).format(name=_shown(hosts), variable=HOSTS)
        changes = scope["type"] == "websocket" or scope["method"] not in _READING
        if changes and origins and not all(_same(origin, name, found[3]) for origin in origins):
            return _(
                "Only this server's own pages may connect to it; {origin} is another. A proxy in front of it must pass "
                "the Host header on."
            ).format(origin=_shown(origins))
        return ""


def check() -> None:
    """Raises UserError for names in the environment that cannot be meant."""
    Names(None, environment.HOSTS.read())


def middleware() -> list[Middleware]:
    """What has a server refuse strangers' names. Streamlit's own list, which only its WebSocket asks, is taken over."""
    from starlette.middleware import Middleware  # late: only a server needs it

    given = (*environment.HOSTS.read(), *config.get_option("server.allowedHosts"))
    names = Names(config.get_option("server.address"), given)
    config.set_option("server.allowedHosts", ["*"])
    return [Middleware(Guard, names=names)]


def _header(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1").strip() for key, value in scope["headers"] if key.lower() == name]


def _same(origin: str, name: str, port: str | None) -> bool:
    """Whether an Origin is the server as the Host header calls it: name and port, or the scheme's usual port."""
    try:
        parts = urlsplit(origin.lower())
        its_name, its_port = parts.hostname, str(parts.port or _DEFAULT_PORTS.get(parts.scheme, ""))
    except ValueError:
        return False
    ports = (port,) if port else tuple(_DEFAULT_PORTS.values())
    return its_name is not None and its_name.rstrip(".") == name and its_port in ports


def _shown(said: list[str]) -> str:
    """What a stranger sent, as plain text that tells nobody anything but itself."""
    text = "".join(c if c.isprintable() else "?" for c in ", ".join(said))
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


def _is_loopback(name: str | None) -> bool:
    try:
        return name is not None and ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _is_address(name: str) -> bool:
    try:
        return not ipaddress.ip_address(name).is_unspecified
    except ValueError:
        return False
