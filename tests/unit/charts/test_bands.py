"""Percentiles over time: how long a window is, where there is none, and what each says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from simulator.metrics import needed_samples
from tui.charts import sample
from tui.charts.bands import ENOUGH, LEAST, MOST, find_bands
from tui.charts.latency import LatencyData, draw_latency, summarize_latency
from tui.charts.raster import Ink


def steady(seconds: float, rate: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Requests at a steady rate, slow for the second half of the time."""
    started = np.arange(0, seconds, 1 / rate)
    return started, np.where(started < seconds / 2, 0.4, 2.0) + np.arange(started.size) % 7 / 100


@pytest.mark.own_rule
def test_a_window_holds_the_requests_that_p95_needs() -> None:
    started, latency = steady(600)
    bands = find_bands(started, latency, 600)
    assert bands is not None
    assert bands.window_s == 60.0 >= needed_samples(0.95)
    assert set(bands.by_rank) == {50, 95}
    for window in range(10):
        inside = latency[(started >= window * 60) & (started < window * 60 + 60)]
        assert bands.by_rank[95][window] == pytest.approx(np.quantile(inside, 0.95))


@pytest.mark.own_rule
def test_p99_is_given_where_its_windows_hold_enough() -> None:
    bands = find_bands(*steady(600, rate=10), 600)
    assert bands is not None
    assert set(bands.by_rank) == {50, 95, 99}
    assert bands.window_s * 10 >= needed_samples(0.99)


@pytest.mark.own_rule
def test_too_few_requests_or_too_little_of_the_time_have_no_course() -> None:
    assert find_bands(*steady(120), 600) is None
    assert find_bands(*steady(60, rate=100), 6000) is None


def test_a_window_with_too_few_requests_is_a_gap() -> None:
    started, latency = steady(600)
    quiet = (started >= 120) & (started < 150)
    bands = find_bands(started[~quiet], latency[~quiet], 600)
    assert bands is not None
    assert np.isnan(bands.by_rank[95][int(130 / bands.window_s)]) == (bands.window_s < 60)
    along = bands.along(95, np.array([-5.0, 1.0, 599.0, 1e9, -np.inf]))
    assert np.isnan(along).tolist() == [True, False, False, True, True]


def test_the_order_of_the_requests_does_not_matter() -> None:
    started, latency = steady(600)
    mixed = np.argsort(started * 7919 % 600)
    one, other = find_bands(started, latency, 600), find_bands(started[mixed], latency[mixed], 600)
    assert one is not None
    assert other is not None
    assert np.array_equal(one.by_rank[95], other.by_rank[95], equal_nan=True)


@given(
    arrays(np.float64, st.integers(0, 300), elements=st.floats(-1e9, 1e9) | st.floats(0, 60)),
    st.floats(0, 1e9),
)
def test_any_times_give_windows_that_are_few_and_full_or_none(started: np.ndarray, extent: float) -> None:
    latency = np.abs(np.sin(started))
    extent = max(extent, float(started.max() - started.min()) if started.size else 0.0)
    bands = find_bands(started, latency, extent)
    if bands is None:
        return
    values = bands.by_rank[95]
    assert LEAST <= values.size <= MOST + 2
    assert (~np.isnan(values)).sum() >= max(LEAST, ENOUGH * values.size)
    places = np.floor((started - bands.start_s) / bands.window_s)
    for place in np.flatnonzero(~np.isnan(values)).tolist():
        assert (places == place).sum() >= sample.NEEDED[95]


@pytest.mark.own_rule
def test_the_picture_says_which_lines_are_of_windows_and_draws_them_where_they_are() -> None:
    started, latency = steady(600)
    data = LatencyData(started, latency, np.zeros(600, bool), horizon_s=600)
    grid, frame = draw_latency(data, 120, 30)
    assert "p50 p95 per min · log scale" in grid.line(0)
    inside = grid.inks[frame.top : frame.foot, frame.left : frame.left + frame.field.width]
    first, second = (np.argwhere(half == Ink.P95)[:, 0] for half in np.array_split(inside, 2, axis=1))
    assert first.min() > frame.field.height // 2 > second.max()
    assert "; p95 of 1 min at a time from 460 ms to 2.06 s; " in summarize_latency(data)


@pytest.mark.own_rule
def test_sixty_requests_keep_their_level_lines() -> None:
    data = LatencyData(*steady(60), np.zeros(60, bool), horizon_s=60)
    grid, _ = draw_latency(data, 120, 30)
    assert "per" not in grid.line(0)
    assert "at a time" not in summarize_latency(data)
