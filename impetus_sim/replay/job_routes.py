"""What the page may have run: branches, bands, and how far they are."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from impetus_sim.replay.answers import make_tag, reply, to_json
from impetus_sim.replay.jobs.form import describe_form
from impetus_sim.replay.jobs.queue import Job, Jobs
from impetus_sim.replay.jobs.requests import BandRequest, BranchRequest
from impetus_sim.replay.routes import Moment, Opened, answer, find_opened

router = APIRouter(prefix="/api")


def _jobs(request: Request) -> Jobs:
    jobs: Jobs = request.app.state.jobs
    return jobs


def _started(job: Job) -> JSONResponse:
    return JSONResponse({"job": job.name}, status_code=202)


@router.get("/r/{rid}/branch-form")
def read_form(request: Request, opened: Opened, t_s: Moment = 0.0) -> Response:
    """Return what a branch may change at a moment."""
    return answer(request, opened, lambda: to_json(describe_form(opened, t_s)))


@router.post("/branch")
def start_branch(request: Request, asked: BranchRequest) -> Any:
    """Go on from a moment of a recording."""
    find_opened(request, asked.rid)
    return _started(_jobs(request).branch(asked))


@router.post("/band")
def start_band(request: Request, asked: BandRequest) -> Any:
    """Run fresh replicates of a recording's scenario."""
    find_opened(request, asked.rid)
    return _started(_jobs(request).band(asked))


@router.get("/jobs/{name}")
def read_job(request: Request, name: str) -> Response:
    """Return how far a job is."""
    job = _jobs(request).get(name)
    if job is None:
        raise HTTPException(404, f"there is no job '{name}'")
    body = to_json(job.describe())
    return reply(request, body, make_tag(body.decode()))
