"""The viewer's web application: page, session, recordings, jobs, behind one guard."""

from __future__ import annotations

import mimetypes
from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from impetus_sim.errors import ImpetusError, InvalidInputError
from impetus_sim.replay import job_routes, routes
from impetus_sim.replay.answers import make_tag, reply, to_json
from impetus_sim.replay.jobs.queue import Jobs
from impetus_sim.replay.security import Access, Guard
from impetus_sim.replay.session import Session
from impetus_sim.version import __version__

_RELOAD = "the page and its server may be of different versions: reload the page"


def static_folder() -> Path:
    """Return where the page is."""
    return Path(str(files("impetus_sim.replay"))) / "static"


def create_app(session: Session, access: Access, *, jobs: Jobs | None = None) -> Guard:
    """Return the application that serves a session to browsers with a token of `access`.

    Parameters
    ----------
    session
        The recordings to show.
    access
        Who is let in; ``access.new_token()`` makes a link ``/?token=...`` for one browser.
    jobs
        Runs branches and bands; its own when left out. Who gives one closes it.
    """
    mimetypes.add_type("text/javascript", ".js")
    app = FastAPI(
        title="impetus replay", version=__version__, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.state.session = session
    app.state.jobs = jobs or Jobs(session)
    _add_errors(app)
    app.include_router(routes.router)
    app.include_router(job_routes.router)
    page = static_folder()
    app.mount("/static", StaticFiles(directory=page), name="static")

    @app.get("/")
    def read_index(request: Request) -> Response:
        body = (page / "index.html").read_bytes()
        return reply(request, body, make_tag("index", body.decode()), media_type="text/html; charset=utf-8")

    @app.get("/api/session")
    def read_session(request: Request) -> Response:
        body = to_json(session.describe())
        return reply(request, body, make_tag(body.decode()))

    return Guard(app, access=access)


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(ImpetusError)
    def tell(request: Request, error: ImpetusError) -> JSONResponse:
        status = 422 if isinstance(error, InvalidInputError) else 500
        return _error(request, status, error.message, hint=error.hint)

    @app.exception_handler(HTTPException)
    def tell_http(request: Request, error: HTTPException) -> JSONResponse:
        return _error(request, error.status_code, str(error.detail), hint=_RELOAD)

    @app.exception_handler(RequestValidationError)
    def tell_invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        said = "; ".join(f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}" for one in error.errors())
        return _error(request, 422, said, hint=_RELOAD)

    @app.exception_handler(Exception)
    def tell_fault(request: Request, error: Exception) -> JSONResponse:
        said = f"this should not have happened: {type(error).__name__}: {error}"
        return _error(request, 500, said, hint="report it, with the command and the recording")


def _error(request: Request, status: int, error: str, *, hint: str) -> JSONResponse:
    return JSONResponse({"error": error, "hint": hint, "where": request.url.path}, status_code=status)
