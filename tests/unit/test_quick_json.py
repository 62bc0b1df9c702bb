"""A handler's `json` writes what the library writes, and raises what that raises."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.system.quick_json import quick_json

SIMPLE = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
VALUES = st.recursive(
    SIMPLE, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10
)


@given(st.dictionaries(st.text(), VALUES))
def test_the_same_bytes(value: dict[str, Any]) -> None:
    assert quick_json.dumps(value) == json.dumps(value)


def test_a_circle_and_a_decimal_raise_what_they_always_do() -> None:
    circle: dict[str, Any] = {}
    circle["inside"] = [circle]
    with pytest.raises(ValueError, match="Circular reference"):
        quick_json.dumps(circle)
    with pytest.raises(TypeError, match="Decimal is not JSON serializable"):
        quick_json.dumps({"DiscountMultiplier": Decimal("0.9")})
    assert quick_json.dumps({"a": 1}) == '{"a": 1}'  # and nothing of it stays
