"""Starting the viewer: a port of this machine alone, a link, a browser."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from impetus_sim.errors import InvalidInputError
from impetus_sim.replay.security import LOOPBACK, Access
from impetus_sim.replay.session import Session


def require_web() -> None:
    """Refuse to go on without the libraries of the viewer.

    Raises
    ------
    InvalidInputError
        When the extra ``web`` is not installed.
    """
    try:
        import fastapi  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise InvalidInputError(
            "the viewer needs fastapi and uvicorn", hint="pip install 'impetus_sim[web]'"
        ) from error


def serve(paths: Sequence[Path], *, port: int = 0, ready: Callable[[str, Session], None]) -> None:
    """Show recordings until interrupted.

    Parameters
    ----------
    paths
        RUN.h5 files.
    port
        Of this machine; 0 takes a free one.
    ready
        Called with the link and the session once the port is ours, before the first request is answered.

    Raises
    ------
    InvalidInputError
        Without the extra ``web``, or when the port is taken.
    """
    require_web()
    import uvicorn

    from impetus_sim.replay.app import create_app
    from impetus_sim.replay.jobs.queue import Jobs

    session, access = Session(paths), Access()
    with bind(port) as listening, closing(Jobs(session)) as jobs:
        app = create_app(session, access, jobs=jobs)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", server_header=False))
        number = listening.getsockname()[1]
        ready(f"http://{LOOPBACK}:{number}/?token={access.new_token()}", session)
        server.run(sockets=[listening])


def bind(port: int) -> socket.socket:
    """Return a listening socket of this machine alone.

    Raises
    ------
    InvalidInputError
        When another program has the port, or it may not be used.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((LOOPBACK, port))
        listening.listen(64)
    except OSError as error:
        listening.close()
        raise InvalidInputError(
            f"port {port} cannot be used: {error.strerror or error}", hint="leave --port out for a free one"
        ) from error
    return listening
