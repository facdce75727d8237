import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from impetus_sim import files
from impetus_sim.files import (
    is_temporary,
    process_of,
    temporary_beside,
    write_durably,
    write_whole,
    written_whole,
)


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@pytest.mark.parametrize("is_durable", [False, True])
def test_content_takes_the_place_of_the_old_when_the_block_ends(tmp_path, is_durable):
    path = tmp_path / "city.gpkg"
    path.write_text("old")
    with written_whole(path, is_durable=is_durable) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert names(tmp_path) == ["city.gpkg"]


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), ValueError("NaN"), KeyboardInterrupt()])
def test_a_failure_in_the_middle_leaves_the_old_content_and_no_litter(tmp_path, error):
    path = tmp_path / "brief.pdf"
    path.write_text("old")
    with pytest.raises(type(error)), written_whole(path) as temporary:
        temporary.write_text("half")
        raise error
    assert path.read_text() == "old"
    assert names(tmp_path) == ["brief.pdf"]


def test_a_disk_that_is_full_only_at_the_flush_leaves_the_old_content(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "result.json"
    write_durably(path, b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_durably(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["result.json"]


def test_a_durable_file_and_its_name_are_flushed(tmp_path, monkeypatch):
    flushed = []
    monkeypatch.setattr(files, "sync_file", flushed.append)
    write_whole(tmp_path / "picture.png", b"1")
    assert flushed == []
    write_durably(tmp_path / "result.json", b"1")
    assert [is_temporary(path) for path in flushed] == [True, False]
    assert flushed[1] == tmp_path


def test_errors_name_the_file_that_was_asked_for(tmp_path):
    path = tmp_path / "none" / "brief.html"
    with pytest.raises(FileNotFoundError) as caught:
        write_whole(path, b"x")
    assert str(caught.value).endswith(f"'{path}'")
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError) as caught_too:
        write_whole(tmp_path / "folder", b"x")
    assert str(caught_too.value).endswith(f"'{tmp_path / 'folder'}'")
    assert names(tmp_path) == ["folder"]


@pytest.mark.parametrize("name", ["run.h5", "city.v2.gpkg", "no_suffix", "ä" * 120 + ".json"])
def test_temporary_names_are_hidden_keep_the_suffix_and_are_known_again(tmp_path, name):
    path = tmp_path / name
    temporary = temporary_beside(path)
    assert temporary.parent == path.parent
    assert temporary.name.startswith(".")
    assert temporary.suffix == path.suffix or not path.suffix
    assert is_temporary(temporary)
    assert is_temporary(temporary, of=path)
    assert not is_temporary(temporary, of=tmp_path / "another.h5")
    assert not is_temporary(path)
    assert process_of(temporary) == os.getpid()
    temporary.touch()


def test_names_differ_between_calls_and_processes(tmp_path):
    path = tmp_path / "field.npz"
    code = (
        "import sys, pathlib, impetus_sim.files\n"
        "print(impetus_sim.files.temporary_beside(pathlib.Path(sys.argv[1])))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    ).stdout.strip()
    own = [temporary_beside(path) for _ in range(2)]
    assert len({Path(told), *own}) == 3
    assert process_of(Path(told)) != process_of(own[0])


def test_a_name_of_nobody_has_no_process():
    with pytest.raises(ValueError, match="not a temporary name"):
        process_of(Path("run.h5"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_written_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(pipe, b"document")
        assert os.read(reader, 100) == b"document"
    finally:
        os.close(reader)
    assert pipe.is_fifo()
