"""What EPANET input files say by themselves: places of nodes, and where the toolkit finds a fault."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from ctypes import byref, c_void_p
from pathlib import Path

from impetus_sim.errors import Problem
from impetus_sim.infrastructure.water.library import load_library

_QUOTED = re.compile(r"Error \d+: (?P<said>.*?)(?: in \[\w+\] section)?:?$")


def coordinates_of(text: str) -> dict[str, tuple[float, float]]:
    """Return the position of each node in the section [COORDINATES], in the file's unit."""
    found = {}
    for words in _rows_of(text, "[COORD"):
        if len(words) >= 3:
            try:
                found[words[0]] = float(words[1]), float(words[2])
            except ValueError:
                continue
    return found


def _rows_of(text: str, section: str) -> Iterator[list[str]]:
    inside = False
    for line in text.splitlines():
        words = line.split(";")[0].split()
        if words and words[0].startswith("["):
            inside = words[0].upper().startswith(section)
        elif inside and words:
            yield words


def faults_of(path: Path, name: str) -> list[Problem]:
    """Return what the toolkit does not accept in a file, with line and column where its report quotes the line.

    The file is opened once more with a report.
    """
    library = load_library()
    with tempfile.TemporaryDirectory(prefix="impetus_water_") as folder:
        report = Path(folder) / "report.txt"
        handle = c_void_p()
        library.EN_createproject(byref(handle))
        library.EN_open(handle, os.fsencode(path), os.fsencode(report), b"")
        library.EN_close(handle)
        library.EN_deleteproject(handle)
        said = report.read_text("utf-8", "replace").splitlines() if report.is_file() else []
    lines = {" ".join(line.split()): k for k, line in reversed(list(enumerate(_lines(path), start=1)))}
    problems = [
        _problem(name, error.strip(), " ".join(quoted.split()), path, lines)
        for error, quoted in zip(said, [*said[1:], ""], strict=True)
        if error.strip().startswith("Error")
    ]
    placed = [problem for problem in problems if problem.line]
    return placed or problems


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8", "replace").splitlines()


def _problem(name: str, error: str, quoted: str, path: Path, lines: Mapping[str, int]) -> Problem:
    line = lines.get(quoted, 0) if quoted else 0
    column = 0
    if line:
        match = _QUOTED.match(error)
        text = _lines(path)[line - 1]
        words = match["said"].split() if match else []
        column = max((text.find(word) + 1 for word in words[-1:] if word in text), default=1)
    return Problem(file=name, line=line, column=column, key="", message=f"EPANET: {error.rstrip(':')}")
