"""Before against after, as text: first what was unequal besides the change, then each statistic with its interval."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from textual.content import Content

from simulator.compare import before_against_after
from tui.charts.overlay import BeforeAfterData
from tui.panes.run_figures import MUTED, bare_ms, change_ms

if TYPE_CHECKING:
    from simulator.compare import BeforeAgainstAfter, Difference
    from simulator.run_data import RunData

VERDICTS = {"faster": "$text-success", "slower": "$text-error", "cannot tell": "$text-warning"}
VERDICT = 22
SIGNS = {"faster": "v", "slower": "^", "no difference seen": "=", "cannot tell": "?"}


def pair_head(
    before: RunData, after: RunData, numbers: tuple[int, int], pair: BeforeAgainstAfter
) -> list[Content]:
    """Say what was changed, and what else was not the same."""
    changed = [
        f"{service} {before.refs[service]} → {after.refs.get(service, '?')}"
        for service in sorted(before.refs, key=lambda name: name != before.front)
        if before.refs[service] != after.refs.get(service)
    ]
    what = "; ".join(changed) or "the same versions"
    lines = [Content.assemble((f"run {numbers[0]} against run {numbers[1]}", "bold"), f": {what}")]
    if not pair.unequal:
        lines.append(
            Content("Equal: seed, load and start. The same requests met both, so they are compared in pairs.")
        )
    lines += [Content.styled(f"! {words(one)}", "bold $text-warning") for one in pair.unequal]
    return lines


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


def table_lines(title: str, rows: tuple[Difference, ...], counts: tuple[int, int]) -> list[Content]:
    """Write one table: before, after, change, verdict, and the interval or the reason why there is none."""
    sizes = f"{counts[0]:,}" if counts[0] == counts[1] else f"{counts[0]:,} and {counts[1]:,}"
    titles = f"{'ms':<5}{'before':>9}{'after':>9}{'change':>9}  {'verdict':<{VERDICT}}95 % interval"
    return [
        Content.styled(f"{title}: {sizes}", "bold"),
        Content.styled(titles, MUTED),
        *(_row(row) for row in rows),
    ]


def _row(row: Difference) -> Content:
    verdict = (f"{SIGNS[row.verdict]} {row.verdict}", VERDICTS.get(row.verdict, ""))
    if "needs" in row.reason or isnan(row.change_s):  # fewer requests than a number needs: no number
        return Content.assemble(f"{row.name:<5}", verdict, f": {row.reason}")
    cells = f"{bare_ms(row.before_s):>9}{bare_ms(row.after_s):>9}{change_ms(row.change_s):>9}"
    behind = row.reason.partition(":")[0]
    if row.low_s is not None and row.high_s is not None:
        behind = f"{change_ms(row.low_s)} to {change_ms(row.high_s)}"
    return Content.assemble(f"{row.name:<5}{cells}  ", (f"{verdict[0]:<{VERDICT}}", verdict[1]), behind)


def overlay(before: RunData, after: RunData, numbers: tuple[int, int]) -> BeforeAfterData:
    """Give both runs to the chart."""
    names = (f"before (run {numbers[0]})", f"after (run {numbers[1]})")
    return BeforeAfterData(before.latencies_s, after.latencies_s, names)


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
