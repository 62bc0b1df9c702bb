"""Both comparisons in words: slow against fast invocations, and before against after."""

from __future__ import annotations

from math import isinf, isnan
from typing import TYPE_CHECKING

from simulator.attributes import ranked_attributes
from simulator.compare import before_against_after, slow_against_fast
from tui.panes.run_figures import NOTHING, bare_ms, change_ms, ms, percent

if TYPE_CHECKING:
    from simulator.attributes import AttributeDifference
    from simulator.compare import SlowAgainstFast
    from simulator.run_data import RunData

UNMARKED = "unmarked"


def hole_words(groups: SlowAgainstFast) -> str:
    """Say where no invocation lies: between the longest of the fast and the shortest of the slow."""
    low, high = groups.gap_s
    if isnan(low) or isnan(high):
        return "There is only one group: nothing lies on the other side of the threshold."
    return f"No invocation took between {bare_ms(low)} and {ms(high)}: a hole of {ms(high - low)}."


def has_marks(groups: SlowAgainstFast) -> bool:
    """Tell whether there are spans to rank: whether the version sets marks."""
    return any(row.name != UNMARKED for row in groups.spans)


def groups_sentence(data: RunData, service: str, threshold_s: float) -> str:
    """Say in two sentences how the slow invocations differ from the fast ones."""
    groups = slow_against_fast(data, threshold_s, service)
    if not groups.slow or not groups.fast:
        return (
            f"{service}: {groups.slow:,} invocations over {ms(threshold_s)}, {groups.fast:,} not: "
            "there are not two groups to compare."
        )
    tags = ", ".join(attribute_words(one) for one in ranked_attributes(data, threshold_s, service))
    first = (
        f"{service}: {groups.slow:,} invocations over {ms(threshold_s)} with a median of {ms(groups.slow_median_s)}, "
        f"{groups.fast:,} others with {ms(groups.fast_median_s)}; {hole_words(groups).rstrip('.')}; {tags}."
    )
    if not has_marks(groups):
        return first
    top = groups.spans[0]
    return f"{first} Span {top.name} explains {percent(top.share)} of the difference."


def times_text(one: AttributeDifference, *, interval: bool) -> str:
    """Say how many times as frequent it is among the slow, where that lies, and with ``?`` that it may be chance."""
    if isnan(one.times):
        return NOTHING
    sign = "" if one.sure else "?"
    if isinf(one.times):
        low = one.times_interval[0]
        return f"only slow{sign}" if interval else f">{low:.1f}x{sign}"
    low, high = one.times_interval
    between = f" {low:.1f}-{high:.1f}" if high < 9.95 else f" {low:.1f}-{high:.0f}"
    return f"{one.times:.1f}x{between if interval else ''}{sign}"


def explains_text(one: AttributeDifference) -> str:
    """Say how many of the slow ones it explains: ``1.1 of 14``."""
    if isnan(one.explains):
        return NOTHING
    found = f"{one.explains:.1f}" if 0.05 <= one.explains < 9.95 else f"{one.explains:,.0f}"
    return f"{found} of {one.of_slow:,}"


def attribute_words(one: AttributeDifference) -> str:
    """Say it in a few words: ``COLD START 2 of 14 against 2 of 46 (explains 1.1 of 14)``."""
    counts = f"{one.name} {one.slow:,} of {one.of_slow:,} against {one.fast:,} of {one.of_fast:,}"
    return counts if isnan(one.explains) else f"{counts} (explains {explains_text(one)})"


def words(unequal: str) -> str:
    """Say in plain words what one inequality means; `unequal` is as `BeforeAgainstAfter` has it."""
    what, colon, values = unequal.partition(": ")
    if not colon:
        return f"Not equal: {unequal}; its figures mix two systems."
    meaning = {
        "seed": "other requests were sent, so part of any difference is luck",
        "load": "they were not asked for the same",
        "start": "one had fewer cold starts ahead of it, which alone looks like a change",
    }.get(what, "that alone can make a difference")
    return f"Not equal: {what} ({values}): {meaning}."


def pair_sentence(before: RunData, after: RunData, numbers: tuple[int, int]) -> str:
    """Say in two or three sentences what can be said of a change."""
    pair = before_against_after(before, after)
    said = " ".join(words(one) for one in pair.unequal) or "Equal: seed, load and start."
    parts = []
    for row in pair.everybody:
        if row.name in {"min", "max"}:
            continue
        if row.verdict == "cannot tell":
            parts.append(f"{row.name} cannot tell ({row.reason})")
        else:
            parts.append(f"{row.name} {row.verdict} ({change_ms(row.change_s)} ms)")
    return f"Run {numbers[0]} against run {numbers[1]}. {said} {'; '.join(parts)}."
