"""Runs as plain lines: what a run came to, the runs of a lesson, the requests in line, the report, the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.errors import UsageError
from simulator.metrics import percentile_interval, summary
from simulator.report import artillery1
from tui.charts.heat import summarize_heat
from tui.charts.humps import describe_humps
from tui.charts.units import counted
from tui.panes.line_up import LineUpData
from tui.panes.load_report import plan_of, plan_words
from tui.panes.load_summary import latency_data, load_sentences
from tui.panes.run_figures import (
    NEEDED,
    bare_ms,
    cannot_tell,
    change_ms,
    codes_text,
    cold_text,
    met_cold_start,
    versions_text,
)
from tui.plain_compare import instruments
from tui.plain_text import WIDTH, paragraph, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lessons.session import Session
    from simulator.columns import Column
    from simulator.run_data import RunData

STATISTICS: Final = ("min", "median", "p95", "p99", "max")
CANNOT_TELL: Final = "cannot tell"
ALL_UP_TO: Final = 100
"""So many requests stand in line whole; of more, only the slow end does, until somebody asks for another part."""
IN_LINE: Final = 60
WIDEST: Final = 1_000
"""As good as no bound: whoever asks looks whether it fits."""
IN_A_ROW: Final = (10, 5, 2)


def figure(name: str, latencies: Column) -> str:
    """Write a statistic in ms; of fewer requests than it needs, that it cannot be told."""
    one = summary(latencies)
    return bare_ms(getattr(one, name)) if one.n >= NEEDED.get(name, 1) or not one.n else CANNOT_TELL


def run_lines(data: RunData, number: int, width: int = WIDTH) -> list[str]:
    """Say what a run came to: in sentences, and as a small table; one request in a sentence alone."""
    head, _, latency = load_sentences(data, number).partition(" Latency: ")
    met = met_cold_start(data)
    if not latency:
        return paragraph(head, width)
    if data.sent == 1:
        waited = f"{bare_ms(float(data.latencies_s[0]))} ms"
        cold = f" Cold starts: {cold_text(data)}." if met else " It met no cold start."
        return paragraph(f"{head} Its rider waited {waited}.{cold}", width)
    lines = [*paragraph(head, width), "", *latency_table(data, width)]
    lines += [line for said in _tail(data) for line in paragraph(said, width)]
    lines += ["", *paragraph(f"Over time: {summarize_heat(latency_data(data))}", width)]
    cold = f"{counted(met, 'request')} met a cold start. Cold starts: {cold_text(data)}."
    return lines + paragraph(cold if met else "No request met a cold start.", width)


def latency_table(data: RunData, width: int = WIDTH) -> list[str]:
    """Put the latencies of all requests above those of the ones that met no cold start, where that are others."""
    groups = [("all", data.latencies_s)]
    if len(data.warm_latencies_s) < len(data.latencies_s):
        groups.append(("no cold start", data.warm_latencies_s))
    rows = [
        (label, f"{len(latencies):,}", *(figure(name, latencies) for name in STATISTICS))
        for label, latencies in groups
    ]
    return table(("latency, ms", "n", *STATISTICS), rows, width=width)


def _tail(data: RunData) -> list[str]:
    """Say how sure one can be of p95 and p99."""
    said = []
    for name in NEEDED:
        if interval := percentile_interval(data.latencies_s, float(f"0.{name[1:]}")):
            low, high = bare_ms(interval.low), bare_ms(interval.high)
            said.append(f"{name} lies from {low} to {high} ms, {interval.coverage * 100:.0f} % sure.")
    lacking = cannot_tell(len(data.latencies_s))
    return [*said, *([f"Cannot tell: {lacking}."] if lacking else [])]


def runs_lines(runs: Sequence[RunData], width: int = WIDTH) -> list[str]:
    """List the runs of a lesson: their figures as a table, then what each ran."""
    if not runs:
        return ["There is no run yet: `run` sends the load."]
    rows = [
        (
            str(number),
            f"{len(data.latencies_s):,}",
            *(figure(name, data.latencies_s) for name in STATISTICS),
            f"{len(data.alerts):,}",
        )
        for number, data in enumerate(runs, start=1)
    ]
    lines = [*table(("run, ms", "n", *STATISTICS, "alerts"), rows, width=width), ""]
    kept = [instruments(data) for data in runs]
    for number, (data, kinds) in enumerate(zip(runs, kept, strict=True), start=1):
        made = data.settings
        differ = [f"{name}: {what}" for name, what in kinds.items() if any(one[name] != what for one in kept)]
        said = (
            f"Run {number}: {versions_text(data)}; seed {made.seed}, {made.start} start, {made.plan.name}; "
            f"{codes_text(data.codes, len(data.errors))}; {met_cold_start(data):,} met a cold start"
            f"{''.join(f'; {one}' for one in differ)}."
        )
        lines += paragraph(said, width, rest="  ")
    return lines


def latencies_lines(
    data: RunData, number: int, part: tuple[int, int] | None, width: int = WIDTH
) -> list[str]:
    """Stand the answered requests of a run in line, as many in a row as fit.

    `part` is the ranks to show, both included. Raises UsageError where no such part is there.
    """
    line = LineUpData.of(data)
    if not line.n:
        return [f"No request of run {number} was answered."]
    first, last = part or (1 if line.n <= ALL_UP_TO else line.n - IN_LINE + 1, line.n)
    if not 1 <= first <= last <= line.n:
        raise UsageError(f"ranks go from 1 to {line.n:,}, the first before the last")
    head = f"Run {number}: {line.n:,} requests in line, the fastest first; latency in ms."
    humps = describe_humps(line.latency_s)
    lines = [*paragraph(f"{head} {humps[:1].upper()}{humps[1:]}.", width), ""]
    written = [_rows(line, first, last, each) for each in IN_A_ROW]
    lines += next((rows for rows in written if max(map(len, rows)) <= width), written[-1])
    signs = [words for sign, words in (("c", "c met a cold start"), ("x", "x failed")) if _occurs(line, sign)]
    lines += paragraph("; ".join(signs) + "." if signs else "", width)
    marks: dict[str, list[str]] = {}
    for rank, name in sorted(line.marks.items()):
        marks.setdefault(name, []).append(f"{rank:,}")
    said = [f"{name} stands at rank {' and '.join(ranks)}" for name, ranks in marks.items()]
    lines += paragraph(f"Of {line.n:,}, {'; '.join(said)}.", width)
    if part is None and line.n > ALL_UP_TO:
        lines += paragraph(f"These are the slowest; `latencies 1 {IN_LINE}` gives the fastest.", width)
    return lines


def without_lines(data: RunData, number: int, width: int = WIDTH) -> list[str]:
    """Say what the figures are with and without the slowest request. Raises UsageError where no two were answered."""
    whole = LineUpData.of(data)
    less = whole.leaving_out(left_out=True)
    if not less.left_out:
        raise UsageError(f"fewer than two requests of run {number} were answered: nobody can be left out")
    names = ("mean", "median", "p95", "p99", "max")
    before, after = whole.figures, less.figures
    rows = [
        (f"all {whole.n:,}", *(bare_ms(getattr(before, name)) for name in names)),
        (f"without the slowest, {less.kept:,}", *(bare_ms(getattr(after, name)) for name in names)),
        ("change", *(change_ms(getattr(after, name) - getattr(before, name)) for name in names)),
    ]
    lines = [f"Run {number}: if the slowest leaves the line.", "", *table(("ms", *names), rows, width=width)]
    lacking = cannot_tell(less.kept)
    said = f"Cannot tell: {lacking}; with fewer it tells of single requests." if lacking else ""
    return lines + paragraph(said, width)


def _rows(line: LineUpData, first: int, last: int, each: int) -> list[str]:
    """Write ranks `first` to `last`, so many in a row; rows begin behind a multiple of that."""
    rows = []
    for start in range((first - 1) // each * each, last, each):
        ranks = range(max(first, start + 1), min(last, start + each) + 1)
        named = f"{ranks[0]:,} to {ranks[-1]:,}" if len(ranks) > 1 else f"{ranks[0]:,}"
        rows.append([named, *(_signed(line, rank) for rank in ranks)])
    most = max(map(len, rows))
    return table(["rank"] + [""] * (most - 1), [row + [""] * (most - len(row)) for row in rows], width=WIDEST)


def _signed(line: LineUpData, rank: int) -> str:
    index = rank - 1
    return (
        f"{bare_ms(float(line.latency_s[index]))}{'c' * bool(line.cold[index])}{'x' * _failed(line, index)}"
    )


def _failed(line: LineUpData, index: int) -> bool:
    return bool(line.failed[index])


def _occurs(line: LineUpData, sign: str) -> bool:
    return bool(np.any(line.cold if sign == "c" else line.failed))


def report_lines(data: RunData) -> list[str]:
    """Give the load generator's report of a run, to the letter."""
    return artillery1(data.traffic()).rstrip("\n").split("\n")


def plan_lines(session: Session, width: int = WIDTH) -> list[str]:
    """Say what the next run sends. Raises DocumentError, UsageError."""
    name = plan_of(session)
    return [
        f"The next run follows {name}:",
        *(line for said in plan_words(name) for line in paragraph(said, width, first="- ", rest="  ")),
    ]
