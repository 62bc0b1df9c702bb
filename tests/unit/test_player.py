"""The player: wall time in, virtual time out. The clock is moved by hand; nothing waits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons import actions as act
from lessons.loader import OpenCourse
from lessons.session import Session
from tui.player import FRAME_S, Player

COURSE = OpenCourse(Path(__file__).parents[1] / "screens" / "course")


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Played:
    """A player with its session and clock, and what it called."""

    def __init__(self, **options: Any) -> None:
        self.clock = Clock()
        self.session = Session(COURSE.scenario, COURSE.lesson("01-load"), seed=7)
        self.player = Player(self.session, self.clock, **options)
        self.views = 0
        self.ended: list[Any] = []
        self.player.on_view = self.count
        self.player.on_settled = self.ended.append

    def count(self) -> None:
        self.views += 1

    def begin(self) -> None:
        self.session.perform(act.RunLoad())
        self.player.begin()

    def pass_time(self, wall_s: float, frame_s: float = 0.05) -> None:
        for _ in range(round(wall_s / frame_s)):
            self.clock.now += frame_s
            self.player.tick()

    def to_settled(self, frame_s: float = 0.1) -> None:
        while self.session.running:
            self.clock.now += frame_s
            self.player.tick()

    @property
    def now_s(self) -> float:
        live = self.session.live
        assert live is not None
        return live.now_s


@pytest.fixture
def played() -> Played:
    made = Played()
    made.begin()
    return made


@pytest.mark.parametrize(("speed", "virtual_s"), [("1", 2.0), ("10", 20.0)])
def test_virtual_time_is_wall_time_times_the_speed(speed: Any, virtual_s: float) -> None:
    made = Played(speed=speed)
    made.begin()
    made.pass_time(2.0)
    assert made.now_s == pytest.approx(virtual_s)


def test_without_a_run_there_is_nothing_to_play() -> None:
    made = Played()
    assert made.player.tick() is None
    assert made.player.state.mood == "ready"


def test_wall_time_before_the_run_does_not_count() -> None:
    made = Played()
    made.clock.now += 1_000
    made.begin()
    made.player.tick()
    assert made.now_s == 0.0


def test_a_pause_holds_the_clock_and_is_not_made_up_for(played: Played) -> None:
    played.pass_time(1.0)
    played.player.pause()
    assert played.player.state.mood == "paused"
    assert played.player.tick() is None
    played.pass_time(60.0)
    assert played.now_s == pytest.approx(10.0)
    played.player.pause()
    played.pass_time(1.0)
    assert played.now_s == pytest.approx(20.0)


def test_a_step_lets_one_second_pass_and_holds(played: Played) -> None:
    played.pass_time(1.0)
    played.player.step()
    played.pass_time(1.0)
    assert played.now_s == pytest.approx(11.0)
    assert played.player.state.mood == "paused"
    played.player.step()
    played.player.step()
    played.pass_time(1.0)
    assert played.now_s == pytest.approx(13.0)


def test_the_speeds_go_round(played: Played) -> None:
    assert [played.player.change_speed() for _ in range(4)] == ["60", "1", "10", "60"]


def test_from_to_the_end_the_next_speed_is_the_slowest() -> None:
    assert Played(speed="end").player.change_speed() == "1"


def test_to_the_end_settles_the_run_and_says_so_once(played: Played) -> None:
    played.player.to_end()
    assert played.player.state.mood == "rushing"
    played.player.tick()
    assert [run.settled for run in played.ended] == [True]
    assert played.session.runs == played.ended
    assert played.player.state.mood == "ended"
    assert played.player.tick() is None
    assert len(played.ended) == 1


def test_to_the_end_holds_for_one_run_only(played: Played) -> None:
    played.player.to_end()
    played.player.tick()
    played.begin()
    assert played.player.state.mood == "playing"


def test_a_run_whose_load_is_over_goes_on_to_settle_even_when_held() -> None:
    played = Played()
    [rule] = played.session.lab.rules
    played.session.lab.rules = [
        msgspec.structs.replace(rule, at_least=1_000)
    ]  # looked at in vain, once a minute
    played.begin()
    run = played.session.lab.run
    assert run is not None
    played.session.lab.advance(59.5)
    while not run.finished:
        played.session.lab.advance(0.001)
    assert not run.settled
    played.player.pause()
    assert played.player.state.mood == "settling"
    played.player.tick()
    assert run.settled
    assert len(played.ended) == 1


def test_views_come_at_most_five_times_a_second(played: Played) -> None:
    played.pass_time(2.0, frame_s=FRAME_S)
    assert 9 <= played.views <= 11


def test_views_come_twice_a_second_where_that_is_asked_for() -> None:
    made = Played(views_per_s=2.0)
    made.begin()
    made.pass_time(2.0, frame_s=FRAME_S)
    assert 4 <= made.views <= 5


@pytest.mark.parametrize("frame_s", [0.013, 0.4])
@pytest.mark.parametrize("speed", ["1", "10", "60", "end"])
def test_how_a_run_is_played_does_not_change_what_it_records(speed: Any, frame_s: float) -> None:
    rushed = Played(speed="end")
    rushed.begin()
    rushed.player.tick()
    made = Played(speed=speed)
    made.begin()
    made.to_settled(frame_s)
    [one], [other] = rushed.session.runs, made.session.runs
    for table in ("requests", "invocations", "spans", "users"):
        ours, theirs = getattr(one, table), getattr(other, table)
        assert ours.keys() == theirs.keys()
        for name in ours:
            assert np.array_equal(ours[name], theirs[name], equal_nan=ours[name].dtype.kind == "f"), name
    assert one.alerts == other.alerts


# a lab that costs wall time


class Costly:
    """Stands for a session whose lab needs `step_s` of wall time for each of `rate` kernel steps a virtual second."""

    class Run:
        settled = finished = False

    def __init__(self, clock: Clock, step_s: float, rate: float) -> None:
        self.clock, self.step_s, self.rate = clock, step_s, rate
        self.lab = self
        self.run = self.Run()
        self.now_s = 0.0
        self.slices: list[float] = []

    def advance(self, seconds: float, budget: int | None = None) -> float:
        assert budget is not None
        passed = min(seconds, budget / self.rate)
        self.clock.now += passed * self.rate * self.step_s
        self.slices[-1] += passed * self.rate * self.step_s
        self.now_s += passed
        return passed

    def drive(self, player: Player, wall_s: float) -> None:
        """Tick as the event loop does: wait as long as the player says."""
        end = self.clock.now + wall_s
        while self.clock.now < end:
            self.slices.append(0.0)
            wait = player.tick()
            assert wait is not None
            self.clock.now += max(wait, 0.0005)


def costly(step_s: float, rate: float, speed: Any = "10") -> tuple[Costly, Player]:
    clock = Clock()
    session = Costly(clock, step_s, rate)
    player = Player(session, clock, speed=speed)  # type: ignore[arg-type]
    player.begin()
    return session, player


def test_a_slice_stays_near_two_milliseconds() -> None:
    session, player = costly(step_s=20e-6, rate=30_000)
    session.drive(player, 5.0)
    settled = session.slices[50:]
    assert max(settled) <= 0.003
    assert float(np.median(settled)) == pytest.approx(0.002, rel=0.3)


def test_to_the_end_a_slice_stays_near_eight_milliseconds() -> None:
    session, player = costly(step_s=20e-6, rate=30_000)
    player.to_end()
    session.drive(player, 5.0)
    assert max(session.slices[50:]) <= 0.012


def test_a_lab_that_cannot_keep_up_slips_and_shows_its_true_speed() -> None:
    session, player = costly(step_s=20e-6, rate=30_000)
    session.drive(player, 5.0)
    true_rate = player.state.true_rate
    assert true_rate is not None
    assert true_rate < 9.0
    before, began = session.now_s, session.clock.now
    session.drive(player, 2.0)
    assert true_rate == pytest.approx((session.now_s - before) / (session.clock.now - began), rel=0.2)


def test_what_was_slipped_is_not_made_up_for() -> None:
    session, player = costly(step_s=20e-6, rate=30_000)
    session.drive(player, 5.0)
    session.step_s = 1e-9
    before = session.now_s
    session.drive(player, 1.0)
    assert session.now_s - before <= 10.0 * (1.0 + 0.3)


def test_a_lab_that_keeps_up_has_no_other_speed_than_the_one_chosen() -> None:
    session, player = costly(step_s=1e-6, rate=1_000)
    session.drive(player, 5.0)
    assert player.state.true_rate is None


@given(step_us=st.floats(0.1, 200), rate=st.floats(100, 100_000), speed=st.sampled_from(["1", "10", "60"]))
def test_virtual_time_never_runs_ahead(step_us: float, rate: float, speed: Any) -> None:
    session, player = costly(step_us * 1e-6, rate, speed)
    began = session.clock.now
    session.drive(player, 1.0)
    assert session.now_s <= (session.clock.now - began) * float(speed) + 1e-6
