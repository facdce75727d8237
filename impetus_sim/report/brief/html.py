"""A brief as one HTML file that needs no network: style and figures are inside, nothing is fetched."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from impetus_sim.report.brief.content import Brief, Figure

TEMPLATES = Path(__file__).parent / "templates"
_CSS_PX_PER_INCH = 96


def render_html(brief: Brief) -> str:
    """Return the page; the same brief gives the same text."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["source"] = to_data_uri
    environment.filters["pixels"] = _to_pixels
    environment.filters["kind"] = _kind
    return environment.get_template("brief.html.j2").render(brief=brief) + "\n"


def to_data_uri(figure: Figure) -> str:
    """Return a figure as the address of a picture that is inside the page."""
    return "data:image/svg+xml;base64," + base64.b64encode(figure.svg.encode()).decode()


def _to_pixels(inches: float) -> int:
    return round(inches * _CSS_PX_PER_INCH)


def _kind(block: Any) -> str:
    return type(block).__name__.lower()
