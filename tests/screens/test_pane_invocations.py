"""The Invocations pane: the monitoring page, one invocation's page, and a ride's whole exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from textual.widgets import Input

from lessons import actions as act
from lessons.model import Start
from simulator.storing import pack, unpack
from tests.screens.pane_app import (
    BESIDE,
    LARGE,
    NARROW,
    SCREEN_KEYS,
    SMALL,
    TRACED,
    a_session,
    expect_golden,
    keys_of,
    press,
    run,
    settled,
    shown,
)
from tui.panes import details_reader
from tui.panes.exchange import parts
from tui.panes.invocation_list import InvocationList
from tui.panes.invocations import InvocationsPane

if TYPE_CHECKING:
    from lessons.session import Session
    from simulator.run_data import RunData

PANES = ["alerts", "invocations", "trace"]
BOTH = ["request-ride", "promo-discount"]
LAUNCH = "request-ride@launch"


def watching(monitoring: list[str] | None = None, **lesson: Any) -> Session:
    return a_session(**({"panes": PANES, "start": Start(deploy=[LAUNCH], monitoring=monitoring)} | lesson))


def numbers(app: Any) -> list[int | None]:
    """The invocations listed, in order."""
    listed = app.query_one(InvocationList)
    return [listed.number_at(place) for place in range(listed.count)]


def failed(data: RunData) -> list[int]:
    inv = data.of_service("request-ride")
    return [int(n) for n in inv["number"][(inv["outcome"] > 0) | (inv["status"] >= 500)]]


async def test_without_a_run_it_says_what_will_be_here() -> None:
    async with shown(InvocationsPane(), watching()) as (app, pilot):
        assert "No run yet. r sends the load" in app.text()
        await press(pilot, "enter", "o", "t", "s", "f", "p")
        assert (app.performed, app.pointed) == ([], [])


@pytest.mark.parametrize(
    ("name", "size"), [("narrow", NARROW), ("small", SMALL), ("beside", BESIDE), ("large", LARGE)]
)
async def test_the_watched_invocations_of_the_last_run_are_listed(name: str, size: tuple[int, int]) -> None:
    async with shown(InvocationsPane(), run(watching()), size) as (app, _):
        expect_golden(f"invocations_{name}", app.text())
        assert "60 of 60" in app.text()
        assert "promo-discount: its agent is dormant: nothing is reported" in " ".join(app.text().split())


@pytest.mark.parametrize(("name", "size"), [("small", SMALL), ("large", LARGE)])
async def test_with_two_watched_functions_each_line_names_its_own(name: str, size: tuple[int, int]) -> None:
    async with shown(InvocationsPane(), run(watching(BOTH)), size) as (app, _):
        expect_golden(f"invocations_services_{name}", app.text())
        assert "120 of 120" in app.text()
        assert "dormant" not in app.text()


async def test_a_dormant_agent_and_one_whose_token_is_wrong_are_told_apart() -> None:
    async with shown(InvocationsPane(), run(watching([]))) as (app, _):
        assert "request-ride: its agent is dormant: nothing is reported" in " ".join(app.text().split())
    session = watching()
    session.lab.tokens["request-ride"] = "mistyped"
    async with shown(InvocationsPane(), run(session)) as (app, _):
        assert "its agent's token is not known: its reports are rejected" in " ".join(app.text().split())


async def test_s_sorts_by_time_and_by_duration_either_way_round_with_the_cursor_on_top() -> None:
    session = run(watching())
    inv = session.runs[0].of_service("request-ride")

    def by(column: str, sign: int) -> list[int]:
        return [int(n) for n in inv["number"][np.argsort(sign * inv[column], kind="stable")]]

    async with shown(InvocationsPane(), session) as (app, pilot):
        assert numbers(app) == by("start_s", 1)
        for key, column, sign in (("s", "duration_s", -1), ("s", "duration_s", 1), ("s", "start_s", -1)):
            await press(pilot, "G", key)
            assert numbers(app) == by(column, sign)
            assert app.query_one(InvocationList).cursor == 0
        await press(pilot, "s")
        assert numbers(app) == by("start_s", 1)


async def test_f_goes_through_the_filters_and_says_how_many_of_all_are_left() -> None:
    session = run(watching())
    inv = session.runs[0].of_service("request-ride")
    slow = inv["duration_s"] > 1.0
    bad = (inv["outcome"] > 0) | (inv["status"] >= 500)
    async with shown(InvocationsPane(), session) as (app, pilot):
        for words, mask in (
            ("slow over 1,000 ms", slow),
            ("fast at most 1,000 ms", ~slow),
            ("failed", bad),
            ("cold start", inv["cold_s"] > 0),
            ("all", slow | ~slow),
        ):
            await press(pilot, "f")
            assert f"{mask.sum()} of 60  {words}, by time" in app.text()
            assert set(numbers(app)) == set(inv["number"][mask].tolist())


async def test_the_threshold_of_slow_is_the_lessons() -> None:
    session = run(watching(slow_over_ms=400))
    async with shown(InvocationsPane(), session) as (app, pilot):
        await press(pilot, "f")
        slow = int((session.runs[0].of_service("request-ride")["duration_s"] > 0.4).sum())
        assert f"{slow} of 60  slow over 400 ms" in app.text()


async def find(search: str, session: Session) -> set[int | None]:
    async with shown(InvocationsPane(), session) as (app, pilot):
        await press(pilot, "slash")
        app.query_one(Input).value = search
        await settled(pilot)
        return set(numbers(app))


async def test_a_search_finds_durations_requests_numbers_errors_tags_and_services() -> None:
    session = run(watching(BOTH))
    inv = session.runs[0].invocations
    bad = (inv["outcome"] > 0) | (inv["status"] >= 500)
    ride = inv["service"] == session.runs[0].services.index("request-ride")
    for search, mask in (
        (">1000", inv["duration_s"] > 1.0),
        (">= 1s", inv["duration_s"] >= 1.0),
        ("<=300 ride", (inv["duration_s"] <= 0.3) & ride),
        ("57", inv["request"] == 57),
        ("201", (inv["request"] == 201) | (inv["status"] == 201)),
        ("#12", inv["number"] == 12),
        ("TYPEERROR", bad),
        ("cold start", inv["cold_s"] > 0),
        ("promo", ~ride),
        ("request-ride@launch error", ride & bad),
        ("Float types", bad),  # said by the exception, read from the log
        ("nothing like it", np.zeros(len(ride), dtype=bool)),
    ):
        assert await find(search, session) == set(inv["number"][mask].tolist()), search


async def test_in_the_search_letters_are_text_enter_keeps_it_and_escape_ends_it() -> None:
    session = run(watching())
    async with shown(InvocationsPane(), session) as (app, pilot):
        await press(pilot, "slash", *"footprints", "escape")
        assert "60 of 60" in app.text()
        await press(pilot, "slash", *">1000", "enter")
        assert "14 of 60  all, by time, search: >1000" in app.text()
        await press(pilot, "s")
        assert "longest first, search: >1000" in app.text()
        await press(pilot, "slash", *"00", "enter", "j")
        assert "None of the 60 invocations passes this filter and search." in app.text()
        await press(pilot, "escape")
        assert "60 of 60" in app.text()
        assert app.performed == []


async def test_enter_opens_the_page_of_a_failed_one_with_its_error_and_traceback() -> None:
    session = run(watching())
    number = failed(session.runs[0])[0]
    async with shown(InvocationsPane(), session, (76, 30)) as (app, pilot):
        await press(pilot, "f", "f", "f", "enter")
        expect_golden("invocation_failed", app.text())
        assert app.performed == [act.OpenInvocation(number=number, run=1)]
        assert "TypeError: Float types are not supported." in app.text()
        assert 'File "request-ride@launch", line' in app.text()


async def test_the_page_shows_the_sandbox_beside_the_process_and_the_log_with_its_offsets() -> None:
    session = run(watching())
    async with shown(InvocationsPane(), session) as (app, pilot):
        await press(pilot, "G", "enter")
        expect_golden("invocation", app.text())
        row = session.runs[0].row(app.performed[0].number)  # type: ignore[attr-defined]
        detail = session.lab.details(session.runs[0]).invocations[row["number"]]
        assert f"{row['idle'] * 100:.2f} %" in app.text()
        assert f"{row['cpu_s'] * 1000:.2f} ms" in app.text()
        [(offset, level, message)] = detail.log
        assert f"{offset * 1000:.2f} ms  {level}" in app.text()
        assert message in app.text()


async def test_left_and_right_open_the_neighbors_in_the_list_and_escape_goes_back_to_it() -> None:
    async with shown(InvocationsPane(), run(watching())) as (app, pilot):
        await press(pilot, "s", "enter", "right", "right", "left")
        order = numbers(app)
        assert [action.number for action in app.performed] == [order[0], order[1], order[2], order[1]]  # type: ignore[attr-defined]
        await press(pilot, "escape")
        assert app.query_one(InvocationList).number == order[1]
        assert app.query_one(InvocationList).has_focus


async def test_a_click_puts_the_cursor_and_a_click_on_the_cursor_opens() -> None:
    async with shown(InvocationsPane(), run(watching())) as (app, pilot):
        for _ in range(2):
            await pilot.click(InvocationList, offset=(8, 4))
            await settled(pilot)
        assert app.performed == [act.OpenInvocation(number=numbers(app)[3] or -1, run=1)]


async def test_o_opens_the_whole_exchange_and_the_clients_clock_beside_the_functions() -> None:
    session = run(watching())
    async with shown(InvocationsPane(), session, (76, 40)) as (app, pilot):
        await press(pilot, "f", "f", "f", "o")
        row = session.runs[0].row(failed(session.runs[0])[0])
        assert app.performed == [act.OpenRequest(number=row["request"], run=1)]
        expect_golden("exchange", app.text())
        assert "POST /prod/ride HTTP/1.1" in app.text()
        assert "HTTP/1.1 502 Bad Gateway" in app.text()
        await press(pilot, "escape")
        assert app.query_one(InvocationList).has_focus
        await press(pilot, "enter", "o", "escape")
        assert f"Invocation {row['number']} of run 1" in app.text()


def test_the_parts_of_a_latency_add_up_to_it_for_every_request() -> None:
    data = run(watching()).runs[0]
    for request, latency in enumerate(data.requests["latency_s"].tolist()):
        found = {part.name: part.seconds for part in parts(data, request)}
        row = data.row(int(data.requests["invocation"][request]))
        assert sum(found.values()) == pytest.approx(latency, abs=1e-9)
        assert found["handler of request-ride"] == pytest.approx(row["duration_s"])
        assert found.get("cold start", 0.0) == pytest.approx(row["cold_s"], abs=1e-6)


async def test_of_a_function_that_is_not_watched_the_exchange_shows_the_clients_clock_alone() -> None:
    async with shown(InvocationsPane(), run(watching([]))) as (app, pilot):
        app.pane.open_target(1, "request:7")
        await settled(pilot)
        assert "The function's own clock is not known." in app.text()
        assert "handler of" not in app.text()
        app.pane.open_target(1, 7)
        await settled(pilot)
        assert "its agent is dormant: nothing is reported" in app.text()


async def test_a_request_that_the_gateway_answered_alone_asked_no_function() -> None:
    session = watching()
    session.perform(act.RunLoad(plan="artillery-no-token.yml"))
    session.finish()
    async with shown(InvocationsPane(), session, (76, 30)) as (app, pilot):
        assert "No invocation in this run." in app.text()
        app.pane.open_target(1, "request:3")
        await settled(pilot)
        assert "no function was asked" in app.text()
        assert "HTTP/1.1 401 Unauthorized" in app.text()


async def test_t_points_at_the_trace_from_the_list_and_from_the_page() -> None:
    async with shown(InvocationsPane(), run(watching(), TRACED)) as (app, pilot):
        await press(pilot, "j", "t", "enter", "t")
        second = numbers(app)[1]
        assert [(one.pane, one.run, one.target) for one in app.pointed] == [("trace", 1, second)] * 2
    async with shown(InvocationsPane(), run(watching(panes=["invocations"]))) as (app, pilot):
        await press(pilot, "t")
        assert app.pointed == []


async def test_an_invocation_of_a_run_under_way_opens_with_its_log() -> None:
    session = watching()
    session.perform(act.RunLoad())
    session.lab.advance(20.0)
    async with shown(InvocationsPane(), session) as (app, pilot):
        assert "Run 1, under way" in app.text()
        before = app.query_one(InvocationList).count
        await press(pilot, "G", "enter")
        assert "info" in app.text()
        await press(pilot, "escape")
        number = app.query_one(InvocationList).number
        session.lab.advance(20.0)
        app.push()
        await settled(pilot)
        assert app.query_one(InvocationList).count > before
        assert app.query_one(InvocationList).number == number


async def test_a_stored_run_of_an_earlier_session_opens_just_the_same() -> None:
    first = run(watching())
    later = watching()
    later.runs = [unpack(*pack(first.runs[0]))]
    pages = []
    for session in (first, later):
        async with shown(InvocationsPane(), session, (76, 40)) as (app, pilot):
            await press(pilot, "f", "f", "f", "enter")
            pages.append(app.text())
            await press(pilot, "o")
            pages.append(app.text())
    assert pages[:2] == pages[2:]


async def test_a_long_run_is_read_in_a_thread_and_its_figures_come_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(details_reader, "QUICK_STEPS", 0)
    session = run(watching())
    pane = InvocationsPane()
    async with shown(pane, session) as (app, pilot):
        pane.open_target(1, numbers(app)[-1])
        assert "Reading its log again" in app.query_one("#invocations-detail").text.plain  # type: ignore[attr-defined]
        await app.workers.wait_for_complete()
        await settled(pilot)
        assert "Reading" not in app.text()
        assert "info" in app.text()


async def test_p_and_the_arrows_go_through_the_runs_and_a_new_run_comes_by_itself() -> None:
    session = run(run(watching()), new=True)
    async with shown(InvocationsPane(), session) as (app, pilot):
        assert "Run 2 of 2" in app.text()
        await press(pilot, "p")
        assert "Run 1 of 2" in app.text()
        await press(pilot, "right", "left")
        assert "Run 1 of 2" in app.text()
        run(session, new=True)
        app.push()
        await settled(pilot)
        assert "Run 3 of 3" in app.text()


async def test_what_another_pane_points_at_opens_and_is_listed_whatever_was_filtered() -> None:
    session = run(run(watching()), new=True)
    inv = session.runs[0].of_service("request-ride")
    quick = int(inv["number"][int(np.argmin(inv["duration_s"]))])
    async with shown(InvocationsPane(), session) as (app, pilot):
        await press(pilot, "f")
        app.pane.open_target(1, quick)
        await settled(pilot)
        assert f"Invocation {quick} of run 1" in app.text()
        await press(pilot, "escape")
        assert app.query_one(InvocationList).number == quick


async def test_of_a_hundred_thousand_rows_only_those_in_sight_are_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dataclasses import replace

    from simulator.columns import Frozen

    session = run(watching())
    data = session.runs[0]
    columns = {name: np.tile(column, 1_000) for name, column in data.invocations.items()}
    columns["number"] = np.arange(len(columns["number"]), dtype=np.uint32)
    session.runs[0] = replace(data, frozen_invocations=Frozen(data.frozen_invocations.schema, (columns,)))
    drawn: list[int] = []
    draw = InvocationList.row_runs
    monkeypatch.setattr(InvocationList, "row_runs", lambda self, i, w: drawn.append(i) or draw(self, i, w))
    async with shown(InvocationsPane(), session) as (app, pilot):
        assert app.query_one(InvocationList).count == 60_000
        await press(pilot, "G", "s")
        assert 0 < len(set(drawn)) <= 3 * SMALL[1]


async def test_the_summary_follows_what_is_open() -> None:
    pane = InvocationsPane()
    async with shown(pane, run(watching())) as (_, pilot):
        await press(pilot, "f")
        assert pane.summary().startswith(
            "14 of 60 invocations of run 1 are listed (slow over 1,000 ms, by time): "
        )
        await press(pilot, "enter")
        assert pane.summary().startswith("Invocation 1 of run 1, request-ride: 1,")
        await press(pilot, "o")
        assert pane.summary().startswith("Request 1 of run 1: the rider waited 2,")


def test_no_key_of_the_screen_is_taken() -> None:
    assert not keys_of(InvocationsPane) & SCREEN_KEYS
