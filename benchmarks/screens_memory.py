"""The memory of a lab that runs for long: what it grows by, beside the columns that it records."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.screens_course import LESSON, open_load, ridelab, write_course
from benchmarks.screens_keys import SENT
from benchmarks.table import Figure
from simulator import Lab, load_plan, load_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from simulator.run_data import RunData

RATE, SPEED = 20, 10
"""Rides a virtual second, and virtual seconds a second of wall time."""
WARM = 0.4
"""Which share of the run passes before its memory is looked at: until then caches and chunks fill."""
MIB = 2**20


def measure(folder: Path, *, small: bool, minutes: float | None = None) -> Iterator[Figure]:
    """Let a lab run ten virtual minutes at x10, or so many minutes of wall time at x1; watch its memory."""
    virtual_s = 20.0 if small else 600.0 if minutes is None else minutes * 60.0
    speed = SPEED if minutes is None else 1
    where = folder / "memory"
    course = write_course(where, rate=RATE, seconds=virtual_s + 3600, rides=True)
    with ridelab(where / "data", LESSON, "--lessons", str(course), "--speed", str(speed)) as terminal:
        open_load(terminal)
        time.sleep(virtual_s * WARM / speed)
        samples = []
        until = time.perf_counter() + virtual_s * (1.0 - WARM) / speed
        while time.perf_counter() < until:
            place = terminal.place
            terminal.when(lambda text: bool(SENT.search(text)), place, 30.0, "the player line")
            sent = int(SENT.findall(terminal.text(place))[-1].replace(",", ""))
            samples.append((sent, terminal.resident()))
            time.sleep(0.2)
    sent, resident = np.array(samples, dtype=float).T
    tenth = max(
        1, len(samples) // 10
    )  # a tenth at either end: a single look may fall into the drawing of a view
    first, last = (np.median(resident[part]) for part in (slice(tenth), slice(-tenth, None)))
    rides = float(np.median(sent[-tenth:]) - np.median(sent[:tenth]))
    recorded = rides * _bytes_a_ride(where / "plan.yml", min(virtual_s, 600.0))
    yield Figure(
        f"memory of a lab that ran {virtual_s / 60:,.0f} minutes, {rides:,.0f} rides on",
        f"{(last - first) / MIB:+.1f} MiB", f"columns {recorded / MIB:+.1f} MiB",
        (last - first - recorded) / MIB, 2.0, most=True, unit=" MiB",
    )  # fmt: skip


def _bytes_a_ride(plan: Path, seconds: float) -> float:
    """Give what the columns of such a run hold for each ride."""
    lab = Lab(load_scenario("module-4"), seed=7)
    lab.deploy("request-ride@traced")
    run = lab.load(load_plan(plan))
    lab.advance(seconds)
    return _bytes(run.data()) / len(run.data().frozen_requests)


def _bytes(data: RunData) -> int:
    tables = (data.frozen_requests, data.frozen_invocations, data.frozen_spans, data.frozen_users)
    return sum(column.nbytes for table in tables for chunk in table.chunks for column in chunk.values())
