"""A finished comparison or experiment as an RO-Crate: every result, the scenarios, kept recordings, the command."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from impetus_sim.errors import InvalidInputError
from impetus_sim.files import is_temporary
from impetus_sim.planning.crate.provenance import Activity, CrateBuilder, Maker
from impetus_sim.recording.reader import open_recording

DOCUMENTS: Final = {"comparison.json": "impetus compare", "experiment.json": "impetus experiment"}
"""What a finished study wrote last, with the command that makes it."""
FORMS: Final = {
    ".json": "application/json",
    ".yaml": "application/yaml",
    ".parquet": "application/vnd.apache.parquet",
    ".h5": "application/x-hdf5",
    ".png": "image/png",
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".txt": "text/plain",
}
"""Media types of what a study folder holds; other files stay out."""
WORDS: Final = {
    "design.json": "What is compared, with which seed and engine",
    "results.parquet": "One row per run",
    "comparison.json": "Comparison of the options",
    "experiment.json": "Means, effects and indices of the experiment",
    "command.txt": "The command that repeats the study",
}
_LEFT_OUT: Final = ("scratch",)


def export_study_crate(study: Path, folder: Path, *, maker: Maker) -> list[str]:
    """Write a finished study folder as a crate into a new folder and return the names of its files.

    Raises
    ------
    InvalidInputError
        When the study is not finished, the folder is not empty, or rocrate is not installed.
    """
    name = next((each for each in DOCUMENTS if (study / each).is_file()), None)
    if name is None:
        raise InvalidInputError(
            f"'{study}' holds no finished study", hint=f"finish it with {' or '.join(DOCUMENTS.values())}"
        )
    design = json.loads((study / "design.json").read_text("utf-8"))
    document = json.loads((study / name).read_text("utf-8"))
    ended = _when(study / name)
    title = str(document.get("title") or document.get("answer") or study.name)
    builder = CrateBuilder(
        name=title,
        description=f"A study by {DOCUMENTS[name]}: {document.get('question') or title}",
        maker=maker,
        published=ended,
    )
    files = {
        path.relative_to(study).as_posix(): path
        for path in sorted(study.rglob("*"))
        if path.is_file() and path.suffix in FORMS and path.relative_to(study).parts[0] not in _LEFT_OUT
        if not is_temporary(path)
    }
    entities = {
        relative: builder.add_file(
            path, name=relative, form=FORMS[path.suffix], about=WORDS.get(relative) or _words(relative)
        )
        for relative, path in files.items()
    }
    used = [entity for relative, entity in entities.items() if _is_input(relative)]
    said = _said_by_recording(study)
    software = builder.add_software(
        str(design["engine_version"]), json.loads(str(said.get("versions", "{}")))
    )
    settings = [builder.add_value(key, design[key]) for key in ("seed", "kernel_hash") if key in design]
    n_failed = sum(relative.endswith(".failed.json") for relative in files)
    done = Activity(
        name=f"{DOCUMENTS[name]} ({document.get('replicates', 1)} replicates)",
        command=_command(study, name),
        started=_when(study / "design.json"),
        ended=ended,
        used=[*used, *_maps(builder, design, said), *settings],
        generated=[
            *(entity for relative, entity in entities.items() if not _is_input(relative)),
            builder.add_value("failed runs", n_failed),
        ],
    )
    builder.add_action(done, software)
    return builder.write(folder)


def _is_input(relative: str) -> bool:
    return relative.startswith("scenarios/") or relative in ("design.json", "command.txt")


def _words(relative: str) -> str:
    kinds = {
        "scenarios": "Resolved scenario",
        "runs": "Result of one run",
        "recordings": "Recording of one run",
    }
    return f"{kinds.get(relative.partition('/')[0], 'File')} {Path(relative).stem}"


def _command(study: Path, name: str) -> str:
    path = study / "command.txt"
    return path.read_text("utf-8").strip() if path.is_file() else f"{DOCUMENTS[name]} (from Python)"


def _maps(builder: CrateBuilder, design: dict[str, Any], said: dict[str, Any]) -> list[Any]:
    digests = dict.fromkeys(option["map_digest"] for option in design["options"])
    return [
        builder.add_map(said if digest == said.get("map_digest") else {"map_digest": digest})
        for digest in digests
    ]


def _said_by_recording(study: Path) -> dict[str, Any]:
    """Return what the first kept recording says of map and software; nothing where none was kept."""
    kept = next(iter(sorted((study / "recordings").glob("*.h5"))), None)
    return {} if kept is None else dict(open_recording(kept).attributes)


def _when(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(microsecond=0)
