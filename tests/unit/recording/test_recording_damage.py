"""Files that are missing, foreign, cut short, overwritten or newer give one clear message."""

from __future__ import annotations

import random
import shutil

import h5py
import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.recording import schema
from impetus_sim.recording.header import Header
from impetus_sim.recording.reader import open_recording
from impetus_sim.recording.writer import RecordingWriter


def test_what_is_not_there_or_not_ours(tmp_path):
    with pytest.raises(InvalidInputError, match="there is no recording"):
        open_recording(tmp_path / "none.h5")
    with pytest.raises(InvalidInputError, match="is a folder, not a recording"):
        open_recording(tmp_path)
    (tmp_path / "empty.h5").touch()
    with pytest.raises(InvalidInputError, match="is empty"):
        open_recording(tmp_path / "empty.h5")
    (tmp_path / "text.h5").write_text("hello " * 1000)
    with pytest.raises(InvalidInputError, match="not an HDF5 file"):
        open_recording(tmp_path / "text.h5")
    with h5py.File(tmp_path / "foreign.h5", "w") as file:
        file["x"] = np.zeros(3)
    with pytest.raises(InvalidInputError, match="not a recording of impetus_sim"):
        open_recording(tmp_path / "foreign.h5")
    (tmp_path / "odd.h5.parts").mkdir()
    with pytest.raises(InvalidInputError, match=r"it has no header\.h5"):
        open_recording(tmp_path / "odd.h5")


def test_a_newer_layout_is_refused(tmp_path, toy):
    path = toy.record(tmp_path / "run.h5")
    with h5py.File(path, "r+") as file:
        file.attrs[schema.SCHEMA_VERSION_KEY] = schema.SCHEMA_VERSION + 1
    with pytest.raises(InvalidInputError, match=r"layout 2; this impetus_sim reads up to 1.*newer"):
        open_recording(path)


def test_one_part_is_not_a_recording(tmp_path, toy):
    RecordingWriter.create(tmp_path / "run.h5", toy.header).abort()
    with pytest.raises(InvalidInputError, match=r"only one part .*run\.h5\.parts' instead"):
        open_recording(tmp_path / "run.h5.parts" / "header.h5")


def test_a_lost_segment_is_named(tmp_path):
    with RecordingWriter.create(tmp_path / "run.h5", Header(attributes={})) as recorder:
        for tick in range(3):
            recorder.add_counts(tick, {"inside": 1})
            recorder.end_segment()
    (tmp_path / "run.h5.parts" / "seg-000003.h5").unlink()
    with pytest.raises(InvalidInputError, match=r"has lost seg-000003\.h5"):
        open_recording(tmp_path / "run.h5")


def test_unknown_names_list_the_known_ones(tmp_path, toy):
    run = open_recording(toy.record(tmp_path / "run.h5"))
    with pytest.raises(InvalidInputError, match=r"no static group 'exits' \(it has: ground, people\)"):
        run.static("exits")
    with pytest.raises(InvalidInputError, match=r"no table 'cars' \(it has: crowd\)"):
        run.tables("cars")
    with pytest.raises(InvalidInputError, match=r"no field 'gas' \(it has: smoke\)"):
        list(run.fields("gas"))
    with pytest.raises(ValueError, match="at least 1"):
        next(run.frames(every=0))


def test_a_file_replaced_while_being_read_is_noticed(tmp_path, toy):
    path = toy.record(tmp_path / "run.h5")
    run = open_recording(path)
    toy.record(path)
    with pytest.raises(InvalidInputError, match="was replaced while being read"):
        run.counts()


def test_truncated_files(tmp_path, toy, read_contents):
    whole = toy.record(tmp_path / "run.h5").read_bytes()
    cut = tmp_path / "cut.h5"
    for share in (0.001, 0.01, 0.1, 0.5, 0.9, 0.9999):
        cut.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(InvalidInputError, match=r"cut\.h5"):
            read_contents(open_recording(cut))


def test_overwritten_bytes_give_the_content_or_one_message(tmp_path, toy, read_contents):
    path = toy.record(tmp_path / "run.h5")
    chance = random.Random(5)
    broken = tmp_path / "broken.h5"
    n_refused = 0
    for _ in range(80):
        shutil.copy(path, broken)
        with broken.open("r+b") as file:
            file.seek(chance.randrange(path.stat().st_size - 64))
            file.write(chance.randbytes(chance.choice([1, 8, 64])))
        try:
            read_contents(open_recording(broken))
        except InvalidInputError as error:
            n_refused += 1
            assert "broken.h5" in str(error)
    assert n_refused > 3
