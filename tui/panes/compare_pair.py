"""Before against after, as text: first what was unequal besides the change, then each statistic with its interval."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from textual.content import Content

from tui.charts.overlay import BeforeAfterData
from tui.panes.compare_words import words
from tui.panes.run_figures import MUTED, bare_ms, change_ms

if TYPE_CHECKING:
    from simulator.compare import BeforeAgainstAfter, Difference
    from simulator.run_data import RunData

VERDICTS = {"faster": "$text-success", "slower": "$text-error", "cannot tell": "$text-warning"}
NUMBERS = 34
"""How wide what stands before the verdict is."""
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


def pair_tables(pair: BeforeAgainstAfter, width: int) -> list[Content]:
    """Write both tables for lines of `width` cells: where they have no room for it, a sign stands for each verdict."""
    rows = [row for row in (*pair.everybody, *pair.warm) if not _has_no_number(row)]
    room = max([len("verdict"), *(len(f"  {row.verdict}") for row in rows)]) + 2
    whole = NUMBERS + room + max((len(_behind(row)) for row in rows), default=0) <= width
    room = room if whole else len("v ")
    lines = [
        *_table("All requests", pair.everybody, (pair.n_before, pair.n_after), room),
        *_table("Those that met no cold start", pair.warm, (pair.n_warm_before, pair.n_warm_after), room),
    ]
    if not whole:
        lines.append(Content.styled("  ".join(f"{sign} {verdict}" for verdict, sign in SIGNS.items()), MUTED))
    return lines


def _table(title: str, rows: tuple[Difference, ...], counts: tuple[int, int], room: int) -> list[Content]:
    """Write a table: before, after, change, verdict in `room` cells, the interval or the reason why there is none."""
    sizes = f"{counts[0]:,}" if counts[0] == counts[1] else f"{counts[0]:,} and {counts[1]:,}"
    verdict = f"{'verdict' if room > len('verdict') else '':<{room}}"
    titles = f"{'ms':<5}{'before':>9}{'after':>9}{'change':>9}  {verdict}95 % interval"
    return [
        Content.styled(f"{title}: {sizes}", "bold"),
        Content.styled(titles, MUTED),
        *(_row(row, room) for row in rows),
    ]


def _row(row: Difference, room: int) -> Content:
    verdict = (f"{SIGNS[row.verdict]} {row.verdict}", VERDICTS.get(row.verdict, ""))
    if _has_no_number(row):
        return Content.assemble(f"{row.name:<5}", verdict, f": {row.reason}")
    cells = f"{bare_ms(row.before_s):>9}{bare_ms(row.after_s):>9}{change_ms(row.change_s):>9}"
    said = f"{verdict[0]:<{room}}" if room > 2 else f"{SIGNS[row.verdict]} "
    return Content.assemble(f"{row.name:<5}{cells}  ", (said, verdict[1]), _behind(row))


def _has_no_number(row: Difference) -> bool:
    """Tell whether there are fewer requests than a statistic needs."""
    return "needs" in row.reason or isnan(row.change_s)


def _behind(row: Difference) -> str:
    """Give the interval, or why there is none."""
    if _has_no_number(row):
        return ""
    if row.low_s is not None and row.high_s is not None:
        return f"{change_ms(row.low_s)} to {change_ms(row.high_s)}"
    return row.reason.partition(":")[0]


def overlay(before: RunData, after: RunData, numbers: tuple[int, int]) -> BeforeAfterData:
    """Give both runs to the chart."""
    names = (f"before (run {numbers[0]})", f"after (run {numbers[1]})")
    return BeforeAfterData(before.latencies_s, after.latencies_s, names)
