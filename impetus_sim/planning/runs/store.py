"""The study folder: everything a study needs to go on after a kill at any moment.

    design.json              what is compared, with which seed and engine
    scenarios/OPTION.yaml    the resolved scenarios
    runs/KEY.json            one finished run, written by the worker itself
    runs/KEY.failed.json     one failed run with its error
    recordings/KEY.h5        recordings kept by the policy
    scratch/                 what is being worked on; emptied at every start
    study.lock               held by the process that works on the study; names its session
    results.parquet          one row per run            } written when
    comparison.json          the table                  } all runs are there
    command.txt              what repeats the study

A file appears under its name only when it is whole: written under another name, flushed to disk, renamed.
"""

from __future__ import annotations

import json
import os
import platform
import secrets
import shutil
from pathlib import Path
from typing import IO, Any

from impetus_sim.errors import InvalidInputError
from impetus_sim.files import is_temporary, remove, write_durably

SCHEMA_VERSION = 1
_MOST_NAMES = 10
_SETTINGS_THAT_MAY_CHANGE = ("rule", "keep", "metric")


def write_json(path: Path, document: Any, *, indent: int | None = 1) -> None:
    """Write a JSON document whole; equal documents give equal bytes. Indenting takes time."""
    text = json.dumps(document, indent=indent, ensure_ascii=False, allow_nan=False)
    write_durably(path, f"{text}\n".encode())


def name_process() -> str:
    """Return a name for this process that no other has, also on the other machines of a cluster."""
    return f"{platform.node()}-{os.getpid()}"


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None  # absent or damaged: the run is done again
    return document if isinstance(document, dict) else None


def read_finished(folder: Path | str, name: str, *, what: str, command: str) -> dict[str, Any]:
    """Return the document that a finished study wrote last.

    Raises
    ------
    InvalidInputError
        When the folder holds none; says by which command it is made.
    """
    document = _read_json(Path(folder) / name)
    if document is None:
        hint = f"run '{command}' with this folder as -o; it goes on where it stopped"
        raise InvalidInputError(f"'{folder}' holds no finished {what}", hint=hint)
    return document


def parts_path(recording: Path) -> Path:
    """Return the folder in which a recording stands while it is not merged into one file."""
    return recording.with_name(recording.name + ".parts")


class OtherStudyError(InvalidInputError):
    """The folder holds a study of something else, or of another engine version."""


