"""Briefs as files: `.html` is one page that needs no network, `.pdf` is tagged and paged; both say the same."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from impetus_sim.errors import InvalidInputError
from impetus_sim.files import write_whole
from impetus_sim.recording.reader import Recording
from impetus_sim.report.brief.content import Brief
from impetus_sim.report.brief.html import render_html
from impetus_sim.report.brief.pdf import render_pdf

SUFFIXES = (".html", ".htm", ".pdf")


def render_brief(study: Any, path: Path, *, sensitivity: Mapping[str, Any] | None = None) -> Path:
    """Write the brief of a study.

    Parameters
    ----------
    study
        A `planning.comparison.study.Study`, or the document its `content` returns.
    path
        Ends in .html or .pdf; its folder must be there.
    sensitivity
        Document of an experiment on the same question, shown under what would change the answer.

    Raises
    ------
    InvalidInputError
        When the name ends otherwise.
    """
    from impetus_sim.report.brief.study import build_study_brief

    document: Mapping[str, Any] = study if isinstance(study, Mapping) else study.content()
    require_suffix(path)
    return write_brief(build_study_brief(document, sensitivity=sensitivity), path)


def render_run_brief(recording: Recording, path: Path) -> Path:
    """Write the brief of a single run, which says that one run decides nothing; as `render_brief`."""
    from impetus_sim.report.brief.run import build_run_brief

    require_suffix(path)
    return write_brief(build_run_brief(recording), path)


def write_brief(brief: Brief, path: Path) -> Path:
    """Write a brief in the form that the name's ending says, whole: never half a file."""
    require_suffix(path)
    data = render_pdf(brief) if path.suffix.lower() == ".pdf" else render_html(brief).encode()
    write_whole(path, data)
    return path


def require_suffix(path: Path) -> None:
    """Refuse names that end otherwise than a brief does."""
    if path.suffix.lower() not in SUFFIXES:
        raise InvalidInputError(
            f"'{path}' does not end in .html or .pdf", hint="briefs are written as HTML or PDF"
        )
