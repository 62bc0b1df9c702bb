"""How many waits of a handler lie under a mark."""

from __future__ import annotations

import pytest

from lessons.waits import waits, waits_under
from simulator.deploying import read_version, versions_of
from simulator.marking import MarkError, mark

LAUNCH = read_version("request-ride@launch").source


def marked(text: str, name: str = "x") -> str:
    """The launch handler with a mark at the last line that holds a text."""
    lines = LAUNCH.split("\n")
    return mark(LAUNCH, max(i for i, line in enumerate(lines, 1) if text in line), name=name).source


@pytest.mark.parametrize("version", versions_of("request-ride"))
def test_the_handler_waits_for_the_fleet_the_discount_and_the_table(version: str) -> None:
    expected = {"plain": 2, "published-trace": 4}.get(
        version, 3
    )  # the published one asks for the discount twice
    assert waits(read_version(f"request-ride@{version}").source) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("_get_ride(", 1), ("_record_ride(", 1), ("find_unicorn(", 1), ("http.post(", 1), ("json.loads(", 0)],
)
def test_a_mark_around_one_call_covers_one_wait(text: str, expected: int) -> None:
    assert waits_under(marked(text), "x") == expected


def test_a_mark_around_everything_covers_everything_however_it_is_written() -> None:
    whole = LAUNCH.replace("    user = _get", "    context.mark.start('x')\n    user = _get").replace(
        "    _logger.info('Ride", "    context.mark.end('x')\n    _logger.info('Ride"
    )
    assert waits_under(whole, "x") == 3
    outside = whole.replace("async def handler(", "async def _x(") + (
        "\n\nasync def handler(event, context):\n    with context.mark('y'):\n        await _x(event, context)\n"
    )
    assert (waits(outside), waits_under(outside, "y")) == (3, 3)


def test_marks_of_one_name_count_together() -> None:
    one = marked("_get_ride(")
    line = max(i for i, text in enumerate(one.split("\n"), 1) if "_record_ride(" in text)
    assert waits_under(mark(one, line, name="x").source, "x") == 2


def test_calls_that_go_out_together_are_all_counted() -> None:
    assert (
        waits(
            "import asyncio\n"
            "async def _a(c):\n    await c.fleet.find_unicorn({})\n"
            "async def _b(c):\n    await _a(c)\n    await c.rides.put_item({})\n"
            "async def handler(event, context):\n    await asyncio.gather(_a(context), _b(context))\n"
        )
        == 3
    )


def test_functions_that_await_each_other_end() -> None:
    assert (
        waits(
            "async def _a(c):\n    await _b(c)\nasync def _b(c):\n    await _a(c)\n"
            "async def handler(event, context):\n    await _a(context)\n"
        )
        == 1
    )


def test_what_cannot_be_read_is_an_error() -> None:
    with pytest.raises(MarkError):
        waits("def")
    assert waits("x = 1") == 0
