"""The picture of a city's infrastructure, and the command that draws it."""

import json

import pytest
from click.testing import CliRunner

from impetus_sim.cli.map import map_group
from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.city import build_city_infrastructure
from impetus_sim.maps.synthetic import build_synthetic
from impetus_sim.report import infrastructure_map, style

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize("kind", ["grid_city", "room"])
def test_both_maps_have_legends_that_count_what_is_shown(kind):
    city = build_synthetic(kind)
    infrastructure = build_city_infrastructure(city)
    with style.page_style():
        figure = infrastructure_map.draw_infrastructure(city, infrastructure, title=None)
        words = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    assert [axes.get_title("left") for axes in figure.axes] == ["Electricity", "Water, telecom and control"]
    n = len(infrastructure.assets.of_kind("transformer"))
    assert f"transformer ({n})" in words and "hollow: by rule" in words
    assert f"open tie ({int((~infrastructure.grid.is_in).sum())})" in words


def test_feeders_that_meet_have_different_colours():
    infrastructure = build_city_infrastructure(build_synthetic("grid_city", columns=8, rows=8))
    colours = infrastructure_map._colour_feeders(infrastructure)
    parts = infrastructure.parts
    feeder = infrastructure_map._feeder_of_nodes(infrastructure)
    for a, b in zip(feeder[parts.graph.from_node], feeder[parts.graph.to_node], strict=True):
        assert a == b or a < 0 or b < 0 or colours[a] != colours[b]


def test_the_command_draws_and_counts(tmp_path):
    path = tmp_path / "city.png"
    done = CliRunner().invoke(map_group, ["infrastructure", "helsinki_centre", "-o", str(path), "--json"])
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert path.read_bytes().startswith(PNG)
    assert document["assets"]["camera"] == {"total": 221, "mapped": 221}
    assert document["load_mw"] > 10.0 and document["ties"] >= document["assets"]["feeder"]["total"] / 2


def test_the_table_names_what_is_missing():
    done = CliRunner().invoke(map_group, ["infrastructure", "helsinki_centre"])
    assert done.exit_code == 0
    assert "pumping station" in done.stdout and "the map holds none of" in done.stdout


def test_a_picture_must_be_a_png(tmp_path):
    done = CliRunner().invoke(map_group, ["infrastructure", "helsinki_centre", "-o", str(tmp_path / "a.pdf")])
    assert isinstance(done.exception, InvalidInputError)
