"""YAML text to a tree of located values; no types yet.

The tree is built from ruamel.yaml's events in one pass, so that nothing is constructed that was not asked
for: duplicate keys, tags, merge keys, several documents, deep nesting and alias bombs are problems with a
line, never objects, recursion or memory.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml import events as ev
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from impetus_sim.errors import Problem
from impetus_sim.scenario.tree import Mark, Node

MAX_BYTES = 512 * 1024
"""A scenario is written by hand; drawings and data belong in files it names."""
MAX_DEPTH = 24
MAX_NODES = 50_000

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# Scalars of the YAML 1.2 core schema; everything else is text ("yes", "12:30" and dates included).
_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]{1,300}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = {".inf": "inf", "+.inf": "inf", "-.inf": "-inf", ".nan": "nan"}


class _UnreadableError(Exception):
    """A problem after which the rest of the file cannot be read."""


@dataclass
class _Frame:
    """A collection that is still open."""

    node: Node
    anchor: str | None
    key: str | None = None
    key_mark: Mark | None = None
    awaits_value: bool = False
    keys: dict[str, Mark] = field(default_factory=dict)


def parse_file(path: Path, *, name: str = "") -> tuple[Node | None, list[Problem]]:
    """Read one YAML file.

    Parameters
    ----------
    path
        The file.
    name
        Its name in messages; the path itself when empty.

    Returns
    -------
    The tree (None when nothing can be used) and the problems found.
    """
    name = name or str(path)
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        return None, [Problem(file=name, line=0, column=0, key="", message=f"cannot be read: {reason}")]
    except ValueError as error:  # a NUL in the name
        return None, [Problem(file=repr(name), line=0, column=0, key="", message=f"cannot be read: {error}")]
    if len(raw) > MAX_BYTES:
        message = f"larger than {MAX_BYTES // 1024} kB: this is not a scenario file"
        return None, [Problem(file=name, line=1, column=1, key="", message=message)]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        return None, [
            Problem(file=name, line=line, column=column, key="", message=message, allowed="UTF-8 text")
        ]
    return parse_text(text, name=name, folder=path.parent)


def parse_text(text: str, *, name: str, folder: Path) -> tuple[Node | None, list[Problem]]:
    """Read YAML text; see `parse_file`."""
    problems = _control_characters(text, name)
    if problems:
        return None, problems
    reader = _Reader(name, folder)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # ruamel warns about directives; what matters is a problem here
            for event in YAML(typ="safe", pure=True).parse(text):
                reader.take(event)
    except _UnreadableError:
        pass
    except MarkedYAMLError as error:
        reader.problem(error.problem_mark or error.context_mark, _sentence(error))
    except (YAMLError, ValueError, OverflowError, IndexError, AttributeError, TypeError) as error:
        # ruamel raises plain errors for some escapes and directives
        reader.problem(
            None, f"not YAML: {str(error).splitlines()[0] if str(error) else type(error).__name__}"
        )
    root = reader.root
    if not reader.problems and (root is None or not isinstance(root.value, dict)):
        found = "nothing" if root is None or root.value is None else type(root.value).__name__
        names = {
            "str": "a text",
            "list": "a list",
            "int": "a number",
            "float": "a number",
            "bool": "true or false",
        }
        reader.problem(None, f"holds {names.get(found, found)}, not keys with values such as 'title: ...'")
    return (None if reader.problems else root), reader.problems


def parse_value(text: str, *, name: str, folder: Path) -> tuple[Node | None, list[Problem]]:
    """Read the value of an override (``3000``, ``8 000 to 12 000 people``, ``{kind: none}``)."""
    wrapped = f"value: {text}" if "\n" not in text else ""
    node, problems = parse_text(wrapped, name=name, folder=folder) if wrapped else (None, [])
    if node is None or node.get("value") is None or len(node.value) != 1:  # type: ignore[arg-type]
        message = "the value is not YAML"
        if problems:
            message += f": {problems[0].message}"
        return None, [Problem(file=name, line=0, column=0, key="", message=message)]
    return node.get("value"), []


class _Reader:
    """Builds the tree from events."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self._frames: list[_Frame] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._n_nodes = 0
        self._n_documents = 0

    def problem(self, mark: Any, message: str, *, key: str = "", allowed: str = "") -> None:
        place = self._mark(mark) if mark is not None else Mark(self.name, 1, 1)
        self.problems.append(
            Problem(
                file=self.name,
                line=place.line,
                column=place.column,
                key=key,
                message=message,
                allowed=allowed,
            )
        )

    def take(self, event: Any) -> None:
        """Take the next event."""
        if isinstance(event, ev.DocumentStartEvent):
            self._n_documents += 1
            if self._n_documents > 1:
                self.problem(event.start_mark, "a second document begins here; a scenario is one")
                raise _UnreadableError
        elif isinstance(event, (ev.MappingStartEvent, ev.SequenceStartEvent)):
            self._open(event)
        elif isinstance(event, (ev.MappingEndEvent, ev.SequenceEndEvent)):
            frame = self._frames.pop()
            if frame.anchor:
                self._anchors[frame.anchor] = (frame.node, _size(frame.node))
            self._place(frame.node, event)
        elif isinstance(event, ev.AliasEvent):
            self._alias(event)
        elif isinstance(event, ev.ScalarEvent):
            self._scalar(event)

    def _mark(self, mark: Any) -> Mark:
        return Mark(self.name, mark.line + 1, mark.column + 1, self.folder)

    def _count(self, n: int, event: Any) -> None:
        self._n_nodes += n
        if self._n_nodes > MAX_NODES:
            self.problem(event.start_mark, f"more than {MAX_NODES} values (aliases counted as often as used)")
            raise _UnreadableError

    def _open(self, event: Any) -> None:
        is_key = bool(self._frames) and self._at_key(self._frames[-1])
        self._count(1, event)
        if len(self._frames) >= MAX_DEPTH:
            self.problem(event.start_mark, f"nested more than {MAX_DEPTH} levels deep")
            raise _UnreadableError
        if is_key:
            self.problem(event.start_mark, "a list or mapping cannot be a key")
            raise _UnreadableError
        self._refuse_tag(event)
        value: Any = {} if isinstance(event, ev.MappingStartEvent) else []
        self._frames.append(_Frame(Node(value, self._mark(event.start_mark)), event.anchor))

    @staticmethod
    def _at_key(frame: _Frame) -> bool:
        return isinstance(frame.node.value, dict) and not frame.awaits_value

    def _refuse_tag(self, event: Any) -> None:
        tag = getattr(event, "tag", None)
        if tag and str(tag) not in ("!", "tag:yaml.org,2002:str", "!!str"):
            self.problem(event.start_mark, f"tags such as '{str(tag)[:60]}' are not used here")

    def _alias(self, event: Any) -> None:
        if self._frames and self._at_key(self._frames[-1]):
            self.problem(event.start_mark, "an alias cannot be a key")
            raise _UnreadableError
        held = self._anchors.get(event.anchor)
        if held is None:
            self.problem(
                event.start_mark, f"alias '*{event.anchor}' has no anchor '&{event.anchor}' before it"
            )
            raise _UnreadableError
        self._count(held[1], event)
        self._place(Node(held[0].value, held[0].mark), event)

    def _scalar(self, event: Any) -> None:
        self._count(1, event)
        mark = self._mark(event.start_mark)
        frame = self._frames[-1] if self._frames else None
        if frame is not None and self._at_key(frame):
            key = event.value
            if key == "<<" and event.style is None:
                self.problem(event.start_mark, "merge keys ('<<') are not used here; use 'extends'")
            if key in frame.keys:
                first = frame.keys[key]
                self.problem(
                    event.start_mark,
                    f"key '{key}' is given twice, first in line {first.line}",
                    key=self._path(key),
                )
            frame.keys.setdefault(key, mark)
            frame.key, frame.key_mark, frame.awaits_value = key, mark, True
            return
        self._refuse_tag(event)
        if _CONTROL.search(event.value):
            self.problem(event.start_mark, "an escape in this text gives a control character")
        value = event.value if event.style is not None or event.tag else _resolve(event.value)
        node = Node(value, mark)
        if event.anchor:
            self._anchors[event.anchor] = (node, 1)
        self._place(node, event)

    def _place(self, node: Node, event: Any) -> None:
        if not self._frames:
            self.root = node
            return
        frame = self._frames[-1]
        if isinstance(frame.node.value, dict):
            if not frame.awaits_value:  # a collection as a key was refused before
                raise _UnreadableError
            node.key_mark = frame.key_mark
            frame.node.value.setdefault(str(frame.key), node)
            frame.awaits_value = False
        elif isinstance(frame.node.value, list):
            frame.node.value.append(node)

    def _path(self, key: str) -> str:
        return ".".join([frame.key for frame in self._frames[:-1] if frame.key] + [key])


