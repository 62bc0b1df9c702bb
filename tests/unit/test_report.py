"""The console reports: what Artillery 1.6.0-15 and 2.x print for the same traffic."""

import math
import re
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.metrics import artillery1_percentile
from simulator.report import PhaseStart, artillery1, artillery2, interim_reports
from tests.unit.traffic import minute, rides, shop, sixty

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("report", [artillery1, artillery2])
@pytest.mark.parametrize("traffic", [sixty, shop])
def test_reports_are_these_texts(report, traffic):
    golden = GOLDEN / f"{report.__name__}_{traffic.__name__}.txt"
    assert report(traffic()) == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("report", [artillery1, artillery2])
def test_a_report_hangs_on_the_traffic_alone(report, monkeypatch):
    expected = report(shop())
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    if hasattr(time, "tzset"):
        time.tzset()
    try:
        assert report(shop()) == expected
    finally:
        monkeypatch.undo()
        if hasattr(time, "tzset"):
            time.tzset()


@pytest.mark.parametrize("report", [artillery1, artillery2])
@given(requests=st.permutations(range(11)), users=st.permutations(range(9)))
def test_the_order_of_rows_does_not_matter(report, requests, users):
    traffic = shop()
    shuffled = {
        name: getattr(traffic, name)[list(order)]
        for order, names in (
            (requests, ("sent_s", "latency_s", "status", "error", "received_bytes")),
            (users, ("launched_s", "completed_s", "failed_s", "scenario")),
        )
        for name in names
    }
    without_id = re.compile("^Test run id.*$", re.MULTILINE)
    actual = report(replace(traffic, **shuffled))
    assert without_id.sub("", actual) == without_id.sub("", report(traffic))


@pytest.mark.parametrize("report", [artillery1, artillery2])
def test_a_run_that_goes_on_has_no_report_yet(report):
    out = rides([1, 2], [0.3, math.nan])
    with pytest.raises(ValueError, match="still at work"):
        report(out)
    with pytest.raises(ValueError, match="still at work"):
        interim_reports(out, math.inf)


@pytest.mark.parametrize("report", [artillery1, artillery2])
def test_a_run_that_was_stopped_ends_without_a_summary(report):
    whole = sixty()
    sent = whole.sent_s <= 24
    text = report(rides(whole.sent_s[sent], whole.latency_s[sent], whole.status[sent], stopped_s=24.0))
    assert "ummary" not in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert text.count("RPS sent" if report is artillery1 else "http.requests") == 2
    if report is artillery1:
        assert report(whole).startswith(text)


def test_columns_of_one_kind_have_one_length():
    with pytest.raises(ValueError, match=r"different lengths: \[2, 1, 2, 2\]"):
        rides([1, 2], [0.3])


# Artillery 1.6.0-15


def blocks(text):
    """Return each report of a text as {label: value}, the summary last."""
    reports = re.findall(r"eport @ .*\n((?:  .*\n)+)", text)
    return [dict(re.findall(r"^ *(.+?): +(\S+)", report, re.MULTILINE)) for report in reports]


def test_eight_answers_have_no_p95():
    report = blocks(artillery1(rides(range(1, 9), [0.3398, 2.5321, *[0.8337] * 6])))[0]
    assert (report["min"], report["median"], report["max"]) == ("339.8", "833.7", "2532.1")
    assert (report["p95"], report["p99"]) == ("NaN", "NaN")


def test_a_whole_number_of_milliseconds_has_no_decimals():
    assert blocks(artillery1(rides([1], [3.697])))[0]["max"] == "3697"


def test_the_printed_run_of_sixty_comes_out_of_values_like_it():
    values = [7.9473, 2.7663, 2.7663, 1.6111, *[0.4264] * 55, 0.3057]
    summary = blocks(artillery1(rides(range(1, 61), values)))[-1]
    printed = {"min": "305.7", "max": "7947.3", "median": "426.4", "p95": "2188.7", "p99": "7429.2"}
    assert printed.items() <= summary.items()


