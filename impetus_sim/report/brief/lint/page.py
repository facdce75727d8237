"""A brief's HTML read into what can be judged: headings, texts, tables, pictures, addresses; with their lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

VOID: Final = frozenset(
    {"meta", "img", "br", "hr", "link", "input", "source", "wbr", "col", "area", "base", "embed"}
)
_HEADING: Final = re.compile(r"h([1-6])$")
_TEXTS: Final = frozenset({"p", "li", "figcaption", "pre"})
_ADDRESSES: Final = {"src", "srcset", "href", "data", "poster", "action", "xlink:href", "background"}


@dataclass(kw_only=True)
class Text:
    """A paragraph, list item, caption of a figure or command.

    Parameters
    ----------
    tag, classes
        Of its element.
    section
        The id of the last heading before it, or ``answer`` inside the answer; empty before any.
    """

    tag: str
    classes: tuple[str, ...]
    section: str
    line: int
    text: str = ""


@dataclass(kw_only=True)
class Heading:
    """A heading with its level, 1 to 6."""

    level: int
    line: int
    text: str = ""


@dataclass(kw_only=True)
class TableCell:
    """A cell; `first` is what stands before its first line break."""

    line: int
    is_head: bool
    column: int
    is_code: bool = False
    text: str = ""
    first: str = ""
    has_break: bool = False


@dataclass(kw_only=True)
class PageTable:
    """A table: caption, headers of columns, and rows below them."""

    line: int
    caption: str = ""
    columns: list[str] = field(default_factory=list)
    rows: list[list[TableCell]] = field(default_factory=list)


@dataclass(kw_only=True)
class Image:
    """A picture; `alt` is None when it has none."""

    line: int
    alt: str | None
    source: str


@dataclass(kw_only=True)
class Address:
    """Something that a browser may fetch or follow."""

    line: int
    tag: str
    url: str


@dataclass(kw_only=True)
class Page:
    """Everything that rules look at."""

    language: str = ""
    title: str = ""
    headings: list[Heading] = field(default_factory=list)
    section_keys: list[str] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    tables: list[PageTable] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    n_lines: int = 0

    def of_section(self, key: str) -> list[Text]:
        """Return the texts under one heading."""
        return [text for text in self.texts if text.section == key]

    @property
    def whole_text(self) -> str:
        """All texts and cells in one."""
        cells = [cell.text for table in self.tables for row in table.rows for cell in row]
        return "\n".join([self.title, *(text.text for text in self.texts), *cells])


def read_page(html: str) -> Page:
    """Return the page of an HTML text; unknown elements are passed over."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.page.n_lines = html.count("\n") + 1
    for heading in reader.page.headings:
        heading.text = _squeeze(heading.text)
    for text in reader.page.texts:
        text.text = _squeeze(text.text)
    for table in reader.page.tables:
        table.caption = _squeeze(table.caption)
        table.columns = [_squeeze(column) for column in table.columns]
        for cell in (cell for row in table.rows for cell in row):
            cell.text, cell.first = _squeeze(cell.text), _squeeze(cell.first)
    return reader.page


def _squeeze(text: str) -> str:
    return " ".join(text.split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._open: list[str] = []
        self._section = ""
        self._answer_depth = 0
        self._texts: list[Text] = []
        self._heading: Heading | None = None
        self._table: PageTable | None = None
        self._cell: TableCell | None = None
        self._column: int | None = None
        self._in_head = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        line = self.getpos()[0]
        classes = tuple(values.get("class", "").split())
        if tag not in VOID:
            self._open.append(tag)
        for name, value in values.items():
            if name in _ADDRESSES and value:
                self.page.addresses.append(Address(line=line, tag=tag, url=value))
            if name == "style":
                self._note_css(value, line)
        if tag == "script" and "src" not in values:
            self.page.addresses.append(Address(line=line, tag=tag, url=""))
        if tag == "html":
            self.page.language = values.get("lang", "")
        elif tag == "img":
            self.page.images.append(
                Image(
                    line=line,
                    alt=values.get("alt") if "alt" in values else None,
                    source=values.get("src", ""),
                )
            )
        elif tag == "svg":
            self.page.images.append(Image(line=line, alt=values.get("aria-label"), source="inline"))
        elif "answer" in classes:
            self._answer_depth = len(self._open)
        elif match := _HEADING.match(tag):
            self._start_heading(int(match[1]), values.get("id", ""), line)
        elif tag in _TEXTS:
            section = "answer" if self._answer_depth else self._section
            self._texts.append(Text(tag=tag, classes=classes, section=section, line=line))
        else:
            self._start_of_table(tag, line)

    def _start_heading(self, level: int, key: str, line: int) -> None:
        self._heading = Heading(level=level, line=line)
        self.page.headings.append(self._heading)
        if level == 2:
            self._section = key
            self.page.section_keys.append(key)

    def _start_of_table(self, tag: str, line: int) -> None:
        if tag == "table":
            self._table = PageTable(line=line)
            self.page.tables.append(self._table)
        elif self._table is None:
            return
        elif tag == "thead":
            self._in_head = True
        elif tag == "tr":
            if not self._in_head:
                self._table.rows.append([])
        elif tag in ("th", "td"):
            if self._in_head:
                self._column = len(self._table.columns)
                self._table.columns.append("")
            elif self._table.rows:
                row = self._table.rows[-1]
                self._cell = TableCell(line=line, is_head=tag == "th", column=len(row))
                row.append(self._cell)
        elif tag == "code" and self._cell is not None:
            self._cell.is_code = True
        elif tag == "br" and self._cell is not None:
            self._cell.has_break = True

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if self._answer_depth and len(self._open) < self._answer_depth:
            self._answer_depth = 0
        if _HEADING.match(tag):
            self._heading = None
        elif tag in _TEXTS and self._texts:
            self.page.texts.append(self._texts.pop())
        elif tag == "table":
            self._table = None
        elif tag == "thead":
            self._in_head = False
        elif tag in ("th", "td"):
            self._cell = self._column = None

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            self._note_css(data, self.getpos()[0])
        elif "title" in self._open:
            self.page.title += data
        elif self._heading is not None:
            self._heading.text += data
        elif self._cell is not None:
            self._cell.text += data if not self._cell.has_break else f" {data}"
            if not self._cell.has_break:
                self._cell.first += data
        elif self._column is not None and self._table is not None:
            self._table.columns[self._column] += data
        elif self._table is not None and "caption" in self._open:
            self._table.caption += data
        elif self._texts:
            self._texts[-1].text += data

    def _note_css(self, css: str, line: int) -> None:
        for match in re.finditer(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)", css):
            at = line + css[: match.start()].count("\n")
            self.page.addresses.append(Address(line=at, tag="style", url=match[1] or match[2]))
