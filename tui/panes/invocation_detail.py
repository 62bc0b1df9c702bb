"""The page of one invocation: what its agent reported, its log, the traceback if it failed, what it wrote down."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from simulator.system.replies import OUTCOMES
from tui.panes.reported import clock_text, exact_ms_text
from tui.panes.table_items import HEAD, NOTHING, written

if TYPE_CHECKING:
    from rich.text import Text

    from simulator.run_data import RunData
    from simulator.system.recorder import InvocationDetail

LABEL = 11
FIGURE = 13
LEAST_ROOM = 16
"""With fewer cells beside the figures, words begin at the left again."""


def invocation_text(
    data: RunData, run: int, number: int, detail: InvocationDetail | None, width: int = 0
) -> Text:
    """Write the page of an invocation that has ended; `detail` is None while its log is being read.

    In lines of `width` cells what stands beside figures and times keeps its column; 0 leaves lines as long as they are.
    Raises KeyError for an invocation that has not ended.
    """
    from rich.text import Text

    row = data.row(number)
    failed = row["outcome"] > 0 or row["status"] >= 500
    text = Text().append(f"Invocation {number} of run {run}", style="bold")
    for on, tag in ((row["cold_s"] > 0, "COLD START"), (failed, "ERROR")):
        if on:
            text.append("  ").append(f" {tag} ", style="bold reverse")
    version = data.versions[row["version"]].ref
    text.append(f"\n{version}, container {row['container']}, request {row['request']}\n\n")

    for label, figure, note in figure_rows(data, number):
        text.append(f"{label:<{LABEL}}", style="dim").append(f"{figure:>{FIGURE}}", style="bold")
        text.append(f"  {hanging(note, LABEL + FIGURE + 2, width)}\n")
    if name := data.names[row["error"]]:
        said = last_line(detail.failure) if detail is not None and detail.failure else name
        text.append(f"x {said}\n", style="bold")
    text.append("\n")
    return text.append_text(_log(detail, width)).append_text(_items(detail, width))


def figure_rows(data: RunData, number: int) -> list[tuple[str, str, str]]:
    """List what its agent reported of an invocation: what it is, the figure, and what that means.

    Raises KeyError for an invocation that has not ended.
    """
    row = data.row(number)
    settings = data.settings.scenario.functions[data.services[row["service"]]]
    cold = row["cold_s"] > 0
    status = str(row["status"]) if row["status"] else OUTCOMES[row["outcome"]]
    started = clock_text(row["start_s"], exact=True)
    return [
        ("duration", exact_ms_text(row["duration_s"]), f"the handler alone, from {started}"),
        (
            "cold start",
            exact_ms_text(row["cold_s"]) if cold else "none",
            "before the handler began" if cold else "it met a warm container",
        ),
        ("status", status, _ending(row["outcome"], settings.timeout_s)),
        ("memory", f"{row['memory_mb']:.1f} MB", f"used, of {settings.memory_mb} MB"),
        ("CPU idle", f"{row['idle'] * 100:.2f} %", "of the sandbox, all its CPUs, since boot"),
        ("CPU time", exact_ms_text(row["cpu_s"]), "of this process, in this invocation"),
    ]


def last_line(failure: str) -> str:
    """Give the last line of a traceback: the exception and what it says."""
    return failure.strip().rpartition("\n")[2]


def _ending(outcome: int, timeout_s: float) -> str:
    match OUTCOMES[outcome]:
        case "error":
            return "an exception ended it: no response was made"
        case "timeout":
            return f"ended by the platform after {timeout_s:g} s"
        case "throttled":
            return "refused: no free concurrency"
        case _:
            return "of its response"


def hanging(words: str, column: int, width: int) -> str:
    """Break words that stand at a column into lines that all begin there; a width of 0 has room for anything."""
    room = width - column
    if not width or len(words) <= room or room < LEAST_ROOM:
        return words
    return f"\n{' ' * column}".join(wrap(words, room))


def _log(detail: InvocationDetail | None, width: int) -> Text:
    from rich.text import Text

    text = Text()
    if detail is None:
        return text.append("Reading its log again ...", style="dim")
    text.append("Log", style="bold").append(", from the start of the handler\n", style="dim")
    if not detail.log:
        text.append("  it wrote nothing\n", style="dim")
    for offset, level, message in detail.log:
        first, *more = message.splitlines() or [""]
        text.append(f"{exact_ms_text(offset):>{FIGURE}}  ").append(
            f"{level:<8}", style="bold" if level in {"warning", "error", "critical"} else "dim"
        )
        text.append(f"  {hanging(first, FIGURE + 12, width)}\n")
        for rest in more:
            text.append(f"{'':>{FIGURE + 12}}{rest}\n")
    if detail.failure.startswith("Traceback"):
        text.append("\n").append(f"{detail.failure}\n")
    elif detail.failure:
        text.append("\n").append(f"{detail.failure}\n", style="bold")
    return text


def _items(detail: InvocationDetail | None, width: int) -> Text:
    from rich.text import Text

    text = Text()
    items = written(detail) if detail is not None else None
    if items is None:
        return text
    text.append("\n").append(HEAD, style="bold").append(", what it wrote there\n", style="dim")
    if not items:
        text.append(f"  {NOTHING}\n", style="dim")
    for item in items:
        names = max(len(name) for name, _ in item)
        for name, value in item:
            text.append(f"  {name:<{names}}", style="dim").append(f"  {hanging(value, names + 4, width)}\n")
    return text
