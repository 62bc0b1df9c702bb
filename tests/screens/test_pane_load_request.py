"""From the Load pane `o` opens a request: what its rider sees of it, and nothing that it takes an agent to see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from lessons import actions as act
from lessons.model import Start
from tests.screens.pane_app import NARROW, SMALL, a_session, press, run, settled, shown
from tui.panes.load import LoadPane
from tui.panes.reported import exact_ms_text

if TYPE_CHECKING:
    from lessons.session import Session
    from simulator.run_data import RunData
    from tests.screens.pane_app import PaneApp

DARK = Start(deploy=["request-ride@launch"], monitoring=[])
LINE_UP = ("v",) * 4


def dark(**lesson: Any) -> Session:
    """A lesson in which nobody watches a function, as in lesson 1."""
    return run(a_session(panes=["load", "map"], **({"start": DARK} | lesson)))


def in_order(data: RunData) -> list[int]:
    """The numbers of the answered requests, the fastest first."""
    latency = data.requests["latency_s"]
    order = [row for row in np.argsort(latency, kind="stable") if not np.isnan(latency[row])]
    return [int(data.requests["number"][row]) for row in order]


def opened(app: PaneApp) -> int | None:
    """The number of the request that was opened last."""
    asked = [action for action in app.performed if isinstance(action, act.OpenRequest)]
    return int(asked[-1].number) if asked else None


@pytest.mark.parametrize("size", [NARROW, SMALL])
async def test_without_a_cursor_it_is_the_slowest_and_escape_closes_it(size: tuple[int, int]) -> None:
    session = dark()
    slowest = in_order(session.runs[0])[-1]
    async with shown(LoadPane(), session, size) as (app, pilot):
        await press(pilot, "o")
        assert app.performed == [act.OpenRequest(number=slowest, run=1)]
        assert f"Request {slowest} of run 1: the rider waited" in app.text()
        assert exact_ms_text(float(session.runs[0].latencies_s.max())) in app.text()
        assert "content-type: application/json" in app.text()
        assert app.pane.summary().startswith(f"Request {slowest} of run 1")
        await press(pilot, "G")
        assert '"DiscountMultiplier"' in app.text() or "There seems to be an error" in app.text()
        await press(pilot, "escape")
        assert "[chart]" in app.text()
        assert "content-type: application/json" not in app.text()


async def test_in_line_it_is_the_one_under_the_cursor() -> None:
    session = dark()
    fastest, second = in_order(session.runs[0])[:2]
    async with shown(LoadPane(), session) as (app, pilot):
        await press(pilot, *LINE_UP, "right", "o")
        assert opened(app) == fastest
        await press(pilot, "escape", "right", "o")
        assert opened(app) == second


async def test_in_the_chart_it_is_the_slowest_of_the_column_under_the_cursor() -> None:
    session = dark()
    requests = session.runs[0].requests
    async with shown(LoadPane(), session) as (app, pilot):
        for _ in range(8):  # requests come one a second, and not every column has one
            await press(pilot, "right")
            reading = app.pane.views.picture().reading()  # type: ignore[attr-defined]
            await press(pilot, "o")
            if not reading.requests:
                continue
            at = list(requests["number"]).index(opened(app))
            assert reading.from_s <= requests["sent_s"][at] <= reading.to_s
            assert requests["latency_s"][at] == reading.slowest_s
            await press(pilot, "escape")
        assert len({action for action in app.performed if isinstance(action, act.OpenRequest)}) > 1


@pytest.mark.parametrize("monitoring", [[], ["request-ride", "promo-discount"]])
async def test_it_shows_one_time_and_not_what_it_was_spent_on(monitoring: list[str]) -> None:
    session = dark(start=Start(deploy=["request-ride@launch"], monitoring=monitoring))
    async with shown(LoadPane(), session, (120, 60)) as (app, pilot):
        await press(pilot, "o")
        text = app.text()
        assert "the rider waited" in text
        for inner in ("cold start", "handler of", "agent", "share", "own clock"):
            assert inner not in text.partition("sent at")[0]


async def test_where_the_lesson_has_the_invocations_pane_it_opens_there() -> None:
    session = run(a_session(panes=["load", "invocations"]))
    slowest = in_order(session.runs[0])[-1]
    async with shown(LoadPane(), session) as (app, pilot):
        await press(pilot, "o")
        assert [(one.pane, one.run, one.target) for one in app.pointed] == [
            ("invocations", 1, f"request:{slowest}")
        ]
        assert app.performed == []
        assert "[chart]" in app.text()


async def test_before_an_answer_there_is_nothing_to_open_and_a_new_run_closes_what_was() -> None:
    session = a_session(panes=["load", "map"], start=DARK)
    async with shown(LoadPane(), session) as (app, pilot):
        await press(pilot, "o")
        session.perform(act.RunLoad())
        app.push()
        await press(pilot, "o")
        assert app.performed == []
        session.finish()
        app.push()
        await press(pilot, "o")
        assert opened(app) is not None
        session.perform(act.RunLoad())
        app.push()
        await settled(pilot)
        assert "the rider waited" not in app.text()
