"""A run to take along: its rows, its figures, the same bytes, and nothing that only the lab knows."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from simulator import Lab, load_plan, load_scenario
from simulator.faults import parse_fault
from simulator.run_export import COLD, COLUMNS, as_csv, as_json_with_requests
from simulator.run_summary import as_json
from simulator.storing import pack, unpack

if TYPE_CHECKING:
    import numpy as np

    from simulator.run_data import RunData


def run(plan: str = "artillery-slowness.yml", **tokens: str | None) -> RunData:
    lab = Lab(load_scenario("module-4"), seed=7)
    lab.tokens |= {name.replace("_", "-"): token for name, token in tokens.items()}
    made = lab.load(load_plan(plan))
    lab.finish(made)
    return made.data()


@pytest.fixture(scope="module")
def data() -> RunData:
    return run()


def test_json_begins_with_what_the_command_line_prints(data: RunData) -> None:
    whole = json.loads(as_json_with_requests(data))
    printed = json.loads(as_json(data))
    assert {name: whole[name] for name in printed} == printed
    assert whole["settings"]["plan"] == "artillery-slowness.yml"
    assert whole["settings"]["start"] == "cold"
    assert whole["settings"]["monitoring"] == {"request-ride": "on", "promo-discount": "dormant"}


def test_each_request_is_a_row_in_the_order_of_sending(data: RunData) -> None:
    rows = json.loads(as_json_with_requests(data))["rows"]
    assert len(rows) == data.sent == 60
    assert [row["number"] for row in rows] == list(range(60))
    assert all(tuple(row) == COLUMNS for row in rows)
    for row, latency, sent, cold in zip(
        rows, data.requests["latency_s"], data.requests["sent_s"], data.requests["cold"], strict=True
    ):
        assert row["latency_ms"] == pytest.approx(latency * 1000, abs=0.0005)
        assert row["sent_s"] == pytest.approx(sent, abs=5e-7)
        assert row["cold_start"] == COLD[cold]


def test_csv_has_a_line_of_names_and_the_same_rows(data: RunData) -> None:
    text = as_csv(data)
    assert text.splitlines()[0] == ",".join(COLUMNS)
    assert "\r" not in text
    read = list(csv.DictReader(io.StringIO(text)))
    rows = json.loads(as_json_with_requests(data))["rows"]
    assert [
        {name: "" if value is None else str(value) for name, value in row.items()} for row in rows
    ] == read


def test_times_are_rounded_to_a_thousandth_of_a_millisecond(data: RunData) -> None:
    for row in csv.DictReader(io.StringIO(as_csv(data))):
        for name in ("latency_ms", "duration_ms"):
            assert len(row[name].partition(".")[2]) <= 3


def test_the_duration_is_the_invocation_s_own(data: RunData) -> None:
    calls = data.of_service(data.front)
    known = dict(zip(calls["number"].tolist(), calls["duration_s"].tolist(), strict=True))
    for row in json.loads(as_json_with_requests(data))["rows"]:
        assert row["duration_ms"] == pytest.approx(known[row["invocation"]] * 1000, abs=0.0005)


def test_an_answer_that_never_came_is_null_and_empty(data: RunData) -> None:
    columns = dict(data.frozen_requests.columns())
    latency, status = columns["latency_s"].copy(), columns["status"].copy()
    latency[0], status[0] = math.nan, 0

    class Lost:
        def columns(self, by: str = "") -> dict[str, np.ndarray]:
            return columns | {"latency_s": latency, "status": status}

    lost = replace(data, frozen_requests=Lost(), errors={0: "ETIMEDOUT"})  # type: ignore[arg-type]
    first = json.loads(as_json_with_requests(lost))["rows"][0]
    assert (first["latency_ms"], first["status"], first["error"]) == (None, None, "ETIMEDOUT")
    assert next(csv.DictReader(io.StringIO(as_csv(lost))))["latency_ms"] == ""


def test_what_no_agent_reports_is_not_told() -> None:
    blind = run(request_ride=None)
    rows = json.loads(as_json_with_requests(blind))["rows"]
    assert {row["invocation"] for row in rows} == {None}
    assert {row["duration_ms"] for row in rows} == {None}


def test_a_refused_request_has_no_invocation() -> None:
    rows = json.loads(as_json_with_requests(run("artillery-no-token.yml")))["rows"]
    assert {row["status"] for row in rows} == {401}
    assert {row["invocation"] for row in rows} == {None}


def test_the_same_run_gives_the_same_bytes_however_it_is_got(data: RunData) -> None:
    again, stored = run(), unpack(*pack(data))
    for other in (again, stored):
        assert as_csv(other) == as_csv(data)
        assert as_json_with_requests(other) == as_json_with_requests(data)


def test_a_fault_that_is_to_be_found_is_not_named() -> None:
    lab = Lab(load_scenario("module-4"), seed=7)
    fault = parse_fault("gc-pause")
    lab.inject(fault)
    made = lab.load(load_plan("artillery-slowness.yml"))
    lab.advance(5.0)
    lab.sample(0.5)
    handle = lab.inject(fault)
    lab.remove(handle)
    lab.finish(made)
    text = as_json_with_requests(made.data())
    assert "gc-pause" not in text
    [change] = json.loads(text)["settings"]["changes"]
    assert change["what"] == "sampling: a share of all (50%)"
    assert change["at_s"] == pytest.approx(5.0, abs=1.0)
