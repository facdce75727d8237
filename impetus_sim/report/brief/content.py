"""What a brief says, without how it looks: findings, tables with their uncertainty, figures, provenance.

One `Brief` is handed to every rendering (`html`, `pdf`), so that all say the same in the same order. Texts are
final: numbers are rounded and carry their units here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Union

Tone = Literal["", "note", "small"]
"""How a paragraph is meant: plain, something to mind, or small print."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One sentence of the answer.

    Parameters
    ----------
    text
        Says how much, how sure and from how many runs.
    n_runs
        Runs it rests on.
    """

    text: str
    n_runs: int


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """A paragraph of plain text."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One item of a list: words that stand out, then the rest."""

    text: str
    lead: str = ""


@dataclass(frozen=True, kw_only=True)
class Bullets:
    """A list of items."""

    items: tuple[Item, ...]
    tone: Tone = ""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell of a table.

    Parameters
    ----------
    text
        A value with its unit, or words.
    small
        Lines below it: an interval, a note.
    verdict
        A word about it, such as ``better``; empty for none.
    is_code
        A digest, a key or a version.
    """

    text: str
    small: tuple[str, ...] = ()
    verdict: str = ""
    is_code: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of a table: its header, then its cells; a row without cells heads those below it."""

    head: Cell
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table.

    Parameters
    ----------
    caption, note
        What it shows, and the small print beside it (unit, direction).
    columns
        Headers; the first stands above the headers of rows.
    rows
        As many cells as further columns each, or none.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A drawing.

    Parameters
    ----------
    svg
        The drawing; needs nothing from outside.
    alt
        What it shows, for those who cannot see it.
    caption
        What to look for.
    width_in, height_in
        Size, inches.
    credit
        Of the map in it; empty without one.
    """

    svg: str
    alt: str
    caption: str
    width_in: float
    height_in: float
    credit: str = ""


@dataclass(frozen=True, kw_only=True)
class Subheading:
    """A heading inside a section."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Command:
    """A line to be typed."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Twig:
    """One line of a tree of causes, and what it led to."""

    text: str
    is_loss: bool
    twigs: tuple[Twig, ...]


@dataclass(frozen=True, kw_only=True)
class Tree:
    """A tree of causes."""

    twigs: tuple[Twig, ...]


Block = Union[Paragraph, Bullets, Table, Figure, Subheading, Command, Tree]  # noqa: UP007


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a brief under one heading; `key` names it in links."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Brief:
    """A whole brief.

    Parameters
    ----------
    title, subtitle
        Heading, and what kind of brief it is.
    where
        Map, start, duration and label in one line.
    question
        Empty for a brief of one run.
    findings
        The answer, the most important first; empty for a brief of one run.
    below_answer
        Why the runs stopped, and how to read the answer.
    opening
        Before the first section.
    sections
        In order.
    """

    title: str
    subtitle: str
    where: str
    question: str = ""
    findings: tuple[Finding, ...] = ()
    below_answer: tuple[Paragraph, ...] = ()
    opening: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()

    @property
    def figures(self) -> list[Figure]:
        """All figures in order."""
        blocks = (*self.opening, *(block for section in self.sections for block in section.blocks))
        return [block for block in blocks if isinstance(block, Figure)]

    @property
    def tables(self) -> list[Table]:
        """All tables in order."""
        blocks = (*self.opening, *(block for section in self.sections for block in section.blocks))
        return [block for block in blocks if isinstance(block, Table)]


def rows_of_texts(rows: Iterable[Iterable[str]]) -> tuple[Row, ...]:
    """Return rows of a table from texts, the first of each being its header."""
    found = []
    for head, *cells in rows:
        found.append(Row(head=Cell(text=head), cells=tuple(Cell(text=text) for text in cells)))
    return tuple(found)


def bullets(*texts: str) -> Bullets:
    """Return a list of plain items."""
    return Bullets(items=tuple(Item(text=text) for text in texts))
