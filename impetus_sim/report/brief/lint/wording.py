"""Rules on what is claimed: no certainty from samples; interval and number of runs beside each claim."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from impetus_sim.report.brief.lint.fault import Fault
from impetus_sim.report.brief.lint.page import Page, Text

CLAIMING_SECTIONS: Final = frozenset(
    {"answer", "compared", "effects", "groups", "change", "pictures", "sets", "found", "measures"}
)
"""Where a brief speaks of what was found; captions of figures count everywhere."""

CERTAIN: Final = re.compile(
    r"\b(will(?! not be known)|shall|guarantee[sd]?|ensures?|prove[sdn]?|proof|certain(?:ly|ty)?|definite(?:ly)?"
    r"|undoubtedly|always|never|safe(?:ly|st|r)?|risk-free|no risk|no doubt|without (?:any )?doubt|must work"
    r"|eliminates?|prevents? all|impossible)\b",
    re.IGNORECASE,
)
_DENIED: Final = re.compile(
    r"\b(?:no|not|nothing|cannot|neither|nor|does not|do not|is not)(?:\s+\w+){0,2}\s*$", re.I
)
CLAIM: Final = re.compile(
    r"\b(shortens?|lengthens?|lowers?|raises?|reduces?|increases?|decreases?|improves?|worsens?|cuts?|saves?"
    r"|halves|doubles|cannot be told apart)\b",
    re.IGNORECASE,
)
_NUMBER: Final = r"[\u2212+-]?\d[\d\u202f ,.]*"
INTERVAL: Final = re.compile(rf"interval\b[^.;]*?{_NUMBER}\D{{0,24}}?\bto {_NUMBER}", re.IGNORECASE)
RUNS: Final = re.compile(r"\b\d[\d\u202f ]*\s*(?:paired\s+|independent\s+)?runs\b", re.IGNORECASE)
_CUT_OFF: Final = "cut off"
_NEEDS_ANSWER: Final = re.compile(r": (options compared|the best sets of interventions)$")


def check_certainty(page: Page) -> Iterator[Fault]:
    """Find words that claim more than samples can show."""
    for text in page.texts:
        if text.section not in CLAIMING_SECTIONS and text.tag != "figcaption":
            continue
        for match in CERTAIN.finditer(text.text):
            if not _DENIED.search(text.text[: match.start()]):
                yield Fault(
                    line=text.line,
                    rule="certainty",
                    message=f"'{match[0]}' claims more than runs can show: {_quote(text.text, match.start())}",
                    hint="say how often or by how much it was found, such as 'in 87 of 100 runs'",
                )


def check_support(page: Page) -> Iterator[Fault]:
    """Find claims in the answer without an interval, or without the number of runs."""
    for text in _findings(page):
        if not CLAIM.search(text.text) or not re.search(r"\d", text.text) or _CUT_OFF in text.text:
            if CLAIM.search(text.text) and not re.search(r"\d", text.text):
                yield Fault(
                    line=text.line,
                    rule="numbers",
                    message=f"a claim without any number: {_quote(text.text, 0)}",
                    hint="say by how much, with its interval and from how many runs",
                )
            continue
        if not INTERVAL.search(text.text):
            yield Fault(
                line=text.line,
                rule="interval",
                message=f"a claim without its interval: {_quote(text.text, 0)}",
                hint="write it beside the number, such as '(95 % interval 4.9 to 6.1 s, 10 paired runs)'",
            )
        if not RUNS.search(text.text):
            yield Fault(
                line=text.line,
                rule="runs",
                message=f"a claim without the number of runs: {_quote(text.text, 0)}",
                hint="write how many runs it rests on, such as '10 paired runs'",
            )


def check_answer(page: Page) -> Iterator[Fault]:
    """Find a comparison or a plan without an answer."""
    if _NEEDS_ANSWER.search(page.title) and not _findings(page):
        yield Fault(
            line=1,
            rule="answer",
            message="there is no answer in one sentence",
            hint='put it into <section class="answer"> as the first thing below the question',
        )


def _findings(page: Page) -> list[Text]:
    return [text for text in page.of_section("answer") if text.tag == "p" and "small" not in text.classes]


def _quote(text: str, at: int) -> str:
    start = max(0, at - 30)
    part = text[start : start + 80]
    return f"'{'…' if start else ''}{part}{'…' if start + 80 < len(text) else ''}'"
