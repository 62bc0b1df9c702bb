"""What can be said of a run's latencies: all requests and, beside them, those that met no cold start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.metrics import percentile_interval, summary
from simulator.run_settings import DeployChange, FaultChange, SamplingChange, StopChange
from simulator.sampling import as_policy, describe_sampling
from tui.charts.latency import LatencyData, Mark
from tui.panes.load_report import requests_failed
from tui.panes.run_figures import (
    MUTED,
    NEEDED,
    alerts_text,
    bare_ms,
    cannot_tell,
    codes_text,
    cold_text,
    met_cold_start,
    quoted,
    versions_text,
)

if TYPE_CHECKING:
    from textual.content import Content

    from simulator.run_data import RunData
    from simulator.run_settings import Change

STATISTICS = ("min", "median", "mean", "p95", "p99", "max")
WIDE = 72


def summary_lines(data: RunData, width: int) -> list[Content]:
    """Write the summary block: as many lines as the width asks for, so that nothing jumps while a run plays."""
    from textual.content import Content

    wide = width >= WIDE
    names = STATISTICS if wide else tuple(name for name in STATISTICS if name != "mean")
    room = 8 if wide else 7
    head = f"{'latency, ms':<14}{'n':>6}" + "".join(f"{name:>{room}}" for name in names)
    lines = [Content.styled(head, MUTED)]
    both = ("all", data.ordered_latencies), ("no cold start", data.ordered_warm_latencies)
    for label, latencies in both:
        one = summary(latencies)
        cells = [quoted(name, getattr(one, name), one.n) for name in names]
        lines.append(Content(f"{label:<14}{one.n:>6,}" + "".join(f"{cell:>{room}}" for cell in cells)))
    return [*lines, *_tail(data, wide=wide), Content(_answers(data, width)), _alert(data)]


def _tail(data: RunData, *, wide: bool) -> list[Content]:
    """Say how sure one can be of p95 and p99: in one line, or in two."""
    from textual.content import Content

    n, parts = len(data.latencies_s), []
    for name in NEEDED:
        if interval := percentile_interval(data.ordered_latencies, float(f"0.{name[1:]}")):
            low, high = bare_ms(interval.low), bare_ms(interval.high)
            parts.append(f"{name} {low} to {high} ms ({interval.coverage * 100:.0f} % sure)")
    said = [Content(part) for part in parts]
    if lacking := cannot_tell(n):
        said.append(Content.styled(f"cannot tell: {lacking}", "$text-warning"))
    return [Content("; ").join(said)] if wide else [*said, Content("")][:2]


def _answers(data: RunData, width: int) -> str:
    """List codes and cold starts, by function where there is room."""
    text = f"{codes_text(data.codes, len(data.errors))} · {met_cold_start(data):,} met a cold start"
    longer = f"{text} ({cold_text(data)})"
    return longer if len(longer) <= width else text


def _alert(data: RunData) -> Content:
    from textual.content import Content

    if not data.alerts:
        return Content.styled("no alert has fired", MUTED)
    return Content.styled(f"! alert: {alerts_text(data)}", "bold $text-warning")


def latency_data(data: RunData) -> LatencyData:
    """Give a run's requests to the chart, with deploys, faults and alerts as marks."""
    requests, plan = data.requests, data.settings.plan
    marks = [mark for change in data.settings.changes if (mark := _mark(change)) is not None]
    marks += [Mark(alert.at_s, f"alert {alert.rule.name}") for alert in data.alerts]
    return LatencyData(
        started_s=requests["sent_s"],
        latency_s=requests["latency_s"],
        failed=requests_failed(data),
        marks=tuple(sorted(marks, key=lambda mark: mark.at_s)),
        horizon_s=sum(phase.duration_s for phase in plan.phases),
    )


def _mark(change: Change) -> Mark | None:
    match change:
        case DeployChange():
            return Mark(change.at_s, f"deploy {change.version.ref}")
        case FaultChange():
            name = str(change.fault.__struct_config__.tag)
            return Mark(change.at_s, f"fault {name} {'on' if change.on else 'off'}")
        case SamplingChange():
            return Mark(change.at_s, f"sampling: {describe_sampling(as_policy(change.rate))}")
        case StopChange():
            return Mark(change.at_s, "end of load")
        case _:
            return None


def load_sentences(data: RunData, number: int) -> str:
    """Say in one to three sentences what a run met."""
    one = summary(data.ordered_latencies)
    state = "ended" if data.settled else f"is at {data.now_s:.0f} s"
    first = (
        f"Run {number} ({versions_text(data)}, seed {data.settings.seed}, {data.settings.start} start) {state}: "
        f"{data.sent:,} sent, {one.n:,} answered, {data.in_flight:,} in flight; "
        f"{codes_text(data.codes, len(data.errors))}."
    )
    if not one.n:
        return first
    lacking = cannot_tell(one.n)
    tail = ", ".join(
        f"{name} {bare_ms(getattr(one, name))} ms" for name, needed in NEEDED.items() if one.n >= needed
    )
    middle = (
        f" Latency: min {bare_ms(one.min)} ms, median {bare_ms(one.median)} ms, max {bare_ms(one.max)} ms"
    )
    return f"{first}{middle}{', ' + tail if tail else ''}." + (f" Cannot tell: {lacking}." if lacking else "")
