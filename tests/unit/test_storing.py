"""Stored runs: bytes give the run back to the last value, and damaged bytes say so in one line."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import Lab, load_scenario
from simulator.compare import before_against_after, slow_against_fast
from simulator.errors import NotKeptError
from simulator.faults import ErrorRate, NoisyNeighbor
from simulator.load import Flow, Loop, Phase, Think, load_plan
from simulator.storing import StoredColumns, pack, unpack
from simulator.traces import request_trace

if TYPE_CHECKING:
    from simulator.run_data import RunData


def busy_run() -> RunData:
    """A run with something of everything: errors, faults, changes, users and requests under way."""
    lab = Lab(load_scenario("module-4"), seed=3)
    lab.deploy("request-ride@traced")
    lab.inject(NoisyNeighbor(service="request-ride"))
    plan = load_plan("artillery-slowness.yml")
    flows = (*plan.flows, Flow((Think(1.0), Loop(2, plan.flows[0].steps))))
    phases = (Phase(20.0, 2.0), Phase(5.0, 1.0, 3.0, max_users=2, written="5s"), Phase(1.0, pause=True))
    run = lab.load(msgspec.structs.replace(plan, phases=phases, flows=flows, timeout_s=1.2))
    lab.advance(10.0)
    lab.inject(ErrorRate(service="promo-discount", share=0.5))
    lab.deploy("promo-discount@fixed", token=None)
    lab.request("GET", "https://elsewhere.example/")
    lab.advance(10.5)
    return run.data()


RUN = busy_run()
PACKED = pack(RUN)


def test_a_run_comes_back_to_the_last_value() -> None:
    back = unpack(*PACKED)
    assert back.settings == RUN.settings
    for name in ("requests", "invocations", "spans", "users"):
        for column, values in getattr(RUN, name).items():
            np.testing.assert_array_equal(getattr(back, name)[column], values)
            assert getattr(back, name)[column].dtype == values.dtype
    for name in ("number", "now_s", "steps", "ended_s", "settled", "launched", "sent", "done", "skipped_s", "waiting",
                 "at_work", "stopped_s", "errors", "alerts", "services", "versions", "names"):  # fmt: skip
        assert getattr(back, name) == getattr(RUN, name), name
    assert set(RUN.errors.values()) == {"ETIMEDOUT", "ENOTFOUND"}
    assert RUN.waiting
    assert pack(back) == PACKED


def test_a_run_that_came_back_answers_every_question_alike() -> None:
    back = unpack(*PACKED)
    assert slow_against_fast(back, 1.0) == slow_against_fast(RUN, 1.0)
    assert request_trace(back, 3) == request_trace(RUN, 3)
    assert before_against_after(back, RUN).n_before == len(RUN.latencies_s)
    assert (
        Lab(back.settings.scenario).details(back).exchanges[3]
        == Lab(RUN.settings.scenario).details(RUN).exchanges[3]
    )


@pytest.mark.parametrize("part", [0, 1, 2])
@given(at=st.floats(0, 1), kind=st.sampled_from(["cut", "flip", "empty", "text"]))
def test_damaged_bytes_are_said_in_one_line_or_still_readable(part: int, at: float, kind: str) -> None:
    parts = list(PACKED)
    raw = parts[part]
    place = int(at * (len(raw) - 1))
    parts[part] = {
        "cut": raw[:place],
        "flip": raw[:place] + bytes([raw[place] ^ 0x55]) + raw[place + 1 :],
        "empty": b"",
        "text": b"{}",
    }[kind]
    said = "a stored run cannot be read: "
    try:
        unpack(*parts)
    except NotKeptError as error:
        said = str(error)
    assert said.startswith("a stored run cannot be read: ")
    assert len(said.splitlines()) == 1


def repacked(**changes: object) -> bytes:
    stored = msgspec.msgpack.decode(zlib.decompress(PACKED[2]), type=StoredColumns)
    return zlib.compress(msgspec.msgpack.encode(msgspec.structs.replace(stored, **changes)))


def tables() -> dict[str, dict[str, tuple[str, bytes]]]:
    return msgspec.msgpack.decode(zlib.decompress(PACKED[2]), type=StoredColumns).tables


def test_another_format_is_named() -> None:
    with pytest.raises(NotKeptError, match="a stored run has format 99, this ridelab reads 1"):
        unpack(*PACKED[:2], repacked(format=99))


def test_columns_that_do_not_fit_together_are_refused() -> None:
    short = tables()
    kind, raw = short["requests"]["user"]
    short["requests"]["user"] = (kind, raw[:-4])
    with pytest.raises(NotKeptError, match="different lengths"):
        unpack(*PACKED[:2], repacked(tables=short))


def test_a_column_that_an_older_version_did_not_store_is_read_as_zeros() -> None:
    older = tables()
    del older["requests"]["bytes"]
    back = unpack(*PACKED[:2], repacked(tables=older))
    assert back.requests["bytes"].tolist() == [0] * len(RUN.frozen_requests)
    assert back.requests["status"].tolist() == RUN.requests["status"].tolist()


def test_an_empty_run_comes_back() -> None:
    lab = Lab(load_scenario("module-4"))
    data = lab.load().data()
    back = unpack(*pack(data))
    assert (back.sent, len(back.latencies_s), back.codes) == (0, 0, {})
    assert pack(back) == pack(data)
