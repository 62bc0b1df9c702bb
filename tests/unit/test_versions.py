"""Every built-in version exists, builds, and does what the table of versions says and nothing else."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest

from simulator import Lab, load_plan, load_scenario
from simulator.deploying import Version, build, read_version, services, versions_of
from simulator.errors import BuildError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.run_data import RunData
    from simulator.system.recorder import Details

RIDES = ("plain", "launch", "published-trace", "traced", "timeout", "together", "decimal")
PROMOS = ("launch", "fixed")


@lru_cache(maxsize=16)
def played(ride: str, promo: str = "launch") -> tuple[RunData, Details]:
    """200 rides on warm pools."""
    lab = Lab(load_scenario("module-4"), seed=7)
    lab.deploy(f"request-ride@{ride}")
    lab.deploy(f"promo-discount@{promo}")
    lab.warm(3)
    plan = load_plan("artillery-slowness.yml")
    phase = msgspec.structs.replace(plan.phases[0], duration_s=200.0)
    data = lab.finish(lab.load(msgspec.structs.replace(plan, phases=(phase,)))).data()
    return data, lab.details(data)


def multipliers(ride: str, promo: str = "launch") -> tuple[Counter[Any], Counter[Any], Counter[Any]]:
    """The discounts: given by promo, delivered in answers, recorded in the table."""
    _, details = played(ride, promo)
    given: Counter[Any] = Counter()
    recorded: Counter[Any] = Counter()
    for detail in details.invocations.values():
        if detail.service == "promo-discount":
            assert detail.response is not None
            given[json.loads(detail.response["body"])["DiscountMultiplier"]] += 1
        for item in detail.items:
            recorded[item.get("DiscountMultiplier", {}).get("N", "none")] += 1
    answers = [json.loads(e.answer) for e in details.exchanges.values() if e.status == 201]
    return given, Counter(answer.get("DiscountMultiplier", "none") for answer in answers), recorded


def calls(ride: str) -> Counter[int]:
    """How many invocations of the ride function called promo so many times."""
    data, _ = played(ride)
    return Counter(len(data.callees.get(int(n), ())) for n in data.of_service("request-ride")["number"])


@pytest.mark.parametrize(
    "ref", [*(f"request-ride@{v}" for v in RIDES), *(f"promo-discount@{v}" for v in PROMOS)]
)
def test_the_table_s_versions_exist_and_build(ref: str) -> None:
    version = read_version(ref)
    assert version.ref == ref
    assert build(version.source, ref) is build(version.source, ref)


def test_every_version_there_is_builds_and_answers() -> None:
    for service in services():
        for name in versions_of(service):
            ride, promo = (name, "launch") if service == "request-ride" else ("launch", name)
            assert set(played(ride, promo)[0].codes) <= {201, 502}


def test_plain_asks_for_no_discount_and_never_fails() -> None:
    assert calls("plain") == {0: 200}
    assert played("plain")[0].codes == {201: 200}
    assert multipliers("plain")[1:] == (Counter({"none": 200}), Counter({"none": 200}))


def test_at_launch_the_rides_that_win_a_discount_are_the_rides_that_fail() -> None:
    given, delivered, recorded = multipliers("launch")
    discounts = sum(n for value, n in given.items() if value != 1)
    assert calls("launch") == {1: 200}
    assert discounts > 10
    assert played("launch")[0].codes == {201: 200 - discounts, 502: discounts}
    assert delivered == Counter({1: 200 - discounts})
    assert recorded == Counter({"1": 200 - discounts})
    assert all(0.80 <= value <= 0.95 or value == 1 for value in given)


def test_the_published_trace_asks_twice_and_records_before_the_multiplier() -> None:
    data, details = played("published-trace")
    given, delivered, recorded = multipliers("published-trace")
    assert calls("published-trace") == {2: 200}
    assert data.codes == {201: 200}
    assert recorded == Counter({"none": 200})
    assert sum(given.values()) == 400
    second = Counter()
    for number in data.of_service("request-ride")["number"].tolist():
        last = max(data.invocations["number"][data.callees[number]].tolist())
        response = details.invocations[last].response
        assert response is not None
        second[json.loads(response["body"])["DiscountMultiplier"]] += 1
    assert delivered == second


def test_the_published_trace_leaves_the_second_call_under_no_mark() -> None:
    data, _ = played("published-trace")
    for places in data.callees.values():
        marks = data.invocations["mark"][places]
        owner = data.invocations["parent"][places][0]
        spans = data.spans["name"][data.spans["invocation"] == owner]
        assert [data.names[spans[mark]] for mark in marks] == ["get_ride_discount", "request_ride"]


def test_traced_is_launch_with_six_marks_and_nothing_else_changed() -> None:
    marks = re.compile(r"context\.mark(?:\.start|\.end)?\('\w+'\)")
    source = read_version("request-ride@traced").source
    assert len(marks.findall(source)) == 7  # the outermost is started and ended
    data, details = played("traced")
    assert (data.of_service("request-ride")["marks"] == 6).all()
    plain, untraced = played("launch")
    assert [e.answer for e in details.exchanges.values() if e.status == 201] != []
    assert {n: (e.status, body(e.answer)) for n, e in details.exchanges.items()} == {
        n: (e.status, body(e.answer)) for n, e in untraced.exchanges.items()
    }
    paid = data.requests["latency_s"] - plain.requests["latency_s"]
    marks_paid = np.where(
        data.requests["status"] == 201, 6, 5.5
    )  # a failure leaves the outermost without its end
    assert paid == pytest.approx(marks_paid * 8e-6 * 1769 / 128, abs=1e-9)


def body(answer: str) -> dict[str, Any]:
    """An answer without the times in it, which marks move."""
    return {key: value for key, value in json.loads(answer).items() if key != "RequestTime"}


def test_timeout_falls_back_to_no_discount_after_250_ms() -> None:
    data, details = played("timeout")
    waited = [
        d for d in details.invocations.values() if any("did not answer in time" in text for *_, text in d.log)
    ]
    shares = len(waited) / 200
    assert 0.35 < shares < 0.65
    assert data.latencies_s.max() < 0.9
    given, delivered, _ = multipliers("timeout")
    assert sum(given.values()) == 200  # each was asked, and each ran to its end
    assert set(delivered) == {1}
    assert data.codes[502] < played("launch")[0].codes[502]


def test_together_asks_for_ride_and_discount_at_once_and_gains_next_to_nothing() -> None:
    data, _ = played("together")
    before = played("launch")[0]
    assert calls("together") == {1: 200}
    assert data.codes == before.codes
    assert abs(data.requests["latency_s"] - before.requests["latency_s"]).max() < 1e-9


def test_decimal_delivers_and_records_every_discount() -> None:
    given, delivered, recorded = multipliers("decimal")
    assert played("decimal")[0].codes == {201: 200}
    assert delivered == given
    assert recorded == Counter({str(value): n for value, n in given.items()})


def test_promo_sleeps_for_a_fifth_of_its_calls_and_the_fixed_one_never() -> None:
    slow = played("launch")[0].of_service("promo-discount")["duration_s"]
    sleeping = slow[slow > 0]
    assert 0.1 < len(sleeping) / 200 < 0.3
    assert sleeping.min() >= 0.80 - 1e-9
    assert sleeping.max() <= 0.95 + 1e-9
    assert played("launch", "fixed")[0].of_service("promo-discount")["duration_s"].tolist() == [0.0] * 200


def test_the_fix_moves_no_discount() -> None:
    assert multipliers("launch", "fixed") == multipliers("launch")
    assert played("launch", "fixed")[0].codes == played("launch")[0].codes


def test_without_an_authorizer_in_the_event_the_handler_says_500(
    make_version: Callable[..., Version],
) -> None:
    for name in versions_of("request-ride"):
        source = read_version(f"request-ride@{name}").source
        wrapped = source.replace("async def handler(", "async def _handler(") + (
            "\n\nasync def handler(event, context):\n    event['requestContext'].clear()\n"
            "    return await _handler(event, context)\n"
        )
        lab = Lab(load_scenario("module-4"))
        lab.deploy(make_version("request-ride", wrapped))
        run = lab.finish(lab.request(headers={"Authorization": lab.scenario.site.token}, body="{}"))
        answer = run.sent_by_hand[0].result[1]
        assert (answer.status, answer.body) == (500, '{"error": "There seems to be an error on our end."}')


def test_an_answer_has_what_the_workshop_s_has() -> None:
    exchange = next(e for e in played("launch")[1].exchanges.values() if e.status == 201)
    answer = json.loads(exchange.answer)
    assert list(answer) == [
        "RideId", "Unicorn", "UnicornName", "Eta", "Rider", "RequestTime", "DiscountMultiplier"
    ]  # fmt: skip
    assert exchange.answer_headers["Access-Control-Allow-Origin"] == "*"
    assert answer["UnicornName"] == answer["Unicorn"]["Name"]
    assert answer["Eta"] == "30 Seconds"
    assert answer["RequestTime"].startswith("2018-03-30T23:48:4")
    names = Counter(
        json.loads(e.answer)["UnicornName"] for e in played("launch")[1].exchanges.values() if e.status == 201
    )
    assert set(names) == {"Bucephalus", "Shadowfax", "Rocinante"}
    assert min(names.values()) > 30


# names and builds


@pytest.mark.parametrize(
    ("ref", "said"),
    [
        ("request-ride@lunch", "no version `request-ride@lunch`; did you mean `request-ride@launch`?"),
        ("request-ride", "`request-ride` is no version: write SERVICE@VERSION"),
        ("request_ride@launch", "no version `request_ride@launch`; did you mean"),
        ("request-ride@LAUNCH", "no version `request-ride@LAUNCH`"),
        ("request-ride@published_trace", "no version `request-ride@published_trace`"),
        ("request-ride@../versions/x", "no version"),
        ("@", "no version `@`"),
        ("", "is no version"),
    ],
)
def test_a_version_that_does_not_exist_is_named_with_the_nearest(ref: str, said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        read_version(ref)


HANDLER = "async def handler(event, context):\n    return {}\n"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (HANDLER + "x = (\n", "own:3:5: '(' was never closed; the running version is untouched"),
        ("\n  x = 1\n" + HANDLER, "own:2:"),
        ("x = 1\n", "own:1:1: no handler: a version needs `async def handler(event, context)`"),
        ("\n\ndef handler(event, context):\n    return {}\n", "own:3:1: `handler` is not async: write"),
        ("import os\n" + HANDLER, "own:1:1: cannot import `os` here; there are asyncio, base64, "),
        ("def f():\n    from os.path import join\n" + HANDLER, "own:2:5: cannot import `os.path` here"),
        ("import json, sys\n" + HANDLER, "own:1:1: cannot import `sys` here"),
        ("from . import launch\n" + HANDLER, "own:1:1: cannot import `.` here"),
        ("\0" + HANDLER, "null bytes"),
    ],
)
def test_a_source_that_cannot_be_built_is_refused_with_its_line_and_column(source: str, said: str) -> None:
    with pytest.raises(BuildError, match=re.escape(said)):
        build(source, "own")


def test_a_deploy_that_cannot_be_built_leaves_the_running_version_alone() -> None:
    lab = Lab(load_scenario("module-4"))
    before = lab.versions["request-ride"]
    with pytest.raises(BuildError):
        lab.deploy(Version("request-ride", "mine", "import os\n" + HANDLER))
    assert lab.versions["request-ride"] is before
    assert lab.history("request-ride") == (before,)


def test_an_import_behind_the_build_s_back_is_refused_when_it_runs(
    make_version: Callable[..., Version],
) -> None:
    lab = Lab(load_scenario("module-4"))
    lab.deploy(make_version("request-ride", "__import__('os')"))
    run = lab.finish(lab.request(headers={"Authorization": lab.scenario.site.token}, body="{}"))
    assert lab.details(run.data()).invocations[0].failure.endswith("ImportError: cannot import `os` here")
