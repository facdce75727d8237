"""The panel of a film: clock, counts, speed and what happened last, written into every picture."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.causes import Event
from impetus_sim.report import style
from impetus_sim.report.film.stage import HEIGHT, PANEL_LEFT, Stage

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

_FADE_S: Final = 4.0
"""An event is written in bold for so many seconds of film."""
_MOST_EVENTS: Final = 7
_WIDTH_LETTERS: Final = 38


@cache
def load_font(size: int, *, bold: bool = False) -> Any:
    """Return a font that comes with matplotlib, so that films look alike everywhere."""
    from matplotlib import get_data_path
    from PIL import ImageFont

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(f"{get_data_path()}/fonts/ttf/{name}", size)


class Panel:
    """Writes clock, counts and events.

    Parameters
    ----------
    stage
        Where the panel is free.
    start
        When the run starts, as an ISO date and time; empty when the scenario does not say.
    events
        Those worth telling, ascending in time.
    speed
        Simulated seconds in a second of film.
    """

    def __init__(self, stage: Stage, *, start: str, events: Sequence[Event], speed: float) -> None:
        self._stage = stage
        self._start = datetime.fromisoformat(start) if start else None
        self._events = list(events)
        self._speed = speed

    def write(self, picture: npt.NDArray[np.uint8], t_s: float, counts: Sequence[tuple[str, int]]) -> Any:
        """Return the picture with the panel written, as a Pillow image.

        Parameters
        ----------
        picture
            uint8 (height, width, 3); not changed.
        t_s
            Simulated time.
        counts
            Words and numbers, at most three.
        """
        from PIL import Image, ImageDraw

        image = Image.fromarray(picture)
        draw = ImageDraw.Draw(image)
        left = PANEL_LEFT
        draw.text((left, 84), self._clock(t_s), fill=style.INK, font=load_font(34, bold=True))
        under = (
            f"{style.format_time(float(round(t_s)))} after the start" if self._start else "since the start"
        )
        speed = f"  ·  {self._speed:g}x" if self._speed else ""
        draw.text((left, 128), under + speed, fill=style.MUTED, font=load_font(13))
        for row, (words, number) in enumerate(counts):
            y = 160 + row * 28
            draw.text((left, y), style.format_count(number), fill=style.INK, font=load_font(18, bold=True))
            width = draw.textlength(style.format_count(number), font=load_font(18, bold=True))
            draw.text((left + width + 8, y + 5), words, fill=style.INK, font=load_font(13))
        self._write_events(draw, t_s)
        return image

    def _clock(self, t_s: float) -> str:
        if self._start is None:
            minutes, seconds = divmod(int(t_s), 60)
            hours, minutes = divmod(minutes, 60)
            return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
        return (self._start + timedelta(seconds=t_s)).strftime("%H:%M:%S")

    def _write_events(self, draw: ImageDraw, t_s: float) -> None:
        told = [event for event in self._events if event.t_s <= t_s]
        y = self._stage.legend_bottom + 14
        room = max((HEIGHT - 40 - y - 24) // 38, 0)
        if not told or not room:
            return
        draw.text((PANEL_LEFT, y), "What happened", fill=style.INK, font=load_font(13, bold=True))
        y += 24
        for event in reversed(told[-min(_MOST_EVENTS, room) :]):
            is_new = t_s - event.t_s <= _FADE_S * max(self._speed, 1.0)
            colour = style.THREAT if is_new else style.MUTED
            text = event.kind.replace("_", " ")
            subject = event.subject.replace("_", " ")
            draw.text((PANEL_LEFT, y), style.format_time(round(event.t_s)), fill=colour, font=load_font(11))
            draw.text(
                (PANEL_LEFT, y + 14),
                _shorten(f"{text}: {subject}" if subject else text),
                fill=colour,
                font=load_font(12, bold=is_new),
            )
            y += 38


def _shorten(text: str) -> str:
    return text if len(text) <= _WIDTH_LETTERS else text[: _WIDTH_LETTERS - 2].rstrip() + " …"