def test_a_request_a_second_is_a_rate_of_one():
    assert [report["RPS sent"] for report in blocks(artillery1(sixty()))[:6]] == ["1"] * 6


def test_an_arrival_at_ten_seconds_belongs_to_the_next_report():
    counts = [report["Scenarios launched"] for report in blocks(artillery1(sixty()))]
    assert counts == ["9", "10", "10", "10", "10", "10", "1", "60"]


def test_a_run_that_ends_just_before_a_report_ends_with_an_empty_one():
    *_, last_but_one, last, summary = blocks(
        artillery1(rides([1, 9.5], [0.1, 0.3], phases=minute(duration_s=9.5)))
    )
    assert last_but_one["Scenarios completed"] == summary["Scenarios completed"] == "2"
    assert last["Scenarios launched"] == "0"
    assert {last[figure] for figure in ("RPS sent", "min", "max", "median", "p95", "p99")} == {"NaN"}
    assert "201" not in last


def test_a_request_at_the_instant_of_the_report_has_an_infinite_rate():
    report = artillery1(rides([9.999], [0.001], phases=minute(duration_s=9.5)))
    assert blocks(report)[0]["RPS sent"] == "Infinity"


def test_only_2018_tells_a_timeout_of_the_socket_apart():
    assert re.findall(r"E\w*TIMEDOUT", artillery1(shop())) == ["ESOCKETTIMEDOUT"] * 3
    assert re.findall(r"E\w*TIMEDOUT", artillery2(shop())) == ["ETIMEDOUT"] * 3


def test_a_failed_capture_is_silent_in_2018_and_an_error_now():
    assert "capture" not in artillery1(shop())
    assert "errors.Failed capture or match:" in artillery2(shop())


def test_errors_come_in_the_order_of_their_first_and_codes_by_number():
    summary = artillery1(shop()).split("Summary")[1]
    assert re.findall(r"^    (\d{3}):", summary, re.MULTILINE) == ["200", "201", "301", "401", "502"]
    assert summary.index("ECONNREFUSED") < summary.index("ESOCKETTIMEDOUT")


def test_scenarios_whose_names_are_numbers_come_first():
    summary = artillery1(shop()).split("Scenario counts:\n")[1]
    assert summary.startswith(
        "    1: 3 (33.333%)\n    10: 2 (22.222%)\n    Ask for a ride: 4 (44.444%)\n  Codes:"
    )


def test_a_run_without_users():
    text = artillery1(rides([], [], phases=(PhaseStart(0, None, 2.0, 0.0, pause=True),)))
    assert "Started phase 0, duration: undefineds @ 19:48:41(-0400) 2018-03-30\n" in text
    assert text.endswith("p99: NaN\n  Scenario counts:\n")


def test_a_report_after_midnight_has_the_next_day():
    phases = minute(duration_s=15_080.0)
    assert "Report @ 00:00:01(-0400) 2018-03-31\n" in artillery1(rides([1], [0.1], phases=phases))


moments = st.integers(0, 25_000).map(lambda ms: ms / 1000)
users = st.tuples(moments, st.integers(1, 20_000), st.sampled_from([200, 201, 502, 0]), st.integers(0, 2))


@st.composite
def runs(draw):
    """Runs of up to 40 users who send one request each, in two phases, and of whom some wait in vain."""
    drawn = np.array(draw(st.lists(users, max_size=40)), dtype=float).reshape(-1, 4)
    sent, latency_ms, status, scenario = drawn.T
    change = draw(st.sampled_from([25.0, 10.0, 7.5]))
    return rides(
        sent,
        latency_ms / 1000,
        status.astype(int),
        scenario=scenario.astype(int),
        scenario_names=("a", None, "c"),
        phases=(PhaseStart(0, None, change, 0.0), PhaseStart(1, "two", 26.0 - change, change)),
    )


