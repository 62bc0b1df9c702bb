"""A lesson as it went, in Markdown: what was expected and what happened, the answers and why, the runs in figures.

Every number comes out of the learner's own session.
"""

from __future__ import annotations

from contextlib import suppress
from copy import copy
from math import isnan
from typing import TYPE_CHECKING

from lessons import actions as act
from lessons.expressions import parse, parse_template
from lessons.hinting import hints_in_all, shown_hints
from lessons.names import FUNCTIONS
from lessons.progress import Progress
from lessons.prose import unmarked
from lessons.session import Memory, Session
from simulator.errors import NotKeptError
from simulator.metrics import needed_samples, percentile_interval, summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lessons.actions import Answer, Predict
    from lessons.loader import OpenCourse
    from lessons.model import Question, Step
    from simulator.run_data import RunData

COLUMNS = ("run", "versions", "seed", "start", "requests", "median", "p95", "p99", "longest", "answers")


def as_it_was_left(course: OpenCourse, lesson: str, progress: Progress) -> Session:
    """Open a lesson as it was left, only to look at: nothing in `progress` changes.

    Raises DocumentError, UsageError for a lesson that cannot be read. A run whose records are lost is left out.
    """
    from lessons.keeping import open_session

    other = Progress.in_memory(course=progress.course, seed=progress.seed)
    for event in progress.events(lesson):
        other.append(lesson, event.step, event.body)
    for run in progress.runs():
        if run.lesson == lesson:
            with suppress(NotKeptError):
                other.keep_run(run.id, lesson, run.settings, run.summary, progress.run_columns(run.id))
    return open_session(course, lesson, other)[0]


def lesson_markdown(session: Session, number: str) -> str:
    """Write a lesson as it went, under its number in the course."""
    lesson = session.lesson
    parts = [f"# Lesson {number}: {lesson.title}", lesson.goal.strip()]
    for place, step in enumerate(lesson.steps, start=1):
        parts += [f"## {place}. {step.title}", *Written(as_it_was(session, step), step).parts()]
    parts += ["## Runs", *_runs(session.runs)]
    return "\n\n".join(parts) + "\n"


def as_it_was(session: Session, step: Step) -> Session:
    """Give the session as it stood when the learner last went on from a step: runs, answers, what was deployed and set.

    What a step's text says of "the last run" is about the run that was the last one then.
    """
    done = session.memory.done
    left = [i for i, (at, action) in enumerate(done) if at == step.id and isinstance(action, act.GoOn)]
    if not left:
        return session
    then, memory = copy(session), Memory(done=done[: left[-1]])
    for at, action in memory.done:
        match action:
            case act.Answer():
                memory.take(action)
            case act.Predict():
                memory.predictions[action.question] = action
            case act.AskHint():
                memory.hints.setdefault(at, []).append(action.clause)
            case act.CompareRuns():
                memory.compared = (action.before, action.after)
            case _:
                pass
    then.memory = memory
    then.runs = session.runs[: sum(isinstance(action, act.RunLoad) for _, action in memory.done)]
    lab = Session(session.recordings.scenario, session.lesson, session.seed, incident=session.incident)
    lab.replay(memory.done, [])
    then.lab, then.versions = lab.lab, lab.versions
    return then


