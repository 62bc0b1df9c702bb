"""Literal latencies in prose are refused; what is no latency, or is computed, is not."""

from __future__ import annotations

import pytest

from lessons.figures import literals
from lessons.glossary import load_glossary
from lessons.lint import lint_course, lint_glossary, lint_lesson
from lessons.loader import MODULE_4, OpenCourse


@pytest.mark.parametrize(
    "words",
    [
        "900 ms", "900ms", "1,934 ms", "0.25 s", "2s", "2 s", "1000 milliseconds", "1.5 seconds", "12 µs", "49 us",
        "two seconds", "two hundred milliseconds", "twenty-five ms", "20 thousandths of a second", "half a second",
        "ten thousandths of a second", "a quarter of a second", "a tenth of a second", "20 %", "20%", "12.5 percent",
        "five per cent", "five\n  seconds",
    ],
)  # fmt: skip
def test_a_literal_latency_or_share_is_found(words: str) -> None:
    [found] = literals(f"The service took {words}, they say.")
    assert found.words == " ".join(words.split())
    assert found.start == 17


@pytest.mark.parametrize(
    "words",
    [
        "`900 ms`", "{{ run.p95 | ms }}", "{{ 0.9 | ms }} in code", "```\nslept 900 ms\n```", "60 requests",
        "one request a second", "for a minute", "longer than a second", "within one second", "in 2018", "the 1990s",
        "the 401s", "the 57th", "2 minutes", "every 10 seconds", "pieces of ten seconds", "a ten-second piece",
        "a 60-second run", "10 requests per second", "95 % of the line", "a 99.9 % interval", "100 %", "p95",
        "step 4 of 8", "10:30", "version 1.2", "{{ run.n | count }} s", "three mysteries",
        "in 3 US regions", "ten second thoughts",
    ],
)  # fmt: skip
def test_what_is_no_literal_latency_is_left_alone(words: str) -> None:
    assert [found.words for found in literals(f"So {words} it is.")] == []


def test_every_literal_is_found_in_order() -> None:
    assert [found.words for found in literals("From 3 ms to 5 ms, in 20 % of `7 ms`.")] == [
        "3 ms",
        "5 ms",
        "20 %",
    ]


COURSE = OpenCourse(MODULE_4)


@pytest.mark.parametrize("lesson", [entry.id for entry in COURSE.entries])
def test_no_lesson_of_the_course_has_anything_to_mend(lesson: str) -> None:
    problems = lint_lesson(COURSE, lesson, load_glossary(MODULE_4))
    assert [str(problem) for problem in problems] == []


def test_the_course_as_a_whole_has_nothing_to_mend() -> None:
    assert lint_course(COURSE) == []
    assert lint_glossary(COURSE) == []
