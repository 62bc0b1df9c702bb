"""The page of one invocation: what its agent reported, its log, and the traceback if it failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from simulator.system.replies import OUTCOMES
from tui.panes.reported import clock_text, exact_ms_text

if TYPE_CHECKING:
    from simulator.run_data import RunData
    from simulator.system.recorder import InvocationDetail

LABEL = 11
FIGURE = 13


def invocation_text(data: RunData, run: int, number: int, detail: InvocationDetail | None) -> Text:
    """Write the page of an invocation that has ended; `detail` is None while its log is being read.

    Raises KeyError for an invocation that has not ended.
    """
    row = data.row(number)
    service = data.services[row["service"]]
    settings = data.settings.scenario.functions[service]
    failed = row["outcome"] > 0 or row["status"] >= 500
    text = Text().append(f"Invocation {number} of run {run}", style="bold")
    for on, tag in ((row["cold_s"] > 0, "COLD START"), (failed, "ERROR")):
        if on:
            text.append("  ").append(f" {tag} ", style="bold reverse")
    version = data.versions[row["version"]].ref
    text.append(f"\n{version}, container {row['container']}, request {row['request']}\n\n")

    def line(label: str, figure: str, note: str = "") -> None:
        text.append(f"{label:<{LABEL}}", style="dim").append(f"{figure:>{FIGURE}}", style="bold")
        text.append(f"  {note}\n" if note else "\n")

    started = clock_text(row["start_s"], exact=True)
    line("duration", exact_ms_text(row["duration_s"]), f"the handler alone, from {started}")
    cold = exact_ms_text(row["cold_s"]) if row["cold_s"] > 0 else "none"
    line("cold start", cold, "before the handler began" if row["cold_s"] > 0 else "it met a warm container")
    line(
        "status",
        str(row["status"]) if row["status"] else OUTCOMES[row["outcome"]],
        _ending(row["outcome"], settings.timeout_s),
    )
    line("memory", f"{row['memory_mb']:.1f} MB", f"used, of {settings.memory_mb} MB")
    line("CPU idle", f"{row['idle'] * 100:.2f} %", "of the sandbox, all its CPUs, since boot")
    line("CPU time", exact_ms_text(row["cpu_s"]), "of this process, in this invocation")
    if name := data.names[row["error"]]:
        said = last_line(detail.failure) if detail is not None and detail.failure else name
        text.append(f"x {said}\n", style="bold")
    text.append("\n")
    return text.append_text(_log(detail))


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


def _log(detail: InvocationDetail | None) -> Text:
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
        text.append(f"  {first}\n")
        for rest in more:
            text.append(f"{'':>{FIGURE + 12}}{rest}\n")
    if detail.failure.startswith("Traceback"):
        text.append("\n").append(f"{detail.failure}\n")
    elif detail.failure:
        text.append("\n").append(f"{detail.failure}\n", style="bold")
    return text
