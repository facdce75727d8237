"""A brief as a tagged PDF (PDF/UA-1), set by typst: texts and figures are handed over as data.

Fonts are those inside typst and DejaVu Sans, which matplotlib ships, so that every machine makes the same bytes.
Only when a text has letters that none of these has, fonts of the system are used as well.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Final

from impetus_sim.errors import InvalidInputError
from impetus_sim.report.brief.content import Brief
from impetus_sim.report.brief.html import TEMPLATES

STANDARD: Final = "ua-1"
"""Refuses a figure without words and a document without title."""
_NO_DATE: Final = 0  # of writing: the same brief gives the same bytes


def render_pdf(brief: Brief) -> bytes:
    """Return the PDF; the same brief gives the same bytes.

    Raises
    ------
    InvalidInputError
        When no font here has the letters of some text.
    """
    from matplotlib import get_data_path

    fonts = Path(get_data_path()) / "fonts" / "ttf"
    text = json.dumps(to_plain(brief), ensure_ascii=False)
    missing = find_missing_letters(text, [fonts / "DejaVuSans.ttf"])
    if missing:
        from matplotlib.font_manager import findSystemFonts

        unknown = find_missing_letters(missing, [Path(path) for path in sorted(findSystemFonts())])
        if unknown:
            raise InvalidInputError(
                f"no font here has the letters '{unknown[:20]}', so the brief cannot be set as PDF",
                hint="install a font that has them, such as fonts-noto-cjk, or write the brief as .html",
            )
    return _compile(text, fonts, with_system_fonts=bool(missing))


def find_missing_letters(text: str, fonts: Sequence[Path]) -> str:
    """Return the letters of a text that none of some font files has, sorted."""
    from matplotlib.ft2font import FT2Font

    missing = {ord(letter) for letter in text if not letter.isspace()}
    for font in fonts:
        if not missing:
            break
        missing -= set(FT2Font(str(font)).get_charmap())
    return "".join(map(chr, sorted(missing)))


def to_plain(value: Any) -> Any:
    """Return a brief or a part of it as plain values, each with its ``kind``, for JSON."""
    if is_dataclass(value):
        plain = {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
        return {"kind": type(value).__name__.lower(), **plain}
    if isinstance(value, tuple):
        return [to_plain(each) for each in value]
    return value


def _compile(text: str, fonts: Path, *, with_system_fonts: bool) -> bytes:
    import typst

    return bytes(
        typst.compile(
            str(TEMPLATES / "brief.typ"),
            format="pdf",
            sys_inputs={"brief": text},
            font_paths=[str(fonts)],
            ignore_system_fonts=not with_system_fonts,
            pdf_standards=STANDARD,
            timestamp=_NO_DATE,
        )
    )
