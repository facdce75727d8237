"""A stand-in for the viewer's server that answers from made-up towns: for tests of the page and for benchmarks."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from fake_city import FakeCity

STATIC = Path(str(files("impetus_sim.replay"))) / "static"
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
POLICY = "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'"


@contextmanager
def serve(cities: Sequence[FakeCity], *, broken: Sequence[Mapping[str, str]] = ()) -> Iterator[str]:
    """Serve towns on a free port of this machine; yields the address."""
    known = {city.rid: city for city in cities}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {key: value[0] for key, value in parse_qs(parts.query).items()}
            self.reply(*answer(known, list(broken), unquote(parts.path), query))

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            refused = self.headers.get("X-Impetus") != "1"
            self.reply(*(error(403, "refused") if refused else to_json({"job": self.path.rsplit("/", 1)[1]})))

        def reply(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header("Cache-Control", "no-cache")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


Reply = tuple[int, str, bytes]


def to_json(document: Any) -> Reply:
    """Return a document as an answer."""
    return 200, "application/json", json.dumps(document).encode()


def error(status: int, text: str) -> Reply:
    """Return an error as the server words it."""
    return status, "application/json", json.dumps({"error": text, "hint": "", "where": ""}).encode()


def answer(known: Mapping[str, FakeCity], broken: list[Any], path: str, query: Mapping[str, str]) -> Reply:
    """Return what the server says to a question."""
    if path == "/" or path.startswith("/static/"):
        file = STATIC / ("index.html" if path == "/" else path.removeprefix("/static/"))
        return (
            (200, TYPES.get(file.suffix, "text/plain"), file.read_bytes())
            if file.is_file()
            else error(404, path)
        )
    words = path.removeprefix("/api/").split("/")
    if words[0] == "session":
        rows = [city.meta() | {"path": "", "parent": None} for city in known.values()]
        return to_json({"version": "0", "recordings": rows, "broken": broken})
    if words[0] == "jobs":
        result = (
            {"rid": list(known)[-1]} if words[1] == "branch" else {"series": band(next(iter(known.values())))}
        )
        done = {
            "state": "done",
            "progress": 1,
            "message": "done",
            "result": result,
            "error": None,
            "hint": None,
        }
        return to_json(done)
    city = known.get(words[1]) if words[0] == "r" else None
    return error(404, f"nothing at {path}") if city is None else answer_of(city, words[2:], query)


def answer_of(city: FakeCity, words: list[str], query: Mapping[str, str]) -> Reply:
    """Return what the server says about one recording."""
    t_s = float(query.get("t", 0))
    binary = "application/octet-stream"
    match words:
        case ["meta"] | ["map"] | ["events"] | ["series"]:
            reply = to_json(getattr(city, words[0])())
        case ["chunk", "people", level, number]:
            reply = 200, binary, city.chunk(int(level), int(number))
        case ["field", _]:
            reply = 200, binary, city.field(t_s)
        case ["tracks", layer]:
            reply = to_json(city.tracks(layer))
        case ["agent", "people", number]:
            reply = to_json(city.agent(int(number), t_s))
        case ["asset", name]:
            reply = to_json({"id": name, "kind": "asset", "label": name, "facts": [], "chain": []})
        case ["find"]:
            reply = to_json(city.find(query.get("q", "")))
        case ["branch-form"]:
            keys = [{"key": "crowd.populations.guests.count", "value": "200", "unit_text": "people"}]
            reply = to_json({"at_s": t_s, "keys": keys, "example_inject": "hazards: {}"})
        case _:
            reply = error(404, f"nothing at {'/'.join(words)}")
    return reply


def band(city: FakeCity) -> list[dict[str, Any]]:
    """Return the series of a town with a band around it."""
    return [
        row | {"low": [0.9 * y for y in row["y"]], "high": [1.1 * y for y in row["y"]]}
        for row in city.series()["series"]
    ]