def _resolve(text: str) -> str | int | float | bool | None:
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text[0] in "tT"
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)  # may be infinite: refused with its place by the field's type
    if text.lower() in _NOT_FINITE:
        return float(_NOT_FINITE[text.lower()])
    return text


def _size(node: Node) -> int:
    total = 0
    stack = [node]
    while stack:
        value = stack.pop().value
        total += 1
        if isinstance(value, dict):
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
    return total


def _control_characters(text: str, name: str) -> list[Problem]:
    if not _CONTROL.search(text):
        return []
    problems = []
    for number, line in enumerate(text.split("\n"), start=1):
        match = _CONTROL.search(line)
        if match:
            message = f"control character U+{ord(match.group()):04X}"
            problems.append(
                Problem(
                    file=name, line=number, column=match.start() + 1, key="", message=message, allowed="text"
                )
            )
    return problems[:20]


_PLAIN_WORDS = {
    "expected '<document start>'": "this line does not fit the lines before: is a ':' or a space missing?",
    "expected <block end>": "this line does not fit the lines before: look at the spaces at its start",
    "mapping values are not allowed": "a second ':' in one line: put texts that hold one in quotes",
    "could not find expected ':'": "the line before has no ':'",
}


def _sentence(error: MarkedYAMLError) -> str:
    for found, words in _PLAIN_WORDS.items():
        if found in str(error.problem):
            return f"not YAML: {words}"
    parts = [str(part).strip() for part in (error.problem, error.context) if part]
    return "not YAML: " + (", ".join(parts) or "syntax error")
