"""Both comparisons as plain lines: the slow invocations of a run against its fast ones, and a run against another."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Final

from simulator.attributes import ranked_attributes
from simulator.compare import before_against_after, slow_against_fast
from simulator.errors import UsageError
from simulator.metrics import proportion_interval
from simulator.monitoring import state_of
from simulator.multipliers import Multipliers
from simulator.sampling import as_policy, describe_sampling
from tui.charts.overlay import BeforeAfterData, summarize_before_after
from tui.charts.shape import HistogramData, summarize_histogram
from tui.panes.compare_words import UNMARKED, explains_text, has_marks, hole_words, times_text, words
from tui.panes.reported import silences
from tui.panes.run_figures import bare_ms, change_ms, ms, percent
from tui.plain_code import known_are
from tui.plain_text import WIDTH, paragraph, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.compare import Difference, SlowAgainstFast
    from simulator.run_data import RunData
    from simulator.system.recorder import Details

MOST_STEPS: Final = 40_000
"""A run of more kernel steps is not run again for what its riders' answers carried."""


def service_of(data: RunData, word: str | None) -> str:
    """Choose the watched function that is compared: the one named, or the one behind the gateway if it is watched.

    Raises UsageError, and says who is silent, where nothing is reported of it.
    """
    watched = sorted((one for one in data.services if data.watched(one)), key=lambda one: one != data.front)
    if not watched:
        raise UsageError("; ".join(silences(data)))
    if word is None or word in watched:
        return word or watched[0]
    quiet = [said for said in silences(data) if said.startswith(f"{word}:")]
    raise UsageError(quiet[0] if quiet else f"no function `{word}` that reports{known_are(word, watched)}")


def groups_lines(
    data: RunData,
    run: int,
    service: str,
    slow_s: float,
    details: Callable[[], Details],
    *,
    width: int = WIDTH,
) -> list[str]:
    """Compare the slow invocations of a function with the others; `details` makes riders' answers again."""
    groups = slow_against_fast(data, slow_s, service)
    slow, fast = groups.slow, groups.fast
    head = f"Run {run}, {service}@{data.refs[service]}: invocations over {ms(slow_s)} against the others."
    lines = paragraph(head, width)
    if not slow + fast:
        return [*lines, "This run has no invocation of it."]
    both = bool(slow and fast)
    rows = [
        ("invocations", f"{slow:,}", f"{fast:,}"),
        ("median duration", ms(groups.slow_median_s), ms(groups.fast_median_s)),
        ("median processor time", ms(groups.cpu_slow_s), ms(groups.cpu_fast_s)),
    ]
    lines += ["", *table(("", "slow", "others"), rows, width=width)]
    interval = proportion_interval(slow, slow + fast)
    sure = f"95 % sure: {interval.low * 100:.0f} to {interval.high * 100:.0f} %"
    share = f"{percent(slow / (slow + fast))} are slow ({sure})"
    apart = "" if isnan(groups.difference_s) else f"; the medians differ by {ms(groups.difference_s)}"
    lines += paragraph(f"{share}{apart}. {hole_words(groups)}", width)
    if both:  # where one group is empty there is nothing to compare
        lines += ["", *_attributes(data, service, slow_s, details, width)]
    if both and has_marks(groups):
        lines += ["", *_spans(groups, width)]
    inv = data.of_service(service)
    failed = (inv["outcome"] > 0) | (inv["status"] >= 500)
    shape = HistogramData(inv["duration_s"], failed, noun="invocation")
    lines += ["", *paragraph(f"Durations: {summarize_histogram(shape)}", width)]
    return lines + [line for said in silences(data) for line in paragraph(f"{said}.", width)]


def _attributes(
    data: RunData, service: str, slow_s: float, details: Callable[[], Details], width: int
) -> list[str]:
    read = service == data.front and data.steps <= MOST_STEPS
    found = ranked_attributes(data, slow_s, service, Multipliers.of(details()) if read else None)
    rows = [
        (
            one.name,
            _count(one.slow, one.of_slow),
            _count(one.fast, one.of_fast),
            times_text(one, interval=True),
            explains_text(one),
        )
        for one in found
    ]
    notes = "Explains: how many slow ones it has beyond those to be expected."
    if any(not one.sure and one.slow + one.fast for one in found):
        notes += " A question mark: so few that it may be chance."
    return [
        *table(("attribute", "slow", "others", "times", "explains"), rows, width=width),
        *paragraph(notes, width),
    ]