class Written:
    """One step, written down."""

    def __init__(self, session: Session, step: Step) -> None:
        self.session = session
        self.step = step

    def parts(self) -> Iterator[str]:
        """Give its paragraphs: what there was to do, what was expected, what happened, what was answered."""
        step, memory = self.step, self.session.memory
        if step.do:
            yield self.text(step.do)
        if step.predict is not None:
            yield from self.prediction(step.predict, memory.predictions.get(step.predict.id))
        if step.afterwards and self.met:
            yield self.text(step.afterwards)
        if step.question is not None:
            yield from self.question(step.question, memory.answers.get(step.question.id))
        if shown := len(shown_hints(step, memory)):
            yield f"Hints asked for: {shown} of {hints_in_all(step, memory)}."

    @property
    def met(self) -> bool:
        """Whether the step is done: the learner went on from it, or may."""
        gone_on = self.session.lesson.steps.index(self.step) < self.session.place
        return gone_on or self.session.verdict(self.step).met

    def text(self, template: str) -> str:
        """Fill in what a text says of this session."""
        rendered = parse_template(template).render(self.session.scope(self.step), functions=FUNCTIONS)
        return unmarked(rendered.strip())

    def prediction(self, question: Question, given: Predict | None) -> Iterator[str]:
        """Put what was expected beside what it was."""
        yield self.text(question.ask)
        yield f"- Expected: {self.given(question, given)}"
        yield from self.because(question, given)
        if question.value is not None:
            value = parse(question.value).evaluate(self.session.scope(self.step), FUNCTIONS)
            if isinstance(value, int | float) and not isinstance(value, bool):
                yield f"- It was: **{number_text(float(value), question.unit)}**"

    def question(self, question: Question, given: Answer | None) -> Iterator[str]:
        """Put the answer under its question, with how it was judged and why."""
        yield f"**{self.text(question.ask)}**"
        if given is None:
            yield "- Not answered."
            return
        tries = self.session.memory.tries.get(question.id, 1)
        right = question.id in self.session.memory.right
        judged = "right" if given.right else "right before" if right else "not right"
        often = f", at the {_ordinal(tries)} try" if tries > 1 else ""
        yield f"- Answer: {self.given(question, given)} ({judged}{often})"
        yield from self.because(question, given)

    def because(self, question: Question, given: Answer | Predict | None) -> Iterator[str]:
        """Quote what was said to the choices that were made, and to the question itself."""
        chosen = given.choices if given is not None and question.kind != "order" else ()
        for text in (*(one.because for one in question.choices if one.id in chosen), question.because):
            if text:
                yield "\n".join(f"> {line}".rstrip() for line in self.text(text).split("\n"))

    def given(self, question: Question, given: Answer | Predict | None) -> str:
        """Write an answer in the words of its question."""
        if given is None:
            return "nothing"
        if question.kind == "number":
            return "nothing" if given.number is None else number_text(given.number, question.unit)
        if question.kind == "line" and given.number is not None:
            return f"line {given.number:.0f}"
        labels = {choice.id: self.text(choice.label) for choice in question.choices}
        order = (
            given.choices if question.kind in {"order", "span"} else [i for i in labels if i in given.choices]
        )
        return "; ".join(labels.get(one, one).rstrip(".") for one in order) or "none of them"


def _runs(runs: list[RunData]) -> Iterator[str]:
    """Write the runs as a table, times in ms."""
    if not runs:
        yield "No run was made."
        return
    lines = [
        COLUMNS,
        ("---",) * len(COLUMNS),
        *(_row(number, run) for number, run in enumerate(runs, start=1)),
    ]
    yield "\n".join(f"| {' | '.join(line)} |" for line in lines)
    yield "Times in ms, on the client's clock, of all answered requests; percentiles are exact (linear)."


def _row(number: int, run: RunData) -> tuple[str, ...]:
    one = summary(run.latencies_s)
    versions = ", ".join(f"{name}@{run.refs[name]}" for name in run.settings.scenario.functions)
    codes = ", ".join(f"{n} x {code}" for code, n in run.codes.items())
    unanswered = f", {len(run.errors)} unanswered" if run.errors else ""
    return (
        str(number),
        versions,
        str(run.settings.seed),
        run.settings.start,
        f"{run.sent:,}",
        _ms(one.median),
        _tail(run, 0.95),
        _tail(run, 0.99),
        _ms(one.max),
        (codes or "none") + unanswered,
    )


def _tail(run: RunData, p: float) -> str:
    """Write a percentile with its 95 % interval, or what it would have needed."""
    if len(run.latencies_s) < needed_samples(p):
        return f"cannot tell (needs {needed_samples(p)})"
    value = getattr(summary(run.latencies_s), f"p{p * 100:.0f}")
    interval = percentile_interval(run.latencies_s, p)
    return _ms(value) + (f" ({_ms(interval.low)} to {_ms(interval.high)})" if interval is not None else "")


def _ms(seconds: float) -> str:
    return "-" if isnan(seconds) else f"{seconds * 1000:,.0f}"


def number_text(value: float, unit: str = "") -> str:
    """Write a number for people, with its unit."""
    digits = f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{digits} {unit}".strip()


def _ordinal(number: int) -> str:
    suffix = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
