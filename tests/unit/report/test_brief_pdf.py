"""The PDF of a brief: the same content as the HTML, tagged, words for figures, the same bytes every time."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.report.brief.content import Brief, Figure, Paragraph, Section
from impetus_sim.report.brief.html import render_html
from impetus_sim.report.brief.pdf import render_pdf, to_plain
from impetus_sim.report.brief.study import build_study_brief

NUMBER = re.compile(r"\d[\d.]*\d|\d")


@pytest.fixture(scope="module")
def brief(study_document) -> Brief:
    return build_study_brief(study_document)


@pytest.fixture(scope="module")
def pdf(brief: Brief) -> bytes:
    return render_pdf(brief)


class Words(HTMLParser):
    """Gathers what a reader of the page sees in its body."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._hidden += tag in ("style", "title")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def read_numbers(text: str) -> list[str]:
    """Return the numbers of a text, cut at gaps between thousands, which PDF readers show in several ways."""
    return NUMBER.findall(text)


def test_html_and_pdf_hold_the_same_numbers(brief: Brief, pdf: bytes, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not here to read the PDF's text")
    path = tmp_path / "brief.pdf"
    path.write_bytes(pdf)
    words = Words()
    words.feed(render_html(brief))
    # As sets, since headers of tables repeat on every page; digests are cut by ends of lines.
    html = " ".join(words.words)
    text = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True, text=True).stdout
    text = re.sub(r"page \d+ of \d+", "", text)
    in_html, in_pdf = set(read_numbers(html)), set(read_numbers(text))
    digests = set(read_numbers("a1b2c3d4e5f60718 3c9d1f0e77a1 0f5be2c4a9d1 9a8b7c"))
    assert len(in_html) > 60
    assert in_html - in_pdf - digests == set()
    assert in_pdf - in_html - digests == set()


def test_both_renderings_are_given_every_text_and_number(brief: Brief) -> None:
    plain = json.dumps(to_plain(brief), ensure_ascii=False)
    page = render_html(brief)
    cells = [cell for table in brief.tables for row in table.rows for cell in row.cells]
    assert len(cells) > 40
    escaped = page.replace("&lt;", "<").replace("&gt;", ">").replace("&#39;", "'").replace("&amp;", "&")
    for text in (text for cell in cells for text in (cell.text, *cell.small)):
        assert text in escaped
        assert json.dumps(text, ensure_ascii=False)[1:-1] in plain


def test_pdf_is_tagged_with_words_for_every_figure_and_the_same_every_time(brief: Brief, pdf: bytes) -> None:
    assert pdf.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in pdf
    assert b"/Alt" in pdf
    assert b"pdfuaid" in pdf
    assert len(brief.figures) == 3
    assert all(len(figure.alt) > 20 for figure in brief.figures)
    assert render_pdf(brief) == pdf


def test_texts_are_data_and_never_source() -> None:
    text = '#panic("spliced") $x$ *bold* \\ "quoted" #import "x.typ" [a] <b>'
    found = render_pdf(make_brief(Paragraph(text=text)))
    assert found.startswith(b"%PDF-")


def test_a_figure_without_words_is_refused() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    figure = Figure(svg=svg, alt="", caption="No words.", width_in=1.0, height_in=1.0)
    with pytest.raises(Exception, match="alt"):
        render_pdf(make_brief(figure))


def test_letters_beyond_latin_are_set() -> None:
    assert render_pdf(make_brief(Paragraph(text="Київ, Łódź, Αθήνα"))).startswith(b"%PDF-")


def test_letters_that_no_font_has_are_an_error_that_names_a_font() -> None:
    with pytest.raises(InvalidInputError, match="no font here has the letters") as caught:
        render_pdf(make_brief(Paragraph(text="\ue123 of nobody's script")))
    assert "fonts-noto" in (caught.value.hint or "")


def make_brief(*blocks: Any) -> Brief:
    return Brief(
        title="A title",
        subtitle="one run",
        where="Somewhere",
        sections=(Section(key="a", title="A section", blocks=tuple(blocks)),),
    )
