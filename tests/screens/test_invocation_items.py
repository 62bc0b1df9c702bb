"""A ride's page ends with what the ride wrote into the rides table, in the table's own form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lessons.model import Start
from tests.screens.pane_app import a_session, run, settled, shown
from tui.panes.invocation_detail import invocation_text
from tui.panes.invocations import InvocationsPane

if TYPE_CHECKING:
    from lessons.session import Session

BOTH = ["request-ride", "promo-discount"]


def watched() -> Session:
    """A run of launch, with both agents on."""
    start = Start(deploy=["request-ride@launch"], monitoring=BOTH)
    return run(a_session(panes=["invocations"], start=start))


def refused(session: Session) -> list[int]:
    """The rides that failed."""
    inv = session.runs[0].of_service("request-ride")
    return [int(number) for number in inv["number"][inv["outcome"] > 0]]


async def page_of(session: Session, number: int) -> str:
    """The whole page of an invocation, on a screen where it has room."""
    async with shown(InvocationsPane(), session, (148, 80)) as (app, pilot):
        app.pane.open_target(1, number)
        await settled(pilot)
        return str(app.text())


async def test_a_ride_s_page_ends_with_what_it_wrote_into_the_table() -> None:
    session = watched()
    data = session.runs[0]
    bad, inv = refused(session), data.of_service("request-ride")
    good = next(int(number) for number in inv["number"] if number not in bad)
    (item,) = session.lab.details(data).invocations[good].items
    head, _, table = (await page_of(session, good)).partition("Rides table, what it wrote there")
    assert "Log, from the start of the handler" in head
    written = [line.split(maxsplit=1) for line in table.split("\n") if line.strip()]
    assert [name for name, _ in written] == list(item)
    assert dict(written)["DiscountMultiplier"] == '{"N": "1"}'
    assert dict(written)["RideId"] == f'{{"S": "{item["RideId"]["S"]}"}}'


async def test_of_a_ride_that_the_table_refused_nothing_was_written_and_promo_writes_nowhere() -> None:
    session = watched()
    number = refused(session)[0]
    page = await page_of(session, number)
    assert "TypeError" in page
    assert "it asked for a write, and nothing was written" in page
    promo = int(session.runs[0].of_service("promo-discount")["number"][0])
    assert "Rides table" not in await page_of(session, promo)


@pytest.mark.parametrize("width", [50, 60, 75])
def test_an_item_keeps_its_column_where_it_takes_several_lines(width: int) -> None:
    session = watched()
    data = session.runs[0]
    number = next(n for n in data.of_service("request-ride")["number"].tolist() if n not in refused(session))
    detail = session.lab.details(data).invocations[number]
    table = invocation_text(data, 1, number, detail, width).plain.partition("Rides table")[2].splitlines()[1:]
    column = 2 + len("DiscountMultiplier") + 2
    assert len(table) > len(detail.items[0])  # some take several lines
    assert all(line[:column].strip() in {*detail.items[0], ""} for line in table)
    assert all(len(line) <= width for line in table if "RideId" not in line and line[:column].strip())