class StudyFolder:
    """Names and files of one study.

    Parameters
    ----------
    path
        The folder; made by `open` when absent.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path).absolute()
        self.runs = self.path / "runs"
        self.recordings = self.path / "recordings"
        self.scratch = self.path / "scratch"
        self.scenarios = self.path / "scenarios"
        self.session = ""
        self._lock: IO[bytes] | None = None

    def result_path(self, key: str) -> Path:
        """Return where the result of a run stands."""
        return self.runs / f"{key}.json"

    def failure_path(self, key: str) -> Path:
        """Return where the error of a failed run stands."""
        return self.runs / f"{key}.failed.json"

    def recording_path(self, key: str) -> Path:
        """Return where the recording of a run stands when it is kept."""
        return self.recordings / f"{key}.h5"

    def has_recording(self, key: str) -> bool:
        """Tell whether the recording of a run was kept (merged, or in parts when the disk was short)."""
        path = self.recording_path(key)
        return path.exists() or parts_path(path).exists()

    def has_all(self, key: str, result: dict[str, Any], keep_recording: bool) -> bool:
        """Tell whether a finished run's recording is there too, where one was made and shall be kept."""
        return not (keep_recording and result.get("has_recorded", False)) or self.has_recording(key)

    def scratch_path(self, key: str) -> Path:
        """Return where this process records a run while it is being computed."""
        return self.scratch / f"{key}.{name_process()}.h5"

    def marker_path(self, key: str) -> Path:
        """Return the file that exists while a worker is busy with a run."""
        return self.scratch / f"{key}.running"

    def read_result(self, key: str) -> dict[str, Any] | None:
        """Return the result of a run, or None when it is absent or damaged."""
        return _read_json(self.result_path(key))

    def read_failure(self, key: str) -> dict[str, Any] | None:
        """Return the error of a failed run, or None."""
        return _read_json(self.failure_path(key))

    def read_design(self) -> dict[str, Any] | None:
        """Return the design, or None."""
        return _read_json(self.path / "design.json")

    def write_scenario(self, name: str, text: str) -> None:
        """Write the resolved text of a scenario."""
        write_durably(self.scenarios / f"{name}.yaml", text.encode())

    def begin_session(self) -> None:
        """Make what is missing of the folder, hold it until `close`, and empty the scratch of the last session.

        Raises
        ------
        InvalidInputError
            When another process works in it.
        """
        for folder in (self.runs, self.recordings, self.scenarios):
            folder.mkdir(parents=True, exist_ok=True)
        self._hold()
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir(exist_ok=True)

    def is_held_by(self, session: str) -> bool:
        """Tell whether the process that opened the folder under this session's name still works on it.

        A worker of a cluster may outlive the process that asked for its run, and another may have taken up the
        study since; and a worker on a machine that does not share the folder sees no such session.
        """
        try:
            return self._lock_path.read_text("utf-8") == session
        except OSError:
            return False

    @property
    def _lock_path(self) -> Path:
        return self.path / "study.lock"

    def open(self, design: dict[str, Any]) -> None:
        """Make the folder, or take up the study in it; hold it until `close`.

        Parameters
        ----------
        design
            Plain values: what is compared (`rule`, `keep` and `metric` may change between starts).

        Raises
        ------
        InvalidInputError
            When the folder holds another study or other files, or another process works in it.
        """
        self._check(design)
        self.begin_session()
        for leftover in filter(is_temporary, [*self.path.glob(".*"), *self.path.glob("*/.*")]):
            remove(leftover)
        for failure in self.runs.glob("*.failed.json"):
            if (_read_json(failure) or {}).get("is_transient", True):
                failure.unlink(missing_ok=True)  # a lost worker or a full disk: worth another attempt
        write_json(self.path / "design.json", design)

    def close(self) -> None:
        """Let go of the folder and remove what was being worked on."""
        if self._lock is not None:
            self._name_session(
                ""
            )  # before the scratch goes: a worker that misses it shall not call that a failure
        shutil.rmtree(self.scratch, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _check(self, design: dict[str, Any]) -> None:
        if self.path.exists() and not self.path.is_dir():
            raise InvalidInputError(f"'{self.path}' is a file", hint="give a folder to -o")
        held = self.read_design()
        if held is None:
            if self.path.is_dir() and any(self.path.iterdir()) and not self._is_ours():
                raise InvalidInputError(
                    f"'{self.path}' holds other files and is not a study", hint="give a new folder to -o"
                )
            return
        reasons = explain_difference(held, design)
        if reasons:
            raise OtherStudyError(
                f"'{self.path}' holds another study: {'; '.join(reasons)}",
                hint="give another folder to -o, or the options and seed of the study in it",
            )

    def _is_ours(self) -> bool:
        names = {entry.name for entry in self.path.iterdir() if not is_temporary(entry)}
        return names <= {"runs", "recordings", "scratch", "scenarios", "study.lock"}

    def _hold(self) -> None:
        self._lock = self._lock_path.open("ab")
        try:
            import fcntl

            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:  # no such locks here: two writers would still write equal files
            pass
        except OSError:
            self._lock.close()
            self._lock = None
            raise InvalidInputError(
                f"another process is working on the study in '{self.path}'",
                hint="wait for it, or give another folder to -o",
            ) from None
        self._name_session(secrets.token_hex(16))

    def _name_session(self, session: str) -> None:
        assert self._lock is not None
        self._lock.truncate(0)
        self._lock.write(session.encode())
        self._lock.flush()
        self.session = session


def explain_difference(held: dict[str, Any], asked: dict[str, Any]) -> list[str]:
    """Return in words how two designs differ; empty when results of one serve the other."""
    compared = sorted((held.keys() | asked.keys()) - set(_SETTINGS_THAT_MAY_CHANGE) - {"options"})
    reasons = [
        f"its {key} is {held.get(key)}, not {asked.get(key)}"
        for key in compared
        if held.get(key) != asked.get(key)
    ]
    held_names = [option["name"] for option in held.get("options", [])]
    asked_names = [option["name"] for option in asked["options"]]
    if held_names != asked_names:
        return [*reasons, f"it compares {_list_names(held_names)}, not {_list_names(asked_names)}"]
    changed = [
        f"the {what} of '{now['name']}' has changed since"
        for before, now in zip(held["options"], asked["options"], strict=True)
        for what in ("scenario", "map")
        if before[f"{what}_digest"] != now[f"{what}_digest"]
    ]
    return [*reasons, *changed[:_MOST_NAMES]]


def _list_names(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= _MOST_NAMES else f"{len(names)} scenarios"
