"""Words of the glossary in lessons: how they are marked, what is wrong with a mark, and who must mark them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from lessons.glossary import Glossary, Term
from lessons.model import Choice, Question, Step
from lessons.prose import HIDDEN, loose_marks, marked, mentions, prose, unmarked
from lessons.reading import Text
from lessons.terms import Reader, term_problems, words_of
from tui.widgets.prose import Prose

GLOSSARY = Glossary(
    (
        Term(term="p95", also=("p95s",), text="T.", watch=True),
        Term(term="cold start", also=("cold starts", "cold"), text="T.", watch=True),
        Term(term="sampling", text="T.", watch=True),
        Term(term="head sampling", text="T.", watch=True),
        Term(term="run", text="T."),
    )
)


def text(words: str, *, is_prose: bool = True) -> Text:
    return Text(("steps", 0, "text"), words, prose=is_prose)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("The [[p95]] says", [("p95", "p95")]),
        ("the [[slow end|tail]] of [[p99]]", [("slow end", "tail"), ("p99", "p99")]),
        ("a [[cold\nstart]]", [("cold\nstart", "cold start")]),
        ("**[[p95]]s**", [("p95", "p95")]),
        (r"plain \[[p95]]", []),
        ("code `[[1, 2]]` and [[p95]]", [("p95", "p95")]),
        ("```json\n[[1, 2]]\n```\nthen [[p95]]", [("p95", "p95")]),
        ("`` ` [[p95]] ``", []),
        ("an insert {{ '[[p95]]' }}", []),
        ("[one](a.md) [two]", []),
    ],
)
def test_marks_are_found_outside_code(words: str, found: list[tuple[str, str]]) -> None:
    assert [(mention.words, mention.term) for mention in mentions(words)] == found


def test_a_text_without_marks_is_the_words_alone() -> None:
    assert unmarked("The [[slow end|tail]], `[[x]]`, [[p95]].") == "The slow end, `[[x]]`, p95."
    assert unmarked("nothing") == "nothing"


@given(st.text(st.sampled_from("[]|`~{}'\\ \np9")))
def test_any_text_keeps_its_length_and_its_lines_as_prose(words: str) -> None:
    hidden = prose(words)
    assert len(hidden) == len(words)
    assert [i for i, letter in enumerate(hidden) if letter == "\n"] == [
        i for i, letter in enumerate(words) if letter == "\n"
    ]
    assert all(new in {old, HIDDEN} for old, new in zip(words, hidden, strict=True))
    for mention in mentions(words):
        assert words[mention.start : mention.start + 2] == "[["
        assert words[mention.end - 2 : mention.end] == "]]"
    assert marked(words, lambda one: words[one.start : one.end]) == words


@pytest.mark.parametrize(
    ("words", "places"), [("a [[b", [2]), ("a b]] c", [3]), ("[[ok]]", []), (r"\[[ok", [])]
)
def test_half_a_mark_is_found(words: str, places: list[int]) -> None:
    assert list(loose_marks(words)) == places


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("[[p59]]", "no term `p59` in the glossary; did you mean `p95`?"),
        ("[[quux]]", "no term `quux` in the glossary: add it to glossary.yaml"),
        ("[[|p95]]", "there are no words in this mark"),
        ("[[p95", "half a mark"),
    ],
)
def test_a_mark_that_leads_nowhere_is_told_with_what_was_meant(words: str, what: str) -> None:
    [trouble] = term_problems(text("See " + words), GLOSSARY)
    assert trouble.what.startswith(what)
    assert trouble.start == 4


def test_marks_stand_only_where_they_can_be_seen() -> None:
    [trouble] = term_problems(text("A [[p95]]", is_prose=False), GLOSSARY)
    assert "not marked here" in trouble.what
    assert not list(term_problems(text("A [[p95]], [[Cold  Starts]], [[it|run]]"), GLOSSARY))


def test_a_watch_word_is_to_be_marked_where_it_first_appears_and_not_again() -> None:
    reader = Reader(GLOSSARY)
    [trouble] = reader.unexplained(text("A p95 is no run. The [[p95]] again, p95s and P95."))
    assert trouble.what == "`p95` is used for the first time: write `[[p95]]`"
    assert (trouble.start, trouble.length) == (2, 3)
    assert not list(reader.unexplained(text("More p95.")))


def test_a_watch_word_in_any_form_is_found_as_a_whole_word() -> None:
    reader = Reader(GLOSSARY)
    found = [trouble.what for trouble in reader.unexplained(text("`p95` xp95 p95x Cold\nstarts are colder."))]
    assert found == ["`Cold starts` is used for the first time: write `[[Cold starts]]`"]


def test_the_longest_term_counts() -> None:
    reader = Reader(GLOSSARY)
    found = [trouble.what for trouble in reader.unexplained(text("[[head sampling]], then sampling."))]
    assert found == ["`sampling` is used for the first time: write `[[sampling]]`"]


def test_what_an_earlier_lesson_marked_is_known() -> None:
    reader = Reader(GLOSSARY)
    reader.introduce(text("The [[p95]]."))
    assert not list(reader.unexplained(text("p95")))


def test_nothing_is_watched_without_a_glossary() -> None:
    assert not list(Reader(Glossary()).unexplained(text("A p95.")))


def test_a_steps_words_stand_in_the_order_in_which_they_are_read() -> None:
    choices = [
        Choice(id="a", text="[[run]]", because="[[hidden]]"),
        Choice(id="b", text="x", because="y", right=True),
    ]
    step = Step(
        id="s",
        title="S",
        text="[[p95]] and [[slow|cold start]], [[p95]]",
        question=Question(id="q", ask="[[sampling]]?", choices=choices),
        hints=["[[head sampling]]"],
    )
    assert words_of(step) == ("p95", "cold start", "sampling", "run", "head sampling")


class Page(App[None]):
    def compose(self) -> ComposeResult:
        yield Prose("A **[[p95]]** is `[[code]]`, the [[slow end|tail]] is not.")


async def test_marked_words_are_underlined_and_their_brackets_gone() -> None:
    app = Page()
    async with app.run_test(size=(80, 5)) as pilot:
        await pilot.pause()
        prose_widget = app.query_one(Prose)
        segments = [part for strip in prose_widget.render_lines(prose_widget.size.region) for part in strip]
        assert "".join(part.text for part in segments).startswith("A p95 is [[code]], the slow end is not.")
        underlined = "".join(part.text for part in segments if part.style and part.style.underline)
        assert underlined == "p95slow end"
