"""What is said of the shape of latencies: humps, the hole between them, and where the closest half lies."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tui.charts.humps import describe_humps, find_humps


def hump(around_s: float, count: int, width: float = 0.15) -> np.ndarray:
    """A bell around a time, on a log axis, without chance."""
    from statistics import NormalDist

    places = [NormalDist().inv_cdf((i + 0.5) / count) for i in range(count)]
    return np.asarray(around_s * np.exp(width * np.array(places)))


def test_two_humps_are_found_with_their_sizes_and_medians() -> None:
    found = find_humps(np.concatenate([hump(0.4, 800), hump(1.3, 200)]))
    assert found is not None
    assert abs(found.fast.count - 800) <= 8
    assert found.fast.count + found.slow.count == 1000
    assert abs(found.fast.median_s / 0.4 - 1) < 0.02
    assert abs(found.slow.median_s / 1.3 - 1) < 0.02
    assert 0.4 < found.hole_from_s < found.hole_to_s < 1.3


def test_one_hump_is_one() -> None:
    assert find_humps(hump(0.4, 1000, width=0.5)) is None
    assert describe_humps(hump(0.4, 1000)).startswith("half of them from 3")


def test_a_few_outliers_are_no_hump() -> None:
    assert find_humps(np.append(hump(0.4, 1000), [8.0, 9.0, 9.5, 10.0])) is None


def test_a_tail_is_no_hump_however_it_ripples() -> None:
    for seed in range(20):
        chance = np.random.default_rng(seed)
        tail = np.concatenate([chance.lognormal(-0.9, 0.2, 2000), 0.5 + chance.pareto(1.5, 200)])
        assert find_humps(tail) is None, seed


def test_five_slow_ones_of_sixty_are_a_hump_when_they_lie_together() -> None:
    found = find_humps(np.concatenate([hump(0.4, 55), hump(1.3, 5, width=0.05)]))
    assert found is not None
    assert found.slow.count == 5


def test_what_is_said_of_the_hole_is_counted() -> None:
    latency = np.concatenate([hump(0.4, 300), hump(1.6, 100), [0.8, 0.82]])
    found = find_humps(latency)
    assert found is not None
    assert found.hole_count == ((latency >= found.hole_from_s) & (latency < found.hole_to_s)).sum() >= 2


def test_few_requests_have_no_shape() -> None:
    assert describe_humps(np.array([0.4, 2.0])) == "from 400 ms to 2 s"


@given(arrays(np.float64, st.integers(1, 80), elements=st.floats(-1, 1e9)))
def test_any_latencies_can_be_described(latency: np.ndarray) -> None:
    found = find_humps(latency)
    if found is not None:
        assert found.fast.count + found.slow.count == latency.size
        assert found.fast.median_s < found.slow.median_s
        assert found.hole_from_s <= found.hole_to_s
    words = describe_humps(latency)
    assert words
    assert "\n" not in words
