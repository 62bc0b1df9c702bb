"""While a run is simulated the collector leaves alone what is there; afterwards everything is as it was before."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

import pytest

from tui.undisturbed import SWITCH_S, THRESHOLDS, Undisturbed

if TYPE_CHECKING:
    from collections.abc import Iterator


class Knot:
    """A cycle."""

    def __init__(self) -> None:
        self.own = self


def stands() -> tuple[object, ...]:
    return gc.get_threshold(), sys.getswitchinterval(), gc.get_freeze_count(), list(gc.callbacks)


@pytest.fixture
def held() -> Iterator[Undisturbed]:
    undisturbed = Undisturbed()
    yield undisturbed
    undisturbed.release()


def test_everything_is_as_it_was_before(held: Undisturbed) -> None:
    before = stands()
    held.hold()
    assert gc.get_threshold() == THRESHOLDS
    assert sys.getswitchinterval() == pytest.approx(SWITCH_S)
    assert gc.get_freeze_count() > 1000
    held.hold()
    held.release()
    assert stands() == before
    held.release()
    assert stands() == before


def test_what_was_there_is_left_alone_and_what_comes_later_is_collected(held: Undisturbed) -> None:
    gc.collect()
    Knot()
    held.hold()
    Knot()
    assert gc.collect() == 1  # the younger one alone
    held.release()
    assert gc.collect() >= 1


def test_what_a_whole_collection_went_through_is_left_alone_from_then_on(held: Undisturbed) -> None:
    held.hold()
    kept: list[list[int]] = [[] for _ in range(500)]
    before = gc.get_freeze_count()
    gc.collect(1)
    assert gc.get_freeze_count() == before
    gc.collect()
    assert gc.get_freeze_count() >= before + len(kept)
