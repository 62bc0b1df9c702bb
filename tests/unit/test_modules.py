"""The lab's own `asyncio`, `random`, `time`, `datetime`, `uuid`, `logging` and `print`, as a handler sees them."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.conftest import Bench


def value(bench: Bench, body: str) -> Any:
    """What a handler's body computed as `x`."""
    answer = bench.ride(body + "\nreturn {'statusCode': 200, 'body': json.dumps(x)}").ask()
    assert answer.status == 200, bench.details.invocations[len(bench.data.invocations["number"]) - 1].failure
    return json.loads(answer.body)


# time


def test_clocks_show_virtual_time_with_what_was_computed(bench: Bench) -> None:
    found = value(
        bench,
        """
import time
a = time.time(), time.monotonic(), time.perf_counter()
await asyncio.sleep(2)
context.work(128)
x = [time.time() - a[0], time.monotonic() - a[1], time.perf_counter() - a[2], a[0]]
""",
    )
    assert found[:3] == pytest.approx([2 + 1.769] * 3, abs=1e-6)
    assert found[3] == pytest.approx(1522453721 + 1.05)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/Los_Angeles"])
def test_dates_are_virtual_and_do_not_know_the_machine_s_zone(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    if not hasattr(time, "tzset"):
        pytest.skip("this system cannot change its time zone here")
    monkeypatch.setitem(os.environ, "TZ", zone)
    time.tzset()
    try:
        found = value(
            bench,
            """
from datetime import date, datetime, timedelta, timezone
now = datetime.now()
x = [
    now.isoformat(), datetime.today().isoformat(), datetime.utcnow().isoformat(),
    datetime.now(timezone.utc).isoformat(),
    date.today().isoformat(), now.astimezone().isoformat(), now.timestamp(), datetime.fromtimestamp(0).isoformat(),
    date.fromtimestamp(0).isoformat(), datetime.fromtimestamp(0, timezone.utc).isoformat(),
    [isinstance(one, datetime) for one in (now, now + timedelta(1), datetime.now(timezone.utc), now.astimezone())],
]
""",
        )
    finally:
        monkeypatch.undo()
        time.tzset()
    local, utc = "2018-03-30T19:48:42.050000", "2018-03-30T23:48:42.050000"
    assert found == [
        local, local, utc, utc + "+00:00", "2018-03-30", local + "-04:00", 1522453722.05, "1969-12-31T20:00:00",
        "1969-12-31", "1970-01-01T00:00:00+00:00", [True] * 4,
    ]  # fmt: skip


def test_a_blocking_sleep_says_what_to_write(bench: Bench) -> None:
    bench.ride("import time\ntime.sleep(1)").ask()
    assert "write `await asyncio.sleep(seconds)`" in bench.details.invocations[0].failure


# asyncio


def test_asyncio_sleeps_gathers_and_times_out_in_virtual_time(bench: Bench) -> None:
    found = value(
        bench,
        """
import time
began = time.monotonic()
async def work(seconds):
    await asyncio.sleep(seconds)
    return seconds
a = await asyncio.gather(work(2), work(1))
b = await asyncio.sleep(0.5, 'result')
await asyncio.sleep(-3)
try:
    await asyncio.wait_for(work(9), timeout=1)
except asyncio.TimeoutError:
    c = 'timed out'
async with asyncio.timeout(None), asyncio.Lock(), asyncio.Semaphore():
    pass
x = [a, b, c, time.monotonic() - began]
""",
    )
    assert found == [[2, 1], "result", "timed out", pytest.approx(3.5)]


def test_gather_gives_exceptions_as_results_when_asked(bench: Bench) -> None:
    found = value(
        bench,
        """
async def fails():
    raise KeyError('lost')
async def works():
    await asyncio.sleep(1)
    return 'done'
x = [repr(one) for one in await asyncio.gather(fails(), works(), return_exceptions=True)]
""",
    )
    assert found == ["KeyError('lost')", "'done'"]


# chance


def test_draws_hang_on_the_function_they_are_made_in_and_what_is_asked(bench: Bench) -> None:
    draws = """
import random
def f():
    return random.random()
def g():
    return random.random()
x = [f(), g(), random.randint(1, 10**9), random.random()]
"""
    first = value(bench, draws)
    bench.lab.seed = 1
    more = draws.replace(
        "return random.random()\ndef g",
        "random.randint(1, 6); random.random(); return random.random()\ndef g",
    )
    again = bench.load(1, 1)
    assert again.sent == 1
    other = json.loads(bench.ride(more + "\nreturn {'statusCode': 200, 'body': json.dumps(x)}").ask().body)
    assert len(set(first)) == 4
    assert other[1:] == first[1:]
    assert other[0] != first[0]


def test_a_draw_in_a_comprehension_is_the_function_s_on_every_python(bench: Bench) -> None:
    inline = value(bench, "import random\nx = [random.random() for _ in range(3)]")
    loop = value(
        type(bench)(bench.scenario),
        "import random\nx = []\nfor _ in range(3):\n    x.append(random.random())",
    )
    assert inline == loop


def test_random_has_its_bounds_and_its_errors(bench: Bench) -> None:
    found = value(
        bench,
        """
import random
x = [random.uniform(5, 6), random.choice('abc'), random.randint(3, 3)]
for bad in (lambda: random.choice([]), lambda: random.randint(2, 1)):
    try:
        bad()
    except Exception as error:
        x.append(type(error).__name__)
""",
    )
    assert 5 <= found[0] <= 6
    assert found[1] in "abc"
    assert found[2:] == [3, "IndexError", "ValueError"]


def test_ids_are_version_4_and_each_request_has_its_own(bench: Bench) -> None:
    bench.ride("import uuid\nreturn {'statusCode': 200, 'body': str(uuid.uuid4()) + str(uuid.uuid4())}")
    bodies = [bench.ask().body for _ in range(20)]
    ids = [body[:36] for body in bodies] + [body[36:] for body in bodies]
    assert len(set(ids)) == 40
    assert all(one[14] == "4" and one[19] in "89ab" for one in ids)


def test_what_a_module_does_not_have_is_said_with_what_it_has(bench: Bench) -> None:
    for line, said in (
        (
            "random.shuffle([])",
            "the lab's `random` has no `shuffle`; it has random, randint, choice, uniform",
        ),
        ("asyncio.gahter()", "the lab's `asyncio` has no `gahter`; did you mean `gather`?"),
        ("time.slep(1)", "the lab's `time` has no `slep`; did you mean `sleep`?"),
    ):
        bench.ride(f"import random, time\n{line}").ask()
        assert list(bench.details.invocations.values())[-1].failure.endswith(f"AttributeError: {said}")


# logs


def test_logs_and_prints_land_in_the_invocation_s_log_with_their_time(bench: Bench) -> None:
    bench.ride("""
        import logging
        from logging import getLogger
        logging.basicConfig(level=logging.INFO)
        logger = getLogger(__name__)
        print('at import')
        logger.info('at import')
        async def handler(event, context):
            import asyncio
            logger.setLevel(logging.DEBUG)
            logger.info('%s rides', 3)
            await asyncio.sleep(1)
            print('a', 1, sep='-')
            print('b', None, end='')
            logger.exception('with %s', 'arguments', extra={})
            context.log('note', 'own')
            return {'statusCode': 200}
    """).ask()
    assert bench.details.invocations[0].log == [
        (0.0, "info", "3 rides"), (pytest.approx(1.0), "print", "a-1"), (pytest.approx(1.0), "print", "b None"),
        (pytest.approx(1.0), "error", "with arguments"), (pytest.approx(1.0), "note", "own"),
    ]  # fmt: skip


def test_a_traceback_shows_the_version_s_lines_and_no_machine_s(real: Bench) -> None:
    data = real.load(60, 1)
    failed = next(d for d in real.details.invocations.values() if d.failure and d.service == "request-ride")
    assert data.codes[502] > 0
    lines = failed.failure.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1].startswith('  File "request-ride@launch", line ')
    assert lines[2] == "    await _record_ride(context, ride)"
    assert lines[-2] == '  File "rides_table/client.py", in serialize'
    assert lines[-1] == "TypeError: Float types are not supported. Use Decimal types instead."
    assert "/" not in failed.failure.replace("rides_table/client.py", "")


def test_a_traceback_through_the_standard_library_names_its_module(bench: Bench) -> None:
    bench.ride("json.loads('{')").ask()
    lines = bench.details.invocations[0].failure.splitlines()
    assert lines[-2] == '  File "python/json/__init__.py", in loads'
    assert lines[-1].startswith("json.decoder.JSONDecodeError: ")


def test_a_timeout_counts_from_where_it_is_entered_and_not_what_was_computed_before(bench: Bench) -> None:
    bench.ride(
        "import asyncio\n"
        "context.work(20)\n"
        "try:\n"
        "    async with asyncio.timeout(0.1): await asyncio.sleep(0.05)\n"
        "except TimeoutError: return {'statusCode': 503}\n"
        "return {'statusCode': 200}"
    )
    assert bench.load(2, 1).codes == {
        200: 2
    }  # 20 ms of a whole processor take longer than 0.1 s on a share of one
