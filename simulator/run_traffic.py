"""A run's columns as the load generator's view of it: what the reports are written from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.arrivals import starts
from simulator.report_traffic import PhaseStart, Traffic

if TYPE_CHECKING:
    from simulator.run_data import RunData


def traffic(data: RunData) -> Traffic:
    """Give the requests and users of a run, those under way included (their ends are nan)."""
    plan = data.settings.plan
    requests, users = data.requests, data.users
    error_names = tuple(sorted(set(data.errors.values())))
    error = np.full(len(requests["number"]), -1)
    latency = requests["latency_s"].copy()
    for number, name in data.errors.items():
        at = int(np.searchsorted(requests["number"], number))
        error[at] = error_names.index(name)
        if np.isnan(latency[at]):
            latency[at] = plan.timeout_s if name == "ETIMEDOUT" else 0.0
    waiting, at_work = len(data.waiting), len(data.at_work)
    failed = users["failed"] > 0
    nothing = np.full(at_work, np.nan)
    return Traffic(
        sent_s=np.concatenate([requests["sent_s"], np.array(data.waiting, dtype=float)]),
        latency_s=np.concatenate([latency, np.full(waiting, np.nan)]),
        status=np.concatenate([requests["status"], np.zeros(waiting, dtype=np.int16)]),
        error=np.concatenate([error, np.full(waiting, -1)]),
        error_names=error_names,
        launched_s=np.concatenate(
            [users["launched_s"], np.array([at for _, at in data.at_work], dtype=float)]
        ),
        completed_s=np.concatenate([np.where(failed, np.nan, users["ended_s"]), nothing]),
        failed_s=np.concatenate([np.where(failed, users["ended_s"], np.nan), nothing]),
        scenario=np.concatenate(
            [users["flow"].astype(int), np.array([flow for flow, _ in data.at_work], dtype=int)]
        ),
        scenario_names=tuple(flow.name for flow in plan.flows),
        phases=tuple(
            PhaseStart(i, phase.name, phase.duration_s, start, pause=phase.pause, written=phase.written)
            for i, (phase, start) in enumerate(zip(plan.phases, starts(plan), strict=False))
        ),
        received_bytes=np.concatenate([requests["bytes"].astype(int), np.zeros(waiting, dtype=int)]),
        skipped_s=np.array(data.skipped_s, dtype=float),
        stopped_s=data.stopped_s,
    )
