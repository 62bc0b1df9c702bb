"""The help: keys in one part, the glossary in the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.command import CommandPalette

from lessons.glossary import load_glossary
from lessons.loader import MODULE_4
from tui.screens.glossary import GlossaryPart, TermList
from tui.screens.help import HelpScreen, open_help
from tui.screens.home import HomeScreen
from tui.screens.quiz import QuizScreen

if TYPE_CHECKING:
    from pathlib import Path

SIZES = [(60, 20), (80, 24), (120, 40), (200, 60)]
TERMS = load_glossary(MODULE_4).terms


def chosen(seat) -> str:
    terms = [found.term for found in seat.screen.query("#terms").results(TermList)]
    return terms[0].term if terms and terms[0] is not None else ""


def opened(seat) -> str | None:
    terms = [part.opened for part in seat.screen.query(GlossaryPart)]
    return terms[0].term if terms and terms[0] is not None else None


def named(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


@pytest.mark.parametrize("size", SIZES, ids=named)
async def test_help_and_glossary_are_two_parts_of_one_screen(sit, golden, size) -> None:
    async with sit(size, course=MODULE_4) as seat:
        await seat.press("question_mark")
        golden(f"help-home-{named(size)}", seat.text())
        await seat.press("tab")
        golden(f"glossary-{named(size)}", seat.text())
        await seat.press("right")
        assert "Open the lesson" in seat.text()
        await seat.press("left")
        assert "authorizer" in seat.text()
        await seat.press("escape")
        assert isinstance(seat.screen, HomeScreen)


@pytest.mark.parametrize("size", SIZES, ids=named)
async def test_a_definition_is_opened_and_left_again(sit, golden, size) -> None:
    async with sit(size, course=MODULE_4) as seat:
        await seat.press("f6", "j", "j", "down", "k")
        assert chosen(seat) == TERMS[2].term
        await seat.press("enter")
        assert opened(seat) == TERMS[2].term
        golden(f"glossary-term-{named(size)}", seat.text())
        await seat.press("escape")
        assert opened(seat) is None
        assert chosen(seat) == TERMS[2].term
        await seat.press("G")
        assert chosen(seat) == TERMS[-1].term
        await seat.press("g")
        assert chosen(seat) == TERMS[0].term


async def test_see_also_is_followed_and_every_way_leads_back(sit) -> None:
    async with sit(course=MODULE_4) as seat:
        seat.app.call_later(open_help, seat.app, term="p95")
        await seat.until(lambda: opened(seat) == "p95")
        await seat.press("j", "enter")
        assert opened(seat) == "sample size"
        await seat.press("enter")
        assert opened(seat) == "p95"
        await seat.press("escape", "escape", "escape")
        assert opened(seat) is None
        assert isinstance(seat.screen, HelpScreen)
        await seat.press("escape")
        assert isinstance(seat.screen, HomeScreen)


async def test_a_search_leaves_what_it_means(sit, golden) -> None:
    async with sit(course=MODULE_4) as seat:
        await seat.press("question_mark", "slash", *"cold")
        golden("glossary-search-80x24", seat.text())
        assert chosen(seat) == "cold start"
        await seat.press("enter")
        assert opened(seat) == "cold start"
        await seat.press("escape")
        assert opened(seat) is None
        assert seat.screen.query_one(GlossaryPart).search.value == "cold"
        await seat.press("escape")
        assert len(seat.screen.query_one("#terms", TermList).terms) == len(TERMS)


async def test_a_search_among_several_goes_on_in_the_list(sit) -> None:
    async with sit(course=MODULE_4) as seat:
        await seat.press("f6", "slash", *"sampl", "enter", "j", "enter")
        assert opened(seat) in {"head sampling", "sampling", "tail sampling", "sample size"}


async def test_a_search_without_a_result_says_so(sit) -> None:
    async with sit(course=MODULE_4) as seat:
        await seat.press("f6", "slash", *"zzz", "enter")
        assert "No term is like “zzz”." in seat.text()
        await seat.press("backspace", "backspace", "backspace")
        assert "authorizer" in seat.text()


async def test_letters_that_are_keys_elsewhere_are_typed_into_a_search(sit) -> None:
    async with sit(course=MODULE_4) as seat:
        await seat.press("f6", "slash", *"qjkw?")
        assert seat.screen.query_one(GlossaryPart).search.value == "qjkw?"


@pytest.mark.parametrize(
    ("word", "term"), [("P95S", "p95"), ("the median", "p50"), ("cold starts", "cold start")]
)
async def test_it_opens_at_a_term_by_any_of_its_forms(sit, word: str, term: str) -> None:
    async with sit(course=MODULE_4) as seat:
        seat.app.call_later(open_help, seat.app, term=word)
        await seat.until(lambda: opened(seat) == term)
        assert load_glossary(MODULE_4).find(term).text.split()[0] in seat.text()


async def test_a_term_that_is_not_there_is_searched_for(sit) -> None:
    async with sit(course=MODULE_4) as seat:
        seat.app.call_later(open_help, seat.app, term="trac")
        await seat.until(lambda: chosen(seat) == "trace")
        assert opened(seat) is None


async def test_every_definition_fits_the_smallest_window(sit) -> None:
    async with sit((60, 20), course=MODULE_4) as seat:
        await seat.press("f6")
        part = seat.screen.query_one(GlossaryPart)
        for term in TERMS:
            part.open(term.term)
            await seat.pilot.pause()
            assert part.query_one("#definition").max_scroll_y == 0, term.term


async def test_a_resize_keeps_the_place(sit) -> None:
    async with sit(course=MODULE_4) as seat:
        await seat.press("f6", *["j"] * 30)
        before = chosen(seat)
        await seat.pilot.resize_terminal(60, 20)
        await seat.pilot.pause()
        assert chosen(seat) == before
        assert before in seat.text()


async def test_a_course_without_a_glossary_says_so(sit) -> None:
    async with sit() as seat:
        await seat.press("f6")
        assert "This course has no glossary." in seat.text()
        await seat.press("j", "enter", "tab", "escape")
        assert isinstance(seat.screen, HomeScreen)


async def test_a_glossary_that_cannot_be_read_is_told_with_its_place(sit, tmp_path: Path) -> None:
    (tmp_path / "course.yaml").write_text(
        "title: T\nsummary: S\nscenario: module-4\n"
        "lessons:\n  - {id: 01-x, title: X, minutes: 1, summary: S}\n",
        encoding="utf-8",
    )
    (tmp_path / "glossary.yaml").write_text("terms:\n  - {term: a, text: T., see: [b]}\n", encoding="utf-8")
    async with sit((200, 60), course=tmp_path) as seat:
        await seat.press("f6")
        said = "".join(seat.text().replace("│", "").split())
        assert "glossary.yaml:2:31:thereisnoterm`b`" in said


async def test_the_glossary_is_there_during_a_question_and_nothing_of_it_is_lost(sit) -> None:
    async with sit() as seat:
        await seat.press("enter", "enter", "a", "1", "2")
        assert isinstance(seat.screen, QuizScreen)
        before = seat.text()
        await seat.press("f6")
        assert isinstance(seat.screen, HelpScreen)
        await seat.press("escape")
        assert seat.text() == before


async def test_its_own_key_turns_to_the_glossary_where_the_help_is_open(sit) -> None:
    async with sit(course=MODULE_4) as seat:
        await seat.press("question_mark", "f6")
        assert seat.screen.part == "glossary"
        await seat.press("escape")
        assert isinstance(seat.screen, HomeScreen)


async def test_the_palette_offers_the_glossary(sit) -> None:
    async with sit(course=MODULE_4) as seat:
        await seat.press("colon")
        await seat.until(lambda: isinstance(seat.screen, CommandPalette))
        await seat.pilot.press(*"gloss")
        await seat.until(lambda: "Glossary (f6)" in seat.text())
        await seat.press("enter")
        await seat.until(lambda: isinstance(seat.screen, HelpScreen))
        assert seat.screen.part == "glossary"
