"""The function platform: pools, cold starts, concurrency, timeouts, and handlers that end in every possible way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec
import pytest

from simulator.system.replies import OUTCOMES

if TYPE_CHECKING:
    from tests.unit.conftest import Bench

OK = "return {'statusCode': 200, 'body': 'fine'}"
OF = OUTCOMES.index


def outcomes(bench: Bench, service: str = "request-ride") -> list[str]:
    return [OUTCOMES[i] for i in bench.data.of_service(service)["outcome"]]


# pools


def test_the_first_request_waits_for_a_cold_start_and_the_next_does_not(bench: Bench) -> None:
    bench.ride(OK).ask()
    bench.ask()
    data = bench.data
    assert data.requests["latency_s"] == pytest.approx([1.0 + 0.1 + 0.02, 0.1 + 0.02])
    assert data.invocations["cold_s"].tolist() == [1.0, 0.0]
    assert data.invocations["duration_s"] == pytest.approx([0.0, 0.0])
    assert data.requests["cold"].tolist() == [1, 0]
    assert data.cold_starts() == {"request-ride": 1, "promo-discount": 0}


def test_warm_pools_have_no_cold_start_until_they_are_empty(bench: Bench) -> None:
    bench.ride("await asyncio.sleep(5)\n" + OK).lab.warm(2)
    data = bench.load(3, 1)
    assert (data.invocations["cold_s"] > 0).tolist() == [False, False, True]
    assert sorted(data.invocations["container"].tolist()) == [0, 1, 2]
    assert data.settings.start == "warm 2"


def test_the_container_used_last_is_taken_first(bench: Bench) -> None:
    bench.ride("await asyncio.sleep(2.5)\n" + OK).lab.warm(0)
    data = bench.load(10, 1, phases=bench.plan(3, 1).phases + bench.plan(20, 0.1).phases)
    last_to_end = int(data.invocations["container"][2])
    assert data.invocations["container"].tolist() == [0, 1, 2, last_to_end, last_to_end]


@pytest.mark.parametrize(("pause", "cold"), [(599.0, False), (601.0, True)])
def test_an_idle_container_is_kept_for_its_keep_alive_and_no_longer(
    bench: Bench, pause: float, cold: bool
) -> None:
    bench.ride(OK).ask()
    bench.lab.advance(pause)
    bench.ask()
    assert (bench.data.invocations["cold_s"][-1] > 0) == cold


def test_a_module_level_value_lives_as_long_as_its_container(bench: Bench) -> None:
    source = """
        import json
        calls = []
        async def handler(event, context):
            calls.append(1)
            return {'statusCode': 200, 'body': json.dumps(len(calls))}
    """
    bench.ride(source)
    assert [bench.ask().body for _ in range(3)] == ["1", "2", "3"]
    bench.ride(source.replace("append(1)", "append(2)"))
    assert bench.ask().body == "1"


def test_a_deploy_while_a_run_goes_on_empties_that_function_s_pool_only(bench: Bench) -> None:
    bench.ask()
    bench.ask()
    bench.ride("await context.http.post(PROMO, json={})\n" + OK)
    bench.ask()
    data = bench.data
    assert (data.of_service("request-ride")["cold_s"] > 0).tolist() == [True, False, True]
    assert (data.of_service("promo-discount")["cold_s"] > 0).tolist() == [True, False, False]
    assert [data.versions[i].name for i in data.of_service("request-ride")["version"]] == [
        "launch",
        "launch",
        "own",
    ]


def test_who_is_at_work_during_a_deploy_ends_as_it_began_and_its_container_goes(bench: Bench) -> None:
    bench.ride("await asyncio.sleep(5)\nreturn {'statusCode': 200, 'body': 'old'}")
    run = bench.lab.request("POST", "/ride", {"Authorization": bench.scenario.site.token}, "{}")
    bench.lab.advance(3.0)
    new = bench.lab.deploy(msgspec.structs.replace(bench.lab.versions["request-ride"], name="new"))
    bench.lab.rollback("request-ride")  # the very version that is at work: its container is not taken back
    bench.lab.finish(run)
    assert run.sent_by_hand[0].result[1].body == "old"
    bench.ask()
    rows = bench.data.of_service("request-ride")
    assert (rows["cold_s"] > 0).tolist() == [True, True]
    assert [bench.data.versions[i].name for i in rows["version"]] == ["own", "own"]
    assert new in bench.data.versions


def test_a_version_that_breaks_at_its_import_fails_each_request_and_no_run(bench: Bench) -> None:
    bench.ride("import json\nprint('booting')\nlimit = 1 / 0\nasync def handler(event, context): ...")
    assert [bench.ask().status for _ in range(2)] == [502, 502]
    assert bench.data.cold_starts()["request-ride"] == 2
    detail = bench.details.invocations[0]
    assert "line 3, in <module>" in detail.failure
    assert detail.failure.endswith("ZeroDivisionError: division by zero")


def test_a_version_that_breaks_at_its_import_leaves_a_warm_start_cold(bench: Bench) -> None:
    bench.ride("import random\nluck = random.random()\nasync def handler(event, context): ...").lab.warm(3)
    data = bench.load(2, 1)
    assert data.codes == {502: 2}
    assert "do this inside the handler" in bench.details.invocations[0].failure


# concurrency


def test_without_free_concurrency_an_invocation_is_refused_at_once_with_500(bench: Bench) -> None:
    bench.settings("request-ride", concurrency=2).ride("await asyncio.sleep(10)\n" + OK)
    data = bench.load(4, 1)
    assert data.codes == {200: 2, 500: 2}
    refused = data.invocations["outcome"] == OF("throttled")
    assert refused.tolist() == [False, False, True, True]
    assert data.requests["latency_s"][2:] == pytest.approx([0.1, 0.1])
    assert data.invocations["duration_s"][2:].tolist() == [0.0, 0.0]


def test_concurrency_is_free_again_when_the_report_has_been_sent(bench: Bench) -> None:
    bench.settings("request-ride", concurrency=1).ride(OK).lab.warm(1)
    data = bench.load(0.15, 1 / 0.015)  # one every 15 ms, each busy for 20 ms
    assert data.codes == {200: 5, 500: 5}


def test_a_refused_call_is_a_500_for_the_function_that_called(bench: Bench) -> None:
    bench.settings("promo-discount", concurrency=1).promo("await asyncio.sleep(2)\n" + OK)
    bench.ride("""
        answers = await asyncio.gather(context.http.get(PROMO), context.http.get(PROMO))
        return {'statusCode': 200, 'body': json.dumps([a.status_code for a in answers])}
    """)
    assert json.loads(bench.ask().body) == [200, 500]


# timeouts


def test_the_function_timeout_ends_the_handler_with_502_and_its_container(bench: Bench) -> None:
    bench.settings("request-ride", timeout_s=3).ride("await asyncio.sleep(3.5)\n" + OK)
    assert [bench.ask().status for _ in range(2)] == [502, 502]
    data = bench.data
    assert outcomes(bench) == ["timeout", "timeout"]
    assert data.invocations["duration_s"] == pytest.approx([3.0, 3.0])
    assert data.cold_starts()["request-ride"] == 2
    assert bench.details.invocations[0].failure == "Task timed out after 3.00 seconds"


@pytest.mark.parametrize(
    "body",
    [
        "while True:\n    try:\n        await asyncio.sleep(0.7)\n    except:\n        pass",
        "try:\n    await asyncio.sleep(60)\nfinally:\n    await asyncio.sleep(60)",
        "await asyncio.gather(asyncio.sleep(60), asyncio.sleep(90))",
        "context.work(60_000)\n" + OK,
        "context.work(60_000)\nraise ValueError",
        "with context.mark('x'):\n    context.work(60_000)\n    await asyncio.sleep(1)",
    ],
    ids=["catches everything", "waits in finally", "gathers", "computes", "computes and fails", "in a mark"],
)
def test_no_handler_outlives_its_function_s_timeout(bench: Bench, body: str) -> None:
    bench.settings("request-ride", timeout_s=3).ride(body)
    assert bench.ask().status == 502
    assert outcomes(bench) == ["timeout"]
    assert bench.data.invocations["duration_s"] == pytest.approx([3.0])
    spans = bench.data.spans
    assert (spans["start_s"] <= spans["end_s"]).all()
    assert (spans["end_s"] <= bench.data.invocations["start_s"][0] + 3.0).all()


def test_a_handler_s_own_timeout_is_no_timeout_of_the_function(bench: Bench) -> None:
    bench.ride("async with asyncio.timeout(1):\n    await asyncio.sleep(5)")
    assert bench.ask().status == 502
    assert outcomes(bench) == ["error"]
    assert bench.details.invocations[0].failure.endswith("TimeoutError: nothing came within 1 s")


@pytest.mark.parametrize("start", [0.1, 0.7, 1 / 3, 1e5 + 0.1])
def test_a_timeout_is_told_from_an_error_at_any_moment(bench: Bench, start: float) -> None:
    bench.settings("request-ride", timeout_s=3.3).ride("await asyncio.sleep(4)")
    bench.ask()
    bench.lab.advance(start)
    bench.ask()
    assert outcomes(bench) == ["timeout", "timeout"]


def test_the_gateway_gives_up_at_29_s_and_the_function_runs_on(bench: Bench) -> None:
    bench.unwatched().ride("await asyncio.sleep(29.5)\n" + OK).lab.warm(1)
    data = bench.load(1, 1)
    assert data.codes == {504: 1}
    assert data.requests["latency_s"] == pytest.approx([29.1])
    assert outcomes(bench) == ["ok"]
    assert data.invocations["duration_s"] == pytest.approx([29.5])
    assert data.requests["invocation"].tolist() == [0]
    assert data.settled
    assert data.now_s == pytest.approx(1.0 + 0.05 + 29.5)


def test_a_container_whose_caller_has_gone_stays_busy(bench: Bench) -> None:
    bench.settings("request-ride", concurrency=1).ride("await asyncio.sleep(29.8)\n" + OK).lab.warm(1)
    bench.ask()
    data = bench.load(31, 1 / 29.5, phases=bench.plan(31, 1 / 15.2).phases)
    assert data.codes == {500: 1, 504: 1}


def test_a_callee_runs_on_when_its_caller_stops_waiting(bench: Bench) -> None:
    bench.promo("await asyncio.sleep(5)\n" + OK).ride("""
        try:
            async with asyncio.timeout(0.25):
                await context.http.get(PROMO)
        except TimeoutError:
            return {'statusCode': 200, 'body': 'without'}
    """).lab.warm(1)
    data = bench.load(1, 1)
    assert data.requests["latency_s"] == pytest.approx([0.1 + 0.25 + 0.02])
    assert data.of_service("promo-discount")["duration_s"] == pytest.approx([5.0])


# handlers


@pytest.mark.parametrize(
    ("body", "error", "said"),
    [
        ("raise SystemExit(3)", "SystemExit", "SystemExit: 3"),
        ("raise asyncio.CancelledError", "Cancelled", "asyncio.exceptions.CancelledError"),
        ("raise BaseException('any')", "BaseException", "BaseException: any"),
        ("return None", "TypeError", "returned NoneType, not a response"),
        ("return 'fine'", "TypeError", "returned str, not a response"),
        ("return {}", "TypeError", "must be a whole number from 100 to 599, not None"),
        ("return {'statusCode': '200'}", "TypeError", "not '200'"),
        ("return {'statusCode': True}", "TypeError", "not True"),
        ("return {'statusCode': 777}", "TypeError", "not 777"),
        ("return {'statusCode': 200, 'body': {'a': 1}}", "TypeError", "'body' must be text, not dict"),
        ("return {'statusCode': 200, 'body': '\\ud800'}", "UnicodeEncodeError", "surrogates not allowed"),
        ("return {'statusCode': 200, 'headers': ['a']}", "TypeError", "'headers' must be a dict"),
        ("return {'statusCode': 200, 'headers': {'a': 'b\\nc'}}", "TypeError", "'headers' must be a dict"),
        ("yield 1", "TypeError", "can't be used in 'await'"),
        ("await 5", "TypeError", "can't be used in 'await'"),
        ("def f(): return f()\nf()", "RecursionError", "recursion"),
        ("context.fleat", "AttributeError", "context has no `fleat`: there are fleet"),
        ("asyncio.create_task(1)", "AttributeError", "the lab's `asyncio` has no `create_task`"),
    ],
)
def test_whatever_a_handler_does_it_is_a_502_with_its_reason(
    bench: Bench, body: str, error: str, said: str
) -> None:
    bench.ride(body)
    assert bench.ask().status == 502
    data = bench.data
    assert outcomes(bench) == ["error"]
    assert data.names[data.invocations["error"][0]] == error
    assert said in bench.details.invocations[0].failure


def test_an_exception_that_cannot_be_shown_is_shown_as_that(bench: Bench) -> None:
    bench.ride("class Odd(Exception):\n    def __str__(self): raise KeyError\nraise Odd")
    assert bench.ask().status == 502
    assert bench.details.invocations[0].failure.endswith("Odd: (an exception that cannot be shown as text)")


def test_a_process_that_exits_takes_its_container_with_it_and_an_error_does_not(bench: Bench) -> None:
    bench.ride("raise ValueError").ask()
    bench.ask()
    assert bench.data.cold_starts()["request-ride"] == 1
    bench.ride("raise SystemExit").ask()
    bench.ask()
    assert bench.data.cold_starts()["request-ride"] == 3


def test_the_next_wait_pays_for_what_was_computed(bench: Bench) -> None:
    bench.ride("context.work(128)\nawait asyncio.sleep(1)\n" + OK).ask()
    data = bench.data
    assert data.invocations["duration_s"] == pytest.approx([1.0 + 1.769])
    assert data.invocations["cpu_s"] == pytest.approx([0.128])


def test_what_was_computed_last_is_paid_at_the_end_also_by_a_failure(bench: Bench) -> None:
    bench.ride("context.work(128)\nraise ValueError").ask()
    assert bench.data.invocations["duration_s"] == pytest.approx([1.769])


def test_memory_decides_the_share_of_a_processor_up_to_a_whole_one(bench: Bench) -> None:
    bench.settings("request-ride", memory_mb=1769).ride("context.work(500)\n" + OK).ask()
    assert bench.data.invocations["duration_s"] == pytest.approx([0.5])
    bench.settings("request-ride", memory_mb=10240).ride("context.work(500)\n" + OK).ask()
    assert bench.data.invocations["duration_s"] == pytest.approx([0.5])


@pytest.mark.parametrize("ms", ["-1", "float('nan')", "float('inf')"])
def test_computing_without_a_length_is_refused(bench: Bench, ms: str) -> None:
    assert bench.ride(f"context.work({ms})").ask().status == 502


def test_what_a_failed_gather_leaves_behind_stands_still_when_the_handler_ends(bench: Bench) -> None:
    bench.ride("""
        async def fails():
            await asyncio.sleep(1)
            raise ValueError('first')

        async def deaf():
            try:
                await asyncio.sleep(9)
            except asyncio.CancelledError:
                await asyncio.sleep(1)
                raise KeyError('nobody waits for this one')

        await asyncio.gather(fails(), deaf())
    """)
    assert bench.ask().status == 502
    bench.lab.advance(60)
    assert bench.details.invocations[0].failure.endswith("ValueError: first")


def test_an_event_is_the_handler_s_own_and_what_was_sent_is_shown_as_sent(bench: Bench) -> None:
    bench.ride("event['headers']['Authorization'] = 'forged'\nevent.clear()\n" + OK).ask()
    assert bench.details.invocations[0].event["headers"]["Authorization"] == bench.scenario.site.token
    assert bench.details.exchanges[0].headers["Authorization"] == bench.scenario.site.token


def test_the_sandbox_s_idle_share_counts_all_processors_since_its_boot(bench: Bench) -> None:
    bench.ride("context.work(64)\n" + OK).ask()
    alive = 1.0 + 0.064 * 1769 / 128
    busy = 1.0 * 128 / 1769 + 0.064
    assert bench.data.invocations["idle"] == pytest.approx([1 - busy / (2 * alive)], rel=1e-6)