def cut(traffic, until_s):
    """Return what is known of a run at a time: what was sent and launched by then, and what has ended."""
    sent, launched = traffic.sent_s <= until_s, traffic.launched_s <= until_s
    known = traffic.ended_s[sent] <= until_s

    def by_then(times):
        return np.where(times[launched] <= until_s, times[launched], math.nan)

    return replace(
        traffic,
        sent_s=traffic.sent_s[sent],
        latency_s=np.where(known, traffic.latency_s[sent], math.nan),
        status=np.where(known, traffic.status[sent], 0),
        error=np.where(known, traffic.error[sent], -1),
        launched_s=traffic.launched_s[launched],
        completed_s=by_then(traffic.completed_s),
        failed_s=by_then(traffic.failed_s),
        scenario=traffic.scenario[launched],
    )


@given(runs(), st.integers(0, 60_000))
def test_what_is_printed_by_a_time_is_the_beginning_of_the_whole(traffic, ms):
    until_s = ms / 1000
    early = interim_reports(cut(traffic, until_s), until_s)
    assert early == interim_reports(traffic, until_s)
    assert "".join(interim_reports(traffic, math.inf)).startswith("".join(early))


@given(runs(), st.lists(st.integers(0, 60_000), max_size=4).map(sorted))
def test_what_was_printed_before_need_not_be_made_again(traffic, moments):
    known = []
    for ms in moments:
        if ms / 1000 < traffic.launching_ends_s:
            known = interim_reports(cut(traffic, ms / 1000), ms / 1000, known)
            assert known == interim_reports(traffic, ms / 1000)
    assert interim_reports(traffic, math.inf, known) == interim_reports(traffic, math.inf)


def test_reports_come_in_as_time_passes():
    traffic = sixty()
    assert [len(interim_reports(traffic, until_s)) for until_s in (0, 9.999, 10, 25, 60, 62.5)] == [
        1, 1, 2, 3, 7, 9,
    ]  # fmt: skip
    assert "".join(interim_reports(traffic, 62.5)) == artillery1(traffic) + "\n"


@given(runs())
def test_the_reports_of_2018_add_up_to_their_summary(traffic):
    *parts, summary = blocks(artillery1(traffic))
    counted = (
        "Scenarios launched",
        "Scenarios completed",
        "Requests completed",
        "ESOCKETTIMEDOUT",
        "201",
        "502",
    )
    for label in counted:
        assert sum(int(part.get(label, 0)) for part in parts) == int(summary.get(label, 0))
    assert int(summary["Scenarios launched"]) == traffic.launched_s.size
    answered = traffic.latency_s[traffic.status > 0]
    assert float(summary["p95"]) == pytest.approx(
        artillery1_percentile(answered * 1e3, 0.95), abs=0.1, nan_ok=True
    )


# Artillery 2.x


def metrics(text):
    """Return each listing as {metric: value}, histograms' figures as `metric.figure`; the totals last."""
    listings = []
    for listing in re.split(r"^(?:Metrics for|Summary).*$", text, flags=re.MULTILINE)[1:]:
        found, owner = {}, ""
        for name, value in re.findall(r"^( *[^\n]+?):(?: \.* (\S+))?$", listing, re.MULTILINE):
            owner = name if not value else owner
            found[f"{owner}.{name.strip()}" if name.startswith(" ") else name] = value
        listings.append(found)
    return listings


@given(runs())
def test_the_windows_of_2_x_add_up_to_their_summary(traffic):
    *windows, totals = metrics(artillery2(traffic))
    for name in totals.keys() - {"http.request_rate"}:
        if totals[name].isdigit() and ".m" not in name and ".p9" not in name:
            assert sum(int(window.get(name, 0)) for window in windows) == int(totals[name])
    assert int(totals.get("vusers.created", 0)) == traffic.launched_s.size


