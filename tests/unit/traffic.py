"""Traffic to report on, made by hand."""

import math

import numpy as np

from simulator.report import PhaseStart, Traffic

ERRORS = ("ETIMEDOUT", "ECONNREFUSED", "Failed capture or match")
TIMED_OUT, REFUSED, NOT_CAPTURED = range(3)


def minute(*, name=None, duration_s=60.0):
    return (PhaseStart(0, name, duration_s, 0.0),)


def rides(sent_s, latency_s, status=201, **columns):
    """Build the traffic of virtual users who each send one request; a status of 0 is a timeout."""
    sent, latency = np.array(sent_s, dtype=float), np.array(latency_s, dtype=float)
    status = np.full(sent.size, status)
    ended = sent + latency
    defaults = {
        "error": np.where(status == 0, TIMED_OUT, -1),
        "error_names": ERRORS,
        "launched_s": sent,
        "completed_s": np.where(status == 0, math.nan, ended),
        "failed_s": np.where(status == 0, ended, math.nan),
        "scenario": np.zeros(sent.size, dtype=int),
        "scenario_names": (None,),
        "phases": minute(),
    }
    return Traffic(sent, latency, status, **defaults | columns)


def sixty():
    """A minute at one ride a second; every tenth fails, every ninth is slow."""
    i = np.arange(1, 61)
    latency = 0.3 + (i * 37 % 60) * 0.0031 + (i % 9 == 0) * 0.8612345
    return rides(i, latency, np.where(i % 10 == 0, 502, 201), received_bytes=150 + i)


def shop():
    """Scenarios with and without a name, a pause, users of two requests, and every kind of failure."""
    ok, none, nan = -1, 0, math.nan
    requests = [  # sent, latency, status, error
        (0.5, 0.2, 201, ok),
        (0.7, 0.1, 200, ok),
        (1.0, 0.0005, none, REFUSED),
        (1.5, 0.34567, 401, ok),
        (2.0, 2.0, none, TIMED_OUT),
        (9.9, 0.1, 502, ok),
        (10.0, 0.25, 201, NOT_CAPTURED),
        (33.0, 1.25, 201, ok),
        (34.25, 0.05, 301, ok),
        (34.0, 0.75, 201, ok),
        (34.5, 2.0, none, TIMED_OUT),
    ]
    users = [  # launched, completed, failed, scenario
        (0.5, 0.8, nan, 0),
        (1.0, nan, 1.0005, 1),
        (1.5, 1.84567, nan, 2),
        (2.0, nan, 4.0, 0),
        (9.9, 10.0, nan, 1),
        (10.0, nan, 10.25, 2),
        (33.0, 34.3, nan, 0),
        (34.0, 34.75, nan, 0),
        (34.5, nan, 36.5, 1),
    ]
    sent, latency, status, error = map(np.array, zip(*requests, strict=True))
    launched, completed, failed, scenario = map(np.array, zip(*users, strict=True))
    phases = (
        PhaseStart(0, "Warm up", 12.0, 0.0),
        PhaseStart(1, None, 18.0, 12.0, pause=True),
        PhaseStart(2, None, 5.0, 30.0),
    )
    names = ("Ask for a ride", None, "10")
    return Traffic(
        sent, latency, status, error, ERRORS, launched, completed, failed, scenario, names, phases,
        received_bytes=np.where(status > 0, 33, 0),
        skipped_s=np.array([34.9, 34.95]),
    )  # fmt: skip
