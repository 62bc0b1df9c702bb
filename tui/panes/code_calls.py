"""What a version calls in each invocation, found out by running it: two versions side by side."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from textwrap import wrap
from typing import TYPE_CHECKING

from textual.content import Content

from tui.charts.units import counted
from tui.panes.run_figures import MUTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.smoke import Verdict

Calls = tuple[str, ...]
SIGN, BETWEEN = 2, 2
LEAST_COLUMN = 12
EDGE = 1
"""What is read stays clear of the last column, where the scroll bar is."""


def usual_calls(verdict: Verdict) -> tuple[Calls, int, int]:
    """Give what most of the invocations called, in order, how many of them did, and how many there were."""
    seen = Counter(one.calls for one in verdict.invocations)
    if not seen:
        return (), 0, 0
    calls, n = seen.most_common(1)[0]
    return calls, n, len(verdict.invocations)


def calls_lines(before: Verdict, after: Verdict, width: int) -> list[Content]:
    """Write two columns of calls, line by line, with `-` what only the first makes there and `+` what only the second.

    Below stand the differences in words: what is called more or less often, and another order.
    """
    old, new = usual_calls(before), usual_calls(after)
    column = max(LEAST_COLUMN, (width - SIGN - BETWEEN) // 2)
    run = f"Calls per invocation, found out by running {counted(new[2], 'invocation')} of each"
    if len(run) > width - EDGE:
        run = f"Calls per invocation, {new[2]} of each run"
    lines = [
        Content.styled(run, "bold"),
        _row(" ", _cut(before.version.name, column), _cut(after.version.name, column), column, "bold"),
    ]
    lines += _aligned(old[0], new[0], column)
    lines.append(Content(""))
    for verdict in (before, after):
        if not verdict.passed:
            lines += _wrapped(f"{verdict.version.name}: {verdict.reason}", "$text-error", width)
    for said in differences(old[0], new[0]):
        lines += _wrapped(said, "bold $text-warning", width)
    if old[0] == new[0] and before.passed and after.passed:
        lines += _wrapped("Both call the same, as often, in the same order.", "", width)
    for verdict, (_, n, of) in ((before, old), (after, new)):
        if n < of:
            said = f"{verdict.version.name}: so did {n} of {of}; the others called something else"
            lines += _wrapped(said, MUTED, width)
    return lines


def _wrapped(text: str, style: str, width: int) -> list[Content]:
    """Write a sentence in as many lines as it takes; what goes on is set in."""
    room = max(2 * LEAST_COLUMN, width - EDGE)
    return [
        Content.styled(line, style) if style else Content(line)
        for line in wrap(text, room, subsequent_indent="  ", break_on_hyphens=False)
    ]


def differences(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Say what is called more or less often, or never or newly, and whether the order of the rest is another."""
    old, new = Counter(before), Counter(after)
    said = [
        f"{name}: called {_times(new[name])}, before {_times(old[name])}"
        for name in dict.fromkeys((*before, *after))
        if old[name] != new[name]
    ]
    both = old & new
    if _first(before, both) != _first(after, both):
        said.append("in another order than before")
    return said


def _first(calls: Sequence[str], often: Counter[str]) -> list[str]:
    """Give the calls without those that come more often than they should."""
    left, found = Counter(often), []
    for name in calls:
        if left[name]:
            left[name] -= 1
            found.append(name)
    return found


def _times(n: int) -> str:
    return {0: "not at all", 1: "once", 2: "twice"}.get(n, f"{n} times")


def _aligned(old: Calls, new: Calls, column: int) -> list[Content]:
    lines = []
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            pairs = zip(old[old_from:old_to], new[new_from:new_to], strict=True)
            lines += [_row(" ", _cut(a, column), _cut(b, column), column, "") for a, b in pairs]
            continue
        lines += [_row("-", _cut(name, column), "", column, "$text-error") for name in old[old_from:old_to]]
        for name in new[new_from:new_to]:
            times = new.count(name)
            words = f"{name} ({_times(times)})" if times > max(1, old.count(name)) else name
            lines.append(_row("+", "", _cut(words, column), column, "bold $text-success"))
    return lines


def _row(sign: str, left: str, right: str, column: int, style: str) -> Content:
    text = f"{sign.ljust(SIGN)}{left.ljust(column)}{' ' * BETWEEN}{right}".rstrip()
    return Content.styled(text, style) if style else Content(text)


def _cut(text: str, width: int) -> str:
    """Shorten a call in the middle: its beginning and its end tell it."""
    if len(text) <= width:
        return text
    end = (width - 1) // 2
    return f"{text[: width - 1 - end]}…{text[len(text) - end :]}"