def test_percentiles_of_2_x_are_exact():
    totals = metrics(artillery2(rides(range(1, 61), [0.1] * 57 + [1, 2, 3])))[-1]
    assert totals["http.response_time.p95"] == "145"  # 100 ms and a twentieth of the way to 1 s
    assert totals["http.response_time.p99"] == "2410"
    assert totals["http.response_time.max"] == totals["vusers.session_length.max"] == "3000"


def test_windows_follow_the_wall_clock():
    text = artillery2(rides([8.999, 9.0, 18.5], [0.0004] * 3))
    assert re.findall(r"period to: (\S+)\(-0400\) \(width: (\S+)s\)", text) == [
        ("19:48:50", "0"),
        ("19:49:00", "9.5"),
    ]


def test_a_window_without_events_is_left_out_and_the_rate_is_the_mean_of_the_others():
    busy, quiet = np.arange(1, 2, 0.1), [35.0]
    *windows, totals = metrics(artillery2(rides([*busy, *quiet], [0.01] * 11)))
    assert [window["http.request_rate"] for window in windows] == ["10/sec", "1/sec"]
    assert totals["http.request_rate"] == "6/sec"  # 5.5, and halves go up


def test_completed_users_print_that_none_failed():
    (window, totals) = metrics(artillery2(rides([1], [0.1])))
    assert window["vusers.failed"] == totals["vusers.failed"] == "0"


def test_bytes_and_skipped_users_are_counted_where_they_are_known():
    assert metrics(artillery2(shop()))[-1]["http.downloaded_bytes"] == "264"
    assert metrics(artillery2(shop()))[-1]["vusers.skipped"] == "2"
    assert "downloaded" not in artillery2(rides([1], [0.1]))


def test_a_metric_whose_name_is_too_long_is_cut():
    line = next(
        line
        for line in artillery2(rides([1], [0.1], scenario_names=("ride " * 20,))).splitlines()
        if "by_name" in line
    )
    assert line == "vusers.created_by_name." + "ride " * 10 + "rid...  1"


@pytest.mark.parametrize(
    ("phase", "length"),
    [
        (PhaseStart(0, None, 60.0, 0.0), "60s"),
        (PhaseStart(0, None, 0.5, 0.0), "0.5"),
        (PhaseStart(0, None, 300.0, 0.0, written="5m"), "5m"),
    ],
)
def test_a_phase_says_how_long_it_is(phase, length):
    text = artillery2(rides([0.1], [0.1], phases=(phase,)))
    assert f"Phase started: unnamed (index: 0, duration: {length}) 19:48:41(-0400)\n\n" in text


@pytest.mark.parametrize(
    ("duration_s", "words"),
    [
        (3.0, "3 seconds"),
        (60.0, "1 minute, 1 second"),
        (3_601.0, "1 hour, 0 minutes, 1 second"),
        (2 * 86_400.0, "2 days, 0 hours, 0 minutes, 1 second"),
    ],
)
def test_the_total_time_is_in_words(duration_s, words):
    assert f"Total time: {words}\n" in artillery2(rides([1], [0.1], phases=minute(duration_s=duration_s)))


def test_a_plan_that_only_waits_measures_nothing():
    text = artillery2(rides([], [], phases=(PhaseStart(0, None, 30.0, 0.0, pause=True),)))
    assert re.sub(r"t\S{39}", "ID", text) == (
        "Test run id: ID\n"
        "--------------------------------\n"
        "Summary report @ 19:48:43(-0400)\n"
        "--------------------------------\n"
        "\n"
        "No measurements recorded during this period\n"
    )


def test_the_same_traffic_has_the_same_run_id_and_other_traffic_another():
    def run_id(traffic):
        return re.match(r"Test run id: (t[3-9a-z]{4}_[3-9a-z]{29}_[3-9a-z]{4})\n", artillery2(traffic))[1]

    assert run_id(sixty()) == run_id(sixty())
    assert run_id(sixty()) != run_id(replace(sixty(), status=np.full(60, 201)))
