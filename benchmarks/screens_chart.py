"""A live chart of ten thousand points, beside textual-plot's: what each takes of a core."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from benchmarks.peers.points import HZ, MANY
from benchmarks.screens_course import module
from benchmarks.table import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

APPS = {"ours": "benchmarks.peers.chart_ridelab", "peer": "benchmarks.peers.chart_textual_plot"}
SECONDS = 10.0


def measure(*, small: bool) -> Iterator[Figure]:
    """Watch both in turn; the share is of processor time to wall time, with all that Textual does."""
    shares: dict[str, list[float]] = {name: [] for name in APPS}
    for _ in range(1 if small else 3):
        for name, app in APPS.items():
            with module(app) as terminal:
                terminal.when(lambda text: any("⠀" < one <= "⣿" for one in text), 0, 30.0, "the first dots")
                shares[name].append(terminal.load(1.0 if small else SECONDS))
    ours, peer = (statistics.median(shares[name]) for name in APPS)
    ratio = statistics.median(theirs / mine for mine, theirs in zip(*shares.values(), strict=True))
    what = f"a live chart of {MANY:,} points at {HZ:.0f} Hz"
    yield Figure(
        f"{what}: of a core",
        f"{ours:.1%}",
        f"textual-plot {peer:.1%}",
        ours * 100,
        12.0,
        most=True,
        unit=" %",
    )
    yield Figure(f"{what}, against textual-plot", f"{ours:.1%}", f"{peer:.1%}", ratio, 3.0)
