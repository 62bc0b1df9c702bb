"""The player's slices: short whatever a step costs, out of the way of the interface, and shown no oftener than is good.

The lab here is one whose steps cost as much wall time as a test says; the clock moves with them, and nothing waits.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from tui.player import FRAME_S, REST_S, SLICE_S, VIEW_SHARE, Player

QUICK_S, SLOW_S = 2e-6, 5e-4
"""What a step costs mostly, and where it starts a container."""


class Bench:
    """A player with a lab that makes `steps_per_s` steps in a virtual second, each for `step_s` of wall time."""

    def __init__(self, *, step_s: float = QUICK_S, steps_per_s: float = 200_000.0) -> None:
        self.now = 100.0
        self.step_s = step_s
        self.steps_per_s = steps_per_s
        self.view_s = 0.0
        self.views: list[float] = []
        self.virtual_s = 0.0
        run = SimpleNamespace(settled=False, finished=False)
        lab = SimpleNamespace(run=run, advance=self.advance)
        self.player = Player(cast("Any", SimpleNamespace(lab=lab)), lambda: self.now, speed="10")
        self.player.on_view = self.view
        self.player.begin()

    def advance(self, seconds: float, budget: int) -> float:
        steps = min(budget, seconds * self.steps_per_s)
        self.now += steps * self.step_s
        self.virtual_s += (passed := steps / self.steps_per_s)
        return passed

    def view(self) -> None:
        self.views.append(self.now)
        self.now += self.view_s

    def tick(self, interface_s: float = 0.0) -> float:
        """Let the player wait as it asked, and the interface work; gives how long its next slice takes."""
        self.now += interface_s
        begun = self.now
        waits = self.player.tick()
        assert waits is not None
        taken = self.now - begun
        self.now += waits
        return taken

    def settle_in(self, slices: int = 200) -> None:
        for _ in range(slices):
            self.tick()


def test_a_slice_keeps_to_its_length() -> None:
    bench = Bench()
    bench.settle_in()
    assert all(0.5 * SLICE_S < bench.tick() < 1.5 * SLICE_S for _ in range(100))


def test_steps_that_suddenly_cost_much_make_one_longer_slice_and_no_more() -> None:
    bench = Bench()
    bench.settle_in()
    bench.step_s = SLOW_S
    first, *later = [bench.tick() for _ in range(20)]
    assert first < 0.15
    assert max(later[1:]) < 0.02


def test_the_first_slices_are_short_even_where_each_step_costs_much() -> None:
    bench = Bench(step_s=SLOW_S)
    bench.now += 1.0
    assert all(bench.tick() < 0.05 for _ in range(20))


def test_a_lab_that_is_behind_gives_way_to_an_interface_at_work() -> None:
    bench = Bench()
    bench.settle_in()
    bench.tick(interface_s=0.002)
    assert bench.player._wait_s == REST_S
    bench.tick()
    assert bench.player._wait_s == 0.0  # nobody wants anything: on with it


def test_a_lab_that_keeps_up_waits_for_the_next_frame_in_either_case() -> None:
    bench = Bench(steps_per_s=100.0)
    for interface_s in (0.0, 0.005):
        bench.tick(interface_s)
        assert bench.player._wait_s == FRAME_S


@pytest.mark.parametrize("view_s", [0.0, 0.1, 0.3])
def test_what_takes_long_to_show_is_shown_less_often(view_s: float) -> None:
    bench = Bench(steps_per_s=100.0)
    bench.view_s = view_s
    until = bench.now + 20.0
    while bench.now < until:
        bench.tick()
    apart = [later - earlier for earlier, later in zip(bench.views, bench.views[1:], strict=False)]
    wanted = max(0.2, view_s / VIEW_SHARE)
    assert all(wanted <= one < wanted + 2 * FRAME_S + view_s for one in apart)


def test_time_that_passes_slowly_to_show_and_to_play_is_still_counted_right() -> None:
    bench = Bench(steps_per_s=1_000.0)
    begun = bench.now
    while bench.now < begun + 5.0:
        bench.tick()
    assert bench.virtual_s == pytest.approx((bench.now - begun) * 10.0, rel=0.02)
