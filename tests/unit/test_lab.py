"""The one door: what can be done to a lab, and one readable line for what cannot."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from simulator.deploying import Version
from simulator.errors import UsageError
from simulator.faults import ErrorRate

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator import Lab
    from tests.unit.conftest import Bench

HANDLER = "async def handler(event, context):\n    return {'statusCode': 200}\n"


@pytest.fixture
def lab(real: Bench) -> Lab:
    return real.lab


@pytest.mark.parametrize(
    ("do", "said"),
    [
        (
            lambda lab: lab.deploy("request-ride@lunch"),
            "no version `request-ride@lunch`; did you mean `request-ride@launch`?",
        ),
        (lambda lab: lab.deploy(Version("ride", "x", HANDLER)), "no service `ride`"),
        (
            lambda lab: lab.rollback("promo-discunt"),
            "no service `promo-discunt`; did you mean `promo-discount`?",
        ),
        (lambda lab: lab.rollback("promo-discount"), "promo-discount: there is no version before launch"),
        (lambda lab: lab.history("promo"), "no service `promo`"),
        (
            lambda lab: lab.inject(ErrorRate(service="promo-discont")),
            "no function `promo-discont`; did you mean",
        ),
        (lambda lab: lab.remove(7), "no fault has the handle 7: it was switched off, or never on"),
        (lambda lab: lab.sample(1.5), "a sampling rate is a share from 0 to 1, not 1.5"),
        (lambda lab: lab.sample(float("nan")), "a sampling rate is a share from 0 to 1, not nan"),
        (lambda lab: lab.warm(-1), "a pool starts with 0 containers or more, not -1"),
    ],
)
def test_what_does_not_exist_is_said_in_one_line(lab: Lab, do: Callable[[Lab], Any], said: str) -> None:
    with pytest.raises(UsageError, match="^" + re.escape(said)) as caught:
        do(lab)
    assert "\n" not in str(caught.value)


def test_deploys_are_undone_one_by_one(lab: Lab) -> None:
    lab.deploy("request-ride@traced")
    lab.deploy("request-ride@decimal")
    assert [version.name for version in lab.history("request-ride")] == ["launch", "traced", "decimal"]
    assert lab.rollback("request-ride").name == "traced"
    assert lab.rollback("request-ride").name == "launch"
    assert lab.versions["request-ride"].name == "launch"


def test_a_rollback_leaves_a_token_alone_that_its_deploy_did_not_bring(lab: Lab) -> None:
    lab.deploy("promo-discount@fixed")
    lab.tokens = {"request-ride": "a", "promo-discount": "b"}
    lab.rollback("promo-discount")
    assert lab.tokens == {"request-ride": "a", "promo-discount": "b"}


def test_a_fault_is_switched_off_by_its_handle(lab: Lab) -> None:
    first = lab.inject(ErrorRate(service="promo-discount", share=1.0))
    second = lab.inject(ErrorRate(service="promo-discount", share=1.0))
    lab.remove(first)
    with pytest.raises(UsageError):
        lab.remove(first)
    assert lab.load().settings.faults == (ErrorRate(service="promo-discount", share=1.0),)
    lab.remove(second)
    assert lab.load().settings.faults == ()


def test_a_run_takes_the_lab_s_seed_or_its_own(lab: Lab) -> None:
    lab.seed = 5
    assert lab.load().settings.seed == 5
    assert lab.load(seed=9).settings.seed == 9
    assert lab.seed == 5


def test_runs_are_counted_and_begin_at_0_with_no_time_passed(lab: Lab) -> None:
    first, second = lab.load(), lab.load()
    assert (first.number, second.number) == (1, 2)
    assert lab.run is second
    assert second.world.sim.now == 0.0
    assert second.data().sent == 0
