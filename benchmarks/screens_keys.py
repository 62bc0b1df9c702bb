"""A key's way from the terminal into the program and its answer back, while a load plays and while it is held."""

from __future__ import annotations

import random
import re
import statistics
import time
from typing import TYPE_CHECKING

from benchmarks.screens_course import LESSON, open_load, ridelab, write_course
from benchmarks.table import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.terminal import Terminal

RATE = 5_000
"""Requests a second of wall time."""
SPEED = 10
SENT = re.compile(r"([\d,]+) sent")
KEYS = ("y", ("linear scale", "log scale")), ("\t", ("tab lab", "tab lesson"))
"""What is pressed, with what it shows next: the chart on its other scale, the screen with its other half lit."""
LASTS_S = 400.0
"""How much virtual time a run lasts: more than the keys take at x10."""
LEAST_PAUSE_S, MOST_PAUSE_S = 0.02, 0.09
"""Pauses between keys are drawn, so that no key keeps step with the screen's updates."""


def measure(folder: Path, *, small: bool) -> Iterator[Figure]:
    """Measure keys in rounds: each is a run of its own, first while it plays and then while the very run is held."""
    rounds, presses = (1, 4) if small else (4, 44)
    for rides, name in ((False, "refused requests"), (True, "rides")):
        where = folder / name.partition(" ")[0]
        course = write_course(where, rate=RATE / SPEED, seconds=LASTS_S, rides=rides)
        playing: list[float] = []
        held: list[float] = []
        rates, sizes = [], []
        for turn in range(rounds):
            data = where / f"data-{turn}"
            with ridelab(data, LESSON, "--lessons", str(course), "--speed", str(SPEED)) as terminal:
                open_load(terminal)
                time.sleep(0.2 if small else 2.0)  # until the player knows how much fits into a slice
                before, begun = _sent(terminal), time.perf_counter()
                playing += _press(terminal, presses, random.Random(turn))
                sizes.append(_sent(terminal))
                rates.append((sizes[-1] - before) / (time.perf_counter() - begun))
                place = terminal.place
                terminal.keys(" ")
                terminal.seen("paused", since=place)
                terminal.quiet()
                held += _press(terminal, presses, random.Random(turn))
        yield from _figures(name, statistics.median(rates), max(sizes), playing, held)


def _press(terminal: Terminal, presses: int, chance: random.Random) -> list[float]:
    """Press each key so often, one after the other; gives how long each answer took, in seconds."""
    taken = []
    for key, shows in KEYS:
        for turn in range(presses // len(shows) * len(shows)):
            time.sleep(chance.uniform(LEAST_PAUSE_S, MOST_PAUSE_S))
            place = terminal.place
            begun = terminal.keys(key)
            taken.append(terminal.seen(shows[turn % len(shows)], since=place) - begun)
    return taken


def _sent(terminal: Terminal) -> int:
    """Read how many requests the player line counts, the next time it is written."""
    place = terminal.place
    terminal.when(lambda text: bool(SENT.search(text)), place, 30.0, "the player line")
    return int(SENT.findall(terminal.text(place))[-1].replace(",", ""))


def _figures(name: str, rate: float, size: int, playing: list[float], held: list[float]) -> Iterator[Figure]:
    medians = [statistics.median(answers) for answers in (playing, held)]
    slowest = [statistics.quantiles(answers, n=100, method="inclusive")[98] for answers in (playing, held)]
    what = f"a key while {rate:,.0f} {name} a second play, up to {size:,}"
    ours, still = (f"{value * 1000:.0f} ms" for value in slowest)
    yield Figure(f"{what}: p99", ours, f"held: {still}", slowest[0] * 1000, 50.0, most=True, unit=" ms")
    yield Figure(f"{what}: p99, against the run held", ours, still, slowest[0] / slowest[1], 1.3, most=True)
    ours, still = (f"{value * 1000:.1f} ms" for value in medians)
    yield Figure(
        f"{what}: median, against the run held", ours, still, medians[0] / medians[1], 1.3, most=True
    )
