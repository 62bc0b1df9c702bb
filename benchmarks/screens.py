"""The screens in a terminal of 120 by 30, beside peers: how soon, how big, how busy, how quick to answer."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import screens_chart, screens_keys, screens_memory, screens_waterfall
from benchmarks.peers import bare
from benchmarks.screens_course import HOME, module, prepare, ridelab
from benchmarks.table import Figure
from benchmarks.terminal import supported

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 2**20


def measure(*, small: bool, minutes: float | None = None) -> Iterator[Figure]:
    """Measure each figure of the screens; `minutes` of wall time is how long the lab runs for its memory's sake."""
    if not supported():
        return
    with tempfile.TemporaryDirectory(prefix="ridelab-bench-") as folder:
        where = Path(folder)
        yield from _start(prepare(where / "home"), rounds=1 if small else 15)
        yield from screens_chart.measure(small=small)
        yield from screens_keys.measure(where, small=small)
        yield from screens_waterfall.measure(small=small)
        yield from screens_memory.measure(where, small=small, minutes=minutes)


def _start(folder: Path, rounds: int) -> Iterator[Figure]:
    """Measure the first paint and the memory of the home screen, and of a lab, beside a bare app."""
    times: dict[str, list[float]] = {"ours": [], "bare": []}
    sizes: dict[str, list[float]] = {"ours": [], "bare": [], "lab": []}
    for _ in range(rounds + 1):
        for name, taken in times.items():
            with module("benchmarks.peers.bare") if name == "bare" else ridelab(folder) as terminal:
                taken.append(terminal.seen(*(bare.SHOWN if name == "bare" else HOME)) - terminal.started_s)
                terminal.quiet()
                sizes[name].append(terminal.resident() / MIB)
    for turn in range(min(3, rounds)):
        sizes["lab"].append(_lab(folder.with_name(f"lab-{turn}")) / MIB)
    ours, peer = (
        statistics.median(times[name][1:]) for name in ("ours", "bare")
    )  # the first one warms caches
    ratios = [a / b for a, b in zip(times["ours"][1:], times["bare"][1:], strict=True)]
    yield Figure(
        "first paint of the home screen, against a bare Textual app", f"{ours * 1000:.0f} ms",
        f"{peer * 1000:.0f} ms", statistics.median(ratios), 1.3, most=True,
    )  # fmt: skip
    home, lab, other = (statistics.median(sizes[name]) for name in ("ours", "lab", "bare"))
    for what, size, limit in (("at home", home, 45.0), ("with a run in a lab", lab, 75.0)):
        yield Figure(
            f"memory {what}, against a bare Textual app", f"{size:.0f} MiB", f"{other:.0f} MiB", size, limit,
            most=True, unit=" MiB",
        )  # fmt: skip


def _lab(folder: Path) -> int:
    """Play a run of the first lesson to its end, and give the memory it stands at."""
    with ridelab(folder, "03-load") as terminal:
        terminal.seen("no run yet", "commands")
        place = terminal.place
        terminal.keys("r")
        terminal.seen("▶ run 1", since=place)
        terminal.keys("e")
        terminal.seen("■ run 1 ended", since=place)
        terminal.quiet()
        return terminal.resident()
