"""The smoke test: what it refuses, with which words, and what it lets through."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from simulator import smoke
from simulator.deploying import Version, read_version
from simulator.scenario import load_scenario
from tests.unit.misbehaving import ENDS, FAILS, FLOODS, HARMLESS, LAUNCH, LOOPS, misbehaving

if TYPE_CHECKING:
    from simulator.smoke import Verdict

MOST_S = 3.0 + 2.0 + 20.0  # the limit, a start, and a machine that has much else to do: nothing is timed here


def tried(version: Version) -> Verdict:
    scenario = load_scenario("module-4")
    beside = {name: read_version(f"{name}@{one.version}") for name, one in scenario.functions.items()}
    began = time.monotonic()
    verdict = smoke.check(version, scenario, beside)
    assert time.monotonic() - began < MOST_S
    return verdict


@pytest.mark.parametrize("ref", ["request-ride@launch", "request-ride@traced", "promo-discount@fixed"])
def test_a_version_that_works_passes(ref: str) -> None:
    verdict = tried(read_version(ref))
    assert verdict.passed
    assert len(verdict.invocations) == smoke.REQUESTS


@pytest.mark.parametrize("name", LOOPS)
def test_a_handler_that_does_not_come_back_is_refused_with_its_line(name: str) -> None:
    verdict = tried(misbehaving(LOOPS[name]))
    assert not verdict.passed
    assert "does not come back within 3 s: is there a loop without an end?" in verdict.reason
    assert verdict.reason.endswith("; the running version is untouched")
    if "waits" not in name:
        assert verdict.line is not None
        line = misbehaving(LOOPS[name]).source.splitlines()[verdict.line - 1]
        assert "while True" in line or "sum(" in line


def test_a_version_whose_first_lines_loop_is_refused() -> None:
    verdict = tried(Version("request-ride", "mine", f"while True: pass\n{LAUNCH}"))
    assert "request-ride@mine:1: it does not come back" in verdict.reason


def test_a_version_that_ends_its_process_is_refused() -> None:
    [body] = ENDS.values()
    assert "it ended its process (code 1): a handler returns its answer" in tried(misbehaving(body)).reason


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sleeps for a minute", "write `await asyncio.sleep(seconds)`"),
        ("asks for input", "a handler cannot ask for input"),
        ("deep recursion", "it calls itself without an end"),
        ("ends its process", "a handler returns its answer, and does not end its process"),
        ("takes two gigabytes", "it takes more memory than a function has"),
        ("forks", "a version may not start or end processes (os.fork)"),
        ("forgets to await", "the handler returned coroutine, not a response"),
        ("waits for what is not ours", "cannot wait for builtins.object in virtual time"),
    ],
)
def test_a_version_that_always_fails_is_refused_with_the_reason(name: str, words: str) -> None:
    verdict = tried(misbehaving(FAILS[name]))
    assert not verdict.passed
    assert words in verdict.reason
    assert "\n" not in verdict.reason


def test_a_version_that_floods_its_log_is_refused() -> None:
    [body] = FLOODS.values()
    assert "it logs 250,000" in tried(misbehaving(body)).reason


@pytest.mark.parametrize("name", HARMLESS)
def test_what_does_no_harm_passes(name: str) -> None:
    assert tried(misbehaving(HARMLESS[name])).passed


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("x = = 1\n", "request-ride@mine:1:5: invalid syntax"),
        ("import os\n" + LAUNCH, "request-ride@mine:1:1: cannot import `os` here"),
        (LAUNCH.replace("return {\n        'statusCode': 201", "x = {\n        'statusCode': 201"), "NoneType"),
        (LAUNCH.replace("'statusCode': 201", "'statusCode': 99"), "must be a whole number from 100 to 599, not 99"),
        (LAUNCH.replace("'statusCode': 201", "'statusCode': 418"), "every invocation is answered with an error: 418"),
    ],
)  # fmt: skip
def test_what_cannot_be_an_answer_is_refused(source: str, words: str) -> None:
    verdict = tried(Version("request-ride", "mine", source))
    assert not verdict.passed
    assert words in verdict.reason


def test_a_failure_now_and_then_is_told_and_passes() -> None:
    verdict = tried(misbehaving("raise ValueError('the seventh')", from_call=5))
    assert verdict.passed
    assert any("the seventh" in one.failure for one in verdict.invocations)


def test_each_step_is_told_as_it_begins() -> None:
    scenario = load_scenario("module-4")
    steps: list[str] = []
    version = Version("request-ride", "mine", "import os\n")
    smoke.check(version, scenario, {}, on_step=steps.append)
    assert steps == ["build"]


def test_calls_are_found_out_by_running() -> None:
    calls = [one.calls for one in tried(read_version("request-ride@published-trace")).invocations]
    assert {len(one) for one in calls} == {4}
    assert sum("POST" in call for call in calls[0]) == 2
    launch = tried(read_version("request-ride@launch")).invocations[0].calls
    assert launch == ("fleet.find_unicorn", "POST promo.wildrydes.example/discount", "rides.put_item")
