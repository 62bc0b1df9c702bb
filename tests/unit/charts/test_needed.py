"""A chart draws a percentile from as many requests on as the rest of the lab can tell it from."""

import numpy as np
import pytest

from tui.charts.sample import percentiles

pytestmark = pytest.mark.own_rule


@pytest.mark.parametrize(
    ("requests", "ranks"),
    [(0, []), (1, [50]), (58, [50]), (59, [50, 95]), (298, [50, 95]), (299, [50, 95, 99])],
)
def test_p95_needs_59_requests_and_p99_needs_299(requests: int, ranks: list[int]) -> None:
    assert list(percentiles(np.linspace(0.1, 1.0, requests))) == ranks
