"""Run every benchmark: ridelab and its peer in turn, several rounds, medians and ratios as text, JSON or Markdown."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import growth, numbers, queues, rides, rides_simpy, screens, terminal
from benchmarks.table import Figure, as_text, into_readme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PARTS = ("engine", "screens")
README = Path(__file__).parents[1] / "README.md"


def ratio(ours: Callable[[], Any], peer: Callable[[], Any], rounds: int) -> tuple[float, float, float]:
    """Time both in turn; gives median seconds of ours and the peer's, and the median ratio, round by round."""
    ours_s, peer_s = [], []
    for _ in range(rounds):
        for call, taken in ((ours, ours_s), (peer, peer_s)):
            start = time.perf_counter()
            call()
            taken.append(time.perf_counter() - start)
    ratios = [theirs / mine for mine, theirs in zip(ours_s, peer_s, strict=True)]
    return statistics.median(ours_s), statistics.median(peer_s), statistics.median(ratios)


def engine(*, small: bool) -> Iterator[Figure]:
    """Measure the kernel, a ride, and the numbers made of many."""
    jobs = queues.draws(500 if small else 50_000)
    rounds = 1 if small else 5
    waits = queues.ridelab(jobs)
    if not waits == queues.with_simpy(jobs) == queues.with_ciw(jobs):
        raise SystemExit("M/M/4: the waits are not equal to the peers' for equal draws")
    for peer, run, wanted in (("SimPy", queues.with_simpy, 3.5), ("Ciw", queues.with_ciw, 5.5)):
        mine, theirs, times = ratio(lambda: queues.ridelab(jobs), lambda run=run: run(jobs), rounds)  # type: ignore[misc]
        yield Figure(
            f"M/M/4 at rho 0.8, against {peer}", f"{len(jobs) / mine:,.0f} jobs/s",
            f"{len(jobs) / theirs:,.0f} jobs/s", times, wanted,
        )  # fmt: skip
    n = 50 if small else 4_000
    for what, run, wanted in (
        ("a traced ride, against a SimPy model doing the same", rides_simpy.with_simpy_in_full, 1.25),
        ("a traced ride, against six bare timeouts of SimPy", rides.with_simpy, 0.35),
    ):
        mine, theirs, times = ratio(lambda: rides.ridelab(n), lambda run=run: run(n), rounds)  # type: ignore[misc]
        yield Figure(what, f"{n / mine:,.0f} rides/s", f"{n / theirs:,.0f} rides/s", times, wanted)
    few, many = (200, 2_000) if small else (100_000, 1_000_000)
    first, last = growth.measured(few), growth.measured(many)
    yield Figure(
        f"time of {many:,} rides, against {few:,}", f"{last['seconds']:,.1f} s", f"{first['seconds']:,.1f} s",
        last["seconds"] / first["seconds"], 11.0, most=True,
    )  # fmt: skip
    yield Figure(
        "memory of a ride with its seven spans kept", f"{last['peak'] / 2**20:,.0f} MiB",
        f"{first['peak'] / 2**20:,.0f} MiB", (last["peak"] - first["peak"]) / (many - few), 350.0, most=True, unit=" B",
    )  # fmt: skip
    n = 10_000 if small else 1_000_000
    made, sort = numbers.calls(n)
    for name, call in made.items():
        mine, theirs, times = ratio(call, sort, rounds)
        yield Figure(
            f"{name} of {n:,}, against numpy's sort", f"{mine * 1000:,.0f} ms", f"{theirs * 1000:,.0f} ms", 1 / times,
            2.0, most=True,
        )  # fmt: skip


def on_screen(*, small: bool, minutes: float | None) -> Iterator[Figure]:
    """Measure the screens in a terminal, where there are pseudo-terminals and /proc."""
    if not terminal.supported():
        print(
            "benchmarks: the screens are measured where there are pseudo-terminals and /proc", file=sys.stderr
        )
        return
    for figure in screens.measure(small=small, minutes=minutes):
        figure.part = "screens"
        yield figure


def put_into(file: Path, figures: list[Figure]) -> None:
    """Put figures into a JSON file, in place of what it has of the same parts; parts stay in their order."""
    parts = {figure.part for figure in figures}
    there = [Figure(**one) for one in json.loads(file.read_text(encoding="utf-8"))] if file.exists() else []
    whole = sorted(
        [one for one in there if one.part not in parts] + figures, key=lambda one: PARTS.index(one.part)
    )
    file.write_text(json.dumps([vars(figure) for figure in whole], indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="benchmarks", description="Measure ridelab beside its peers.")
    parser.add_argument("--only", choices=PARTS, help="only this part")
    parser.add_argument("--small", action="store_true", help="little work: to see that it runs, not how fast")
    parser.add_argument(
        "--minutes",
        type=float,
        metavar="N",
        help="let the lab run N minutes of wall time (default: 10 at x10)",
    )
    parser.add_argument("--json", action="store_true", help="JSON instead of text")
    parser.add_argument("--into", type=Path, metavar="JSON", help="also put the figures into such a file")
    parser.add_argument("--readme", metavar="JSON", help="only put such JSON's table into the README")
    options = parser.parse_args()
    if options.readme:
        found = [Figure(**one) for one in json.loads(Path(options.readme).read_text(encoding="utf-8"))]
        README.write_text(into_readme(README.read_text(encoding="utf-8"), found), encoding="utf-8")
        return
    parts = {
        "engine": lambda: engine(small=options.small),
        "screens": lambda: on_screen(small=options.small, minutes=options.minutes),
    }
    figures = []
    for part in PARTS if options.only is None else (options.only,):
        for figure in parts[part]():
            figures.append(figure)
            if not options.json:
                print(as_text(figure), flush=True)
    if options.json:
        print(json.dumps([vars(figure) for figure in figures], indent=1))
    if options.into:
        put_into(options.into, figures)


if __name__ == "__main__":
    main()
