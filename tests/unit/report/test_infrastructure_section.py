"""The section of a brief about power, water and phones: what it says, in whose words, and that others lack it."""

import re

import pytest

from impetus_sim.engine.record import simulate
from impetus_sim.report.brief.write import render_run_brief
from impetus_sim.report.infrastructure_section import describe_infrastructure
from impetus_sim.report.style import page_style
from impetus_sim.scenario.load import read_scenario_text

TEXT = """
title: A cut <feeder>
map: {synthetic: {kind: grid_city, columns: 6, rows: 5}}
time: {duration: 60}
crowd:
  focus: {at: {box: [114, 114, 258, 258]}}
  street_exits: true
  populations: {here: {count: 20, at: square, activity: stay}}
infrastructure:
  districts: {west: {box: [-1000, -1000, 186, 2000]}}
hazards:
  cut: {kind: asset_failure, assets: transformer, at: {box: [-1000, -1000, 186, 2000]}, start: 10, lasts: 30}
"""


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    return simulate(read_scenario_text(TEXT), path=tmp_path_factory.mktemp("brief") / "run.h5")


def test_the_section_says_who_was_without_and_why(recording):
    with page_style():
        section = describe_infrastructure(recording)
    assert "people were without power" in section.lead
    assert [row[0] for row in section.services] == ["power", "water", "phone"]
    power = section.services[0]
    assert power[3] == "10 s to 40 s"
    assert section.services[1][2] == "nobody"
    assert section.districts[0][0] == "west" and section.worst.startswith("power: west")
    assert [row[0] for row in section.failed][:2] == ["transformers", "blocks of buildings"]
    (cascade,) = section.cascades
    assert cascade.text == "10 s: assets failed (cut)" and not cascade.is_loss
    losses = [twig for below in cascade.twigs for twig in below.twigs if twig.is_loss]
    assert losses and "transformer" in losses[0].text


def test_the_page_has_pictures_with_words_and_credit(recording, tmp_path):
    page = render_run_brief(recording, tmp_path / "brief.html").read_text("utf-8")
    assert "Power, water and phones" in page and "What led to what" in page
    assert "<feeder>" not in page
    alts = re.findall(r'<img [^>]*alt="([^"]*)"', page)
    assert all(alts) and any("without power" in alt for alt in alts)
    assert any("Share of people with power" in alt for alt in alts)
    assert "made by rules with sources" in page
    assert render_run_brief(recording, tmp_path / "again.html").read_text("utf-8") == page


def test_a_run_without_infrastructure_has_no_section(square):
    assert describe_infrastructure(square) is None


def test_nobody_without_is_said(tmp_path):
    text = TEXT[: TEXT.index("hazards:")]
    recording = simulate(read_scenario_text(text), path=tmp_path / "calm.h5")
    with page_style():
        section = describe_infrastructure(recording)
    assert section.lead == "Nobody was without power, water or phone."
    assert section.page is None and section.curve is None and not section.cascades
