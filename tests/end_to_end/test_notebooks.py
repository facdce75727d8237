"""The notebooks run from top to bottom, and are stored without outputs and without paths of a machine."""

from __future__ import annotations

from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")
pytest.importorskip("xarray")

FOLDER = Path(__file__).parents[2] / "notebooks"
BOOKS = sorted(FOLDER.glob("*.ipynb"))
TIMEOUT_S = 300
"""Of one cell, on a busy machine."""


@pytest.fixture(params=BOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def test_there_are_two():
    assert len(BOOKS) == 2


@pytest.mark.slow  # `.ci/run` runs this file by itself
@pytest.mark.filterwarnings("default")  # of the kernel's own libraries
def test_runs_from_top_to_bottom(notebook, warm, tmp_path):
    client = nbclient.NotebookClient(
        notebook, timeout=TIMEOUT_S, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    done = client.execute()
    outputs = [output for cell in done.cells for output in cell.get("outputs", ())]
    assert not [output for output in outputs if output["output_type"] == "error"]
    pictures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(pictures) >= 2
    said = "".join(output["text"] for output in outputs if output.get("name") == "stderr")
    assert "impetus_sim" not in said, said  # a library may say what it misses in notebooks


def test_is_stored_without_outputs_and_paths(notebook):
    for cell in notebook.cells:
        assert not cell.get("outputs") and cell.get("execution_count") is None
        assert not any(word in cell.source for word in ("/home/", "/Users/", "/tmp/", "C:\\"))
    assert notebook.metadata.kernelspec.name == "python3"
