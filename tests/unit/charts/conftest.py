"""Pictures of thirty requests show every percentile line: in these tests fewer requests are enough for one."""

import pytest

from tui.charts import sample


@pytest.fixture(autouse=True)
def few_are_enough(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Draw p95 from 20 requests on and p99 from 100, unless a test asks for the lab's own rule."""
    if "own_rule" not in request.keywords:
        monkeypatch.setattr(sample, "NEEDED", {50: 1, 95: 20, 99: 100})
