"""The summary of a course as Markdown, to keep and to show to others."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lessons.summary import Compared, CourseSummary, LessonSummary
    from simulator.compare import Difference

OPEN = "still open"


def summary_markdown(summary: CourseSummary) -> str:
    """Write a course's summary as one Markdown page."""
    done, of = summary.finished, len(summary.lessons)
    seeds = "seed" + "s" * (len(summary.seeds) > 1) + " " + ", ".join(map(str, summary.seeds))
    parts = [f"# {summary.title}: what I found", f"{done} of {of} lessons finished; {seeds}."]
    for lesson in summary.lessons:
        parts += [f"## Lesson {lesson.number}: {lesson.title}", *_lesson(lesson)]
    if summary.mysteries:
        parts.append("## Mysteries")
        parts += [f"- **{one.title}**: {_indented(one.evidence or OPEN)}" for one in summary.mysteries]
    if summary.findings:
        parts.append("## The questions of this course")
        for found in summary.findings:
            parts += [f"**{found.ask}**", found.answer or f"({OPEN})"]
    return "\n\n".join(parts) + "\n"


def _lesson(lesson: LessonSummary) -> Iterator[str]:
    standing = lesson.standing
    if not standing.begun:
        yield "Not begun."
        return
    if lesson.problem:
        yield f"It cannot be opened: {lesson.problem}"
        return
    how = "Finished" if standing.finished else f"{standing.done} of {standing.total} steps done"
    runs = f"{lesson.runs} run{'' if lesson.runs == 1 else 's'}"
    asked = f"; {lesson.right} of {lesson.questions} questions answered, {lesson.at_once} at the first try"
    yield f"{how}; {runs}{asked if lesson.questions else ''}."
    for one in lesson.predictions:
        yield f"- {_indented(one.ask)}\n  - Expected: {_indented(one.expected, 4)}"
        if one.happened:
            yield f"  - It was: {_indented(one.happened, 4)}"
    for pair in lesson.comparisons:
        yield from _compared(pair)


def _compared(pair: Compared) -> Iterator[str]:
    yield f"Run {pair.before} ({pair.versions_before}) against run {pair.after} ({pair.versions_after}):"
    if pair.unequal:
        yield f"Unequal in more than the change ({', '.join(pair.unequal)}): this proves nothing."
    lines: list[tuple[str, ...]] = [
        ("", "before", "after", "change", "95 % interval", "so it is"),
        ("---",) * 6,
    ]
    lines += [_row(figure) for figure in pair.figures]
    yield "\n".join(f"| {' | '.join(line)} |" for line in lines)
    yield f"Times in ms, of {pair.requests:,} requests each."


def _row(one: Difference) -> tuple[str, ...]:
    known = one.low_s is not None and one.high_s is not None
    interval = f"{_signed(one.low_s or 0.0)} to {_signed(one.high_s or 0.0)}" if known else one.reason or "-"
    return one.name, _ms(one.before_s), _ms(one.after_s), _signed(one.change_s), interval, one.verdict


def _ms(seconds: float) -> str:
    return "-" if isnan(seconds) else f"{seconds * 1000:,.0f}"


def _signed(seconds: float) -> str:
    return "-" if isnan(seconds) else f"{seconds * 1000:+,.0f}"


def _indented(text: str, by: int = 2) -> str:
    return text.replace("\n", "\n" + " " * by)
