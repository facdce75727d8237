"""Pictures to a film: MP4 by ffmpeg (extra `video`), GIF by Pillow. A film appears whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final

from impetus_sim.errors import InvalidInputError
from impetus_sim.files import written_whole

Rgb = tuple[int, int, int]

SUFFIXES: Final = (".mp4", ".gif")
_GIF_WIDTH: Final = 960
_GIF_COLOURS: Final = 128
_QUALITY: Final = 7
"""Of imageio-ffmpeg, 0 to 10."""


def require_encoder(path: Path) -> None:
    """Refuse a film that cannot be written here, before anything is drawn.

    Raises
    ------
    InvalidInputError
        When MP4 is asked for and ffmpeg is not installed.
    """
    if path.suffix.lower() != ".mp4":
        return
    try:
        import imageio_ffmpeg  # noqa: F401
    except ImportError as error:
        raise InvalidInputError(
            "MP4 needs ffmpeg, which is not installed",
            hint=f"pip install 'impetus_sim[video]', or a GIF: -o {path.with_suffix('.gif')}",
        ) from error


def write_film(path: Path, pictures: Iterable[Any], *, fps: int, colours: Sequence[Rgb] = ()) -> Path:
    """Write Pillow images, all of one size, as MP4 or GIF by the path's suffix.

    Parameters
    ----------
    path
        Replaced in one step.
    pictures
        At least one.
    fps
        Pictures in a second.
    colours
        Those that a GIF must keep exactly, whether or not its first picture has them.
    """
    with written_whole(path) as temporary:
        if path.suffix.lower() == ".gif":
            _write_gif(temporary, iter(pictures), fps, colours)
        else:
            _write_mp4(temporary, iter(pictures), fps)
    return path


def _write_mp4(path: Path, pictures: Iterator[Any], fps: int) -> None:
    import imageio_ffmpeg

    first = next(pictures)
    writer = imageio_ffmpeg.write_frames(
        str(path),
        first.size,
        fps=fps,
        quality=_QUALITY,
        macro_block_size=2,
        output_params=["-movflags", "+faststart"],
        ffmpeg_log_level="error",
    )
    writer.send(None)
    try:
        writer.send(first.tobytes())
        for picture in pictures:
            writer.send(picture.tobytes())
    finally:
        writer.close()


def _write_gif(path: Path, pictures: Iterator[Any], fps: int, colours: Sequence[Rgb]) -> None:
    from PIL import Image

    first = _smaller(next(pictures))
    # One palette for all: colours that change from picture to picture flicker and cost space.
    palette = Image.new("P", (1, 1))
    found = first.quantize(_GIF_COLOURS).getpalette()[: 3 * _GIF_COLOURS]
    palette.putpalette([*found, *(part for colour in colours for part in colour)])
    reduced = (
        each.quantize(palette=palette, dither=Image.Dither.NONE)
        for each in chain([first], map(_smaller, pictures))
    )
    next(reduced).save(
        path,
        format="GIF",
        save_all=True,
        append_images=reduced,
        duration=round(1000 / fps),
        loop=0,
        optimize=False,
        disposal=1,
    )


def _smaller(picture: Any) -> Any:
    height = round(picture.height * _GIF_WIDTH / picture.width)
    return picture.resize((_GIF_WIDTH, height), resample=1)
