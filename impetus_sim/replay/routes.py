"""What the page may ask of an opened recording: one address each. Branches and bands: `job_routes`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.exceptions import HTTPException

from impetus_sim.errors import InvalidInputError
from impetus_sim.replay.answers import is_known, make_tag, reply, to_json
from impetus_sim.replay.events import describe_events
from impetus_sim.replay.fields import read_field
from impetus_sim.replay.find import find_things
from impetus_sim.replay.levels import levels_of
from impetus_sim.replay.map_layer import describe_map
from impetus_sim.replay.meta import describe_meta
from impetus_sim.replay.opened import OpenedRecording
from impetus_sim.replay.panels.movers import describe_mover
from impetus_sim.replay.panels.people import describe_person
from impetus_sim.replay.panels.things import describe_thing
from impetus_sim.replay.series import compute_series
from impetus_sim.replay.session import Session
from impetus_sim.replay.wire import encode_chunk
from impetus_sim.version import __version__

BINARY = "application/octet-stream"
router = APIRouter(prefix="/api/r/{rid}")


def find_opened(request: Request, rid: str) -> OpenedRecording:
    """Return the recording of an address; 404 when none is open under that short id."""
    session: Session = request.app.state.session
    try:
        return session.get(rid)
    except InvalidInputError as error:
        raise HTTPException(404, error.message) from error


Opened = Annotated[OpenedRecording, Depends(find_opened)]
Moment = Annotated[float, Query(alias="t", ge=0.0, allow_inf_nan=False)]


def answer(
    request: Request,
    opened: OpenedRecording,
    make: Callable[[], bytes],
    *,
    media_type: str = "application/json",
    in_turn: bool = True,
) -> Response:
    """Return what `make` makes unless the browser has it: answers depend on recording and address only.

    Parameters
    ----------
    request, opened, make, media_type
        What was asked, of which recording, how the answer is made, and what it is.
    in_turn
        Whether nothing else of the recording is answered meanwhile; frames do not wait for curves.
    """
    tag = make_tag(__version__, opened.identity, request.url.path, request.url.query)
    with opened.lock if in_turn else nullcontext():
        body = b"" if is_known(request, tag) else make()
    return reply(request, body, tag, media_type=media_type)


@router.get("/meta")
def read_meta(request: Request, opened: Opened) -> Response:
    """Return what the page has to know first."""
    return answer(request, opened, lambda: opened.keep("meta", lambda: describe_meta(opened)))


@router.get("/map")
def read_map(request: Request, opened: Opened) -> Response:
    """Return what stands still."""
    return answer(request, opened, lambda: opened.keep("map", lambda: describe_map(opened.recording)))


@router.get("/events")
def read_events(request: Request, opened: Opened) -> Response:
    """Return the markers of the timeline."""
    return answer(request, opened, lambda: opened.keep("events", lambda: describe_events(opened)))


@router.get("/series")
def read_series(request: Request, opened: Opened) -> Response:
    """Return the curves."""

    def make() -> Any:
        return {"series": compute_series(opened.recording, opened.trace)}

    return answer(request, opened, lambda: opened.keep("series", make))


@router.get("/chunk/{kind}/{level}/{number}")
def read_chunk(request: Request, opened: Opened, kind: str, level: int, number: int) -> Response:
    """Return some frames of one kind of moving things."""
    return answer(
        request, opened, lambda: _chunk(opened, kind, level, number), media_type=BINARY, in_turn=False
    )


def _chunk(opened: OpenedRecording, kind: str, level: int, number: int) -> bytes:
    with opened.lock:  # made once; after that nothing of it changes
        moving, box = opened.moving.get(kind), opened.box
    if moving is None:
        raise HTTPException(404, f"this run has no {kind}")
    n_frames = len(moving.times_s)
    levels = levels_of(n_frames)
    if not (0 <= level < len(levels) and 0 <= number < levels[level].n_chunks):
        raise HTTPException(404, f"{kind} have no chunk {number} of level {level}")
    return encode_chunk(moving.window(levels[level].frames_of(number, of=n_frames)), box)


@router.get("/tracks/{layer}")
def read_track(request: Request, opened: Opened, layer: str) -> Response:
    """Return one layer of standing things."""

    def make() -> Any:
        if layer not in opened.tracks:
            raise HTTPException(404, f"this run has no layer '{layer}'")
        return opened.tracks[layer].describe()

    return answer(request, opened, lambda: opened.keep(f"tracks {layer}", make))


@router.get("/field/{name}")
def read_raster(request: Request, opened: Opened, name: str, t_s: Moment = 0.0) -> Response:
    """Return a field at a moment."""
    return answer(request, opened, lambda: read_field(opened.recording, name, t_s), media_type=BINARY)


@router.get("/agent/{kind}/{number}")
def read_agent(request: Request, opened: Opened, kind: str, number: int, t_s: Moment = 0.0) -> Response:
    """Return the panel of something that moves."""

    def make() -> bytes:
        if kind not in opened.moving:
            raise HTTPException(404, f"this run has no {kind}")
        describe = describe_person if kind == "people" else describe_mover
        panel = describe(opened.recording, opened.trace, opened.moving[kind], number, t_s)
        return to_json(panel.describe())

    return answer(request, opened, make)


@router.get("/asset/{name}")
def read_asset(request: Request, opened: Opened, name: str, t_s: Moment = 0.0) -> Response:
    """Return the panel of something that stands still."""

    def make() -> bytes:
        return to_json(describe_thing(opened.recording, opened.trace, opened.tracks, name, t_s).describe())

    return answer(request, opened, make)


@router.get("/find")
def read_found(
    request: Request, opened: Opened, q: str = "", t_s: Annotated[float | None, Query(alias="t")] = None
) -> Response:
    """Return things by name or number."""
    return answer(request, opened, lambda: to_json(find_things(opened, q, t_s)))
