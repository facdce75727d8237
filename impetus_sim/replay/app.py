"""The viewer's web application: which address answers what. The page that asks is `replay/static`."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from impetus_sim.errors import ImpetusError, InvalidInputError
from impetus_sim.replay.answers import is_known, make_tag, reply, to_json
from impetus_sim.replay.events import describe_events
from impetus_sim.replay.levels import levels_of
from impetus_sim.replay.map_layer import describe_map
from impetus_sim.replay.meta import describe_meta
from impetus_sim.replay.opened import OpenedRecording
from impetus_sim.replay.security import Access, Guard
from impetus_sim.replay.session import Session
from impetus_sim.replay.wire import encode_chunk
from impetus_sim.version import __version__

BINARY = "application/octet-stream"


def static_folder() -> Path:
    """Return where the page is."""
    return Path(str(files("impetus_sim.replay"))) / "static"


def create_app(session: Session, access: Access) -> Guard:
    """Return the application that serves a session to browsers with a token of `access`.

    Parameters
    ----------
    session
        The recordings to show.
    access
        Who is let in; ``access.new_token()`` makes a link ``/?token=...`` for one browser.
    """
    mimetypes.add_type("text/javascript", ".js")
    app = FastAPI(
        title="impetus replay", version=__version__, docs_url=None, redoc_url=None, openapi_url=None
    )
    _add_errors(app)
    app.state.session = session
    _add_recordings(app)
    page = static_folder()
    app.mount("/static", StaticFiles(directory=page), name="static")

    @app.get("/")
    def index(request: Request) -> Response:
        body = (page / "index.html").read_bytes()
        return reply(request, body, make_tag("index", body.decode()), media_type="text/html; charset=utf-8")

    return Guard(app, access=access)


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(ImpetusError)
    def tell(request: Request, error: ImpetusError) -> JSONResponse:
        status = 422 if isinstance(error, InvalidInputError) else 500
        return _error(status, error.message, hint=error.hint, where=request.url.path)

    @app.exception_handler(HTTPException)
    def tell_http(request: Request, error: HTTPException) -> JSONResponse:
        hint = "this viewer's page and server may be of different versions: reload the page"
        return _error(error.status_code, str(error.detail), hint=hint, where=request.url.path)


def _error(status: int, error: str, *, hint: str, where: str) -> JSONResponse:
    return JSONResponse({"error": error, "hint": hint, "where": where}, status_code=status)


def _find(request: Request, rid: str) -> OpenedRecording:
    session: Session = request.app.state.session
    try:
        return session.get(rid)
    except InvalidInputError as error:
        raise HTTPException(404, error.message) from error


Opened = Annotated[OpenedRecording, Depends(_find)]


def _tag_of(request: Request, opened: OpenedRecording) -> str:
    return make_tag(__version__, opened.identity, request.url.path, request.url.query)


def _kept(
    request: Request, opened: OpenedRecording, name: str, make: Callable[[OpenedRecording], Any]
) -> Response:
    with opened.lock:
        tag = _tag_of(request, opened)
        body = b"" if is_known(request, tag) else opened.keep(name, lambda: make(opened))
    return reply(request, body, tag)


def _add_recordings(app: FastAPI) -> None:
    @app.get("/api/session")
    def read_session(request: Request) -> Response:
        body = to_json(app.state.session.describe())
        return reply(request, body, make_tag(body.decode()))

    @app.get("/api/r/{rid}/meta")
    def meta(request: Request, opened: Opened) -> Response:
        return _kept(request, opened, "meta", describe_meta)

    @app.get("/api/r/{rid}/map")
    def map_layer(request: Request, opened: Opened) -> Response:
        return _kept(request, opened, "map", lambda one: describe_map(one.recording))

    @app.get("/api/r/{rid}/events")
    def events(request: Request, opened: Opened) -> Response:
        return _kept(request, opened, "events", lambda one: describe_events(one.trace))

    @app.get("/api/r/{rid}/chunk/{kind}/{level}/{number}")
    def chunk(request: Request, opened: Opened, kind: str, level: int, number: int) -> Response:
        with opened.lock:
            tag = _tag_of(request, opened)
            body = b"" if is_known(request, tag) else _read_chunk(opened, kind, level, number)
        return reply(request, body, tag, media_type=BINARY)


def _read_chunk(opened: OpenedRecording, kind: str, level: int, number: int) -> bytes:
    if kind not in opened.moving:
        raise HTTPException(404, f"this run has no {kind}")
    moving = opened.moving[kind]
    n_frames = len(moving.times_s)
    levels = levels_of(n_frames)
    if not (0 <= level < len(levels) and 0 <= number < levels[level].n_chunks):
        raise HTTPException(404, f"{kind} have no chunk {number} of level {level}")
    return encode_chunk(moving.window(levels[level].frames_of(number, of=n_frames)), opened.box)