def _count(n: int, of: int) -> str:
    return f"{n:,} of {of:,}"


def _spans(groups: SlowAgainstFast, width: int) -> list[str]:
    rows = [
        (
            "  " * one.depth + (f"({UNMARKED})" if one.name == UNMARKED else one.name),
            bare_ms(one.slow_s),
            bare_ms(one.fast_s),
            change_ms(one.difference_s),
            percent(one.share),
            "" if one.name == UNMARKED else f"{one.calls_slow:.1f} and {one.calls_fast:.1f}",
        )
        for one in groups.spans
    ]
    return table(("median time, ms", "slow", "others", "diff.", "explains", "calls"), rows, width=width)


def pair_lines(before: RunData, after: RunData, numbers: tuple[int, int], width: int = WIDTH) -> list[str]:
    """Compare two runs: what was unequal besides the change, then each statistic with its verdict and interval."""
    pair = before_against_after(before, after)
    changed = [
        f"{service} from {before.refs[service]} to {after.refs.get(service, '?')}"
        for service in sorted(before.refs, key=lambda name: name != before.front)
        if before.refs[service] != after.refs.get(service)
    ]
    kept = [instruments(one) for one in (before, after)]
    changed += [
        f"{name} from {old} to {new}"
        for name, old in kept[0].items()
        if (new := kept[1].get(name, old)) != old
    ]
    what = "; ".join(changed) or "the same versions"
    lines = paragraph(f"Run {numbers[0]} (before) against run {numbers[1]} (after): {what}.", width)
    for one in pair.unequal:
        lines += paragraph(words(one), width)
    if not pair.unequal:
        equal = "Equal: seed, load and start. The same requests met both, so they are compared in pairs."
        lines += paragraph(equal, width)
    for title, rows, sizes in (
        ("All requests", pair.everybody, (pair.n_before, pair.n_after)),
        ("Those that met no cold start", pair.warm, (pair.n_warm_before, pair.n_warm_after)),
    ):
        count = f"{sizes[0]:,}" if sizes[0] == sizes[1] else f"{sizes[0]:,} and {sizes[1]:,}"
        lines += ["", f"{title}: {count}"]
        lines += table(
            ("ms", "before", "after", "change", "verdict", "95 % interval"),
            map(_row, rows),
            left=(0, 4, 5),
            width=width,
        )
        reasons = dict.fromkeys(row.reason for row in rows if "needs" in row.reason)
        lines += [line for reason in reasons for line in paragraph(f"Cannot tell: {reason}.", width)]
    names = (f"before (run {numbers[0]})", f"after (run {numbers[1]})")
    shape = BeforeAfterData(before.latencies_s, after.latencies_s, names)
    return [*lines, "", *paragraph(f"Latencies: {summarize_before_after(shape)}", width)]


def instruments(data: RunData) -> dict[str, str]:
    """Say of each agent of a run what it did, and which traces were kept."""
    made = data.settings
    known = made.scenario.monitoring.token
    found = {
        f"agent of {name}": state_of(made.tokens.get(name), known)
        for name in sorted(data.refs, key=lambda name: name != data.front)
    }
    return found | {"traces kept": describe_sampling(as_policy(made.sampling))}


def _row(row: Difference) -> tuple[str, ...]:
    if "needs" in row.reason or isnan(row.change_s):
        return row.name, "", "", "", row.verdict, ""
    behind = row.reason.partition(":")[0]
    if row.low_s is not None and row.high_s is not None:
        behind = f"{change_ms(row.low_s)} to {change_ms(row.high_s)}"
    return row.name, bare_ms(row.before_s), bare_ms(row.after_s), change_ms(row.change_s), row.verdict, behind
