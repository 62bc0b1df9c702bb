"""Run every benchmark: ridelab and its peer in turn, several rounds, medians and ratios as text or JSON."""

from __future__ import annotations

import argparse
import json
import statistics
import time
from typing import TYPE_CHECKING, Any

from benchmarks import queues, rides

if TYPE_CHECKING:
    from collections.abc import Callable


def interleaved(ours: Callable[[], Any], peer: Callable[[], Any], n: int, rounds: int) -> dict[str, float]:
    """Time both in turn; gives median rates per second and the median of the ratios, round by round."""
    ours_s, peer_s = [], []
    for _ in range(rounds):
        for call, taken in ((ours, ours_s), (peer, peer_s)):
            start = time.perf_counter()
            call()
            taken.append(time.perf_counter() - start)
    ratios = [theirs / mine for mine, theirs in zip(ours_s, peer_s, strict=True)]
    return {
        "ridelab_per_s": n / statistics.median(ours_s),
        "peer_per_s": n / statistics.median(peer_s),
        "ratio": statistics.median(ratios),
    }


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="benchmarks", description="Measure ridelab beside its peers.")
    parser.add_argument("--small", action="store_true", help="little work: to see that it runs, not how fast")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    options = parser.parse_args()
    jobs = queues.draws(500 if options.small else 50_000)
    n, rounds = (50, 1) if options.small else (5_000, 5)
    if queues.ridelab(jobs) != queues.with_simpy(jobs):
        raise SystemExit("M/M/4: the waits are not equal to SimPy's for equal draws")
    found = {
        "M/M/4 at rho 0.8, jobs, against SimPy": interleaved(
            lambda: queues.ridelab(jobs), lambda: queues.with_simpy(jobs), len(jobs), rounds
        ),
        "traced rides, against SimPy's bare six timeouts": interleaved(
            lambda: rides.ridelab(n), lambda: rides.with_simpy(n), n, rounds
        ),
    }
    if options.json:
        print(json.dumps(found))
        return
    for name, one in found.items():
        print(
            f"{name}: {one['ridelab_per_s']:,.0f}/s to {one['peer_per_s']:,.0f}/s, ratio {one['ratio']:.2f}"
        )


if __name__ == "__main__":
    main()
