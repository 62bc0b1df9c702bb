"""Latency over time as a picture: a dot per request, percentiles, marks, and what a column holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tui.charts.axis import Axis
from tui.charts.bands import Bands, find_bands
from tui.charts.frame import Frame, Level, draw_frame, draw_levels
from tui.charts.glyphs import GLYPHS, SPACE
from tui.charts.marks import Mark, caption_lines, draw_letters, draw_marks, signed
from tui.charts.raster import Grid, Ink, dot_codes, per_cell
from tui.charts.sample import described, left_out_text, percentiles, usable
from tui.charts.units import counted, duration_text, share_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tui.charts.glyphs import GlyphName, GlyphSet

__all__ = ["LatencyData", "Mark", "Reading", "draw_latency", "read_column", "summarize_latency"]

CROWD = 8
"""From this many requests in a cell on it is drawn in a stronger ink."""
FEW = 3
"""Up to this many requests a column each gets a whole cell: dots smaller than that are easy to miss."""
PERCENTILE_INKS = {50: Ink.P50, 95: Ink.P95, 99: Ink.P99}
SECOND_LINE, THIRD_LINE = 12, 20
"""From these heights on the legend of marks may take another line."""


@dataclass(frozen=True, eq=False)
class LatencyData:
    """The requests of a run, in any order; times in virtual seconds since it began.

    Attributes:
        started_s: When each request was sent, shape (n,).
        latency_s: How long each took, shape (n,).
        failed: Whether each failed, bool, shape (n,).
        marks: What happened meanwhile.
        horizon_s: How long the run is to last: the right end of the axis unless requests lie beyond.
        threshold_s: Where the alert rule draws its line, if it does.

    Raises ValueError when the shapes differ. Requests whose times are not finite are counted and not drawn.
    """

    started_s: NDArray[np.float64]
    latency_s: NDArray[np.float64]
    failed: NDArray[np.bool_]
    marks: tuple[Mark, ...] = ()
    horizon_s: float = 0.0
    threshold_s: float | None = None

    def __post_init__(self) -> None:
        shapes = {np.shape(self.started_s), np.shape(self.latency_s), np.shape(self.failed)}
        if len(shapes) != 1 or len(shapes.pop()) != 1:
            raise ValueError("started_s, latency_s and failed must be flat and of one length")

    @classmethod
    def empty(cls) -> LatencyData:
        """No requests yet."""
        return cls(np.empty(0), np.empty(0), np.empty(0, dtype=np.bool_))

    @cached_property
    def drawn(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
        """Start, latency and failure of the requests that can be drawn."""
        keep = usable(self.started_s) & usable(self.latency_s)
        if keep.all():
            return self.started_s, self.latency_s, self.failed
        return self.started_s[keep], self.latency_s[keep], self.failed[keep]

    @property
    def left_out(self) -> int:
        """How many requests cannot be drawn."""
        return len(self.started_s) - len(self.drawn[0])

    @property
    def threshold(self) -> float | None:
        """The threshold, if there is one that can be drawn."""
        return self.threshold_s if self.threshold_s is not None and usable(self.threshold_s) else None

    @cached_property
    def percentiles(self) -> dict[int, float]:
        """Latency by percentile rank, seconds; only those there are enough requests for."""
        return percentiles(self.drawn[1])

    @cached_property
    def bands(self) -> Bands | None:
        """Percentiles over time, where there are enough requests for a course of p95."""
        return find_bands(*self.drawn[:2], self.across.high - self.across.low)

    @cached_property
    def marked(self) -> tuple[Mark, ...]:
        """The marks that lie on the axis of time, in its order, each label with a letter of its own."""
        low, high = self.across.low, self.across.high
        return signed(mark for mark in self.marks if low <= mark.at_s <= high)

    @cached_property
    def across(self) -> Axis:
        """The axis of time: from 0 to the horizon, wider where requests lie outside."""
        started = self.drawn[0]
        horizon = self.horizon_s if usable(self.horizon_s) else 0.0
        low = min(0.0, float(started.min())) if started.size else 0.0
        high = max(horizon, float(started.max())) if started.size else horizon
        return Axis(low, high if high - low > 1e-9 else low + 1.0)

    def up(self, *, log: bool) -> Axis:
        """The axis of latency, with room for the threshold."""
        threshold = [] if self.threshold is None else [self.threshold]
        return Axis.around(np.append(self.drawn[1], threshold), "log" if log else "linear")


@dataclass(frozen=True, slots=True)
class Reading:
    """What lies in one column of the picture; the latencies are NaN when there is no request in it."""

    from_s: float
    to_s: float
    requests: int
    failed: int
    median_s: float
    slowest_s: float
    marks: tuple[Mark, ...]

    def text(self, width: int | None = None) -> str:
        """Say it in one line; where that is too long for a width, with what matters most."""
        when = f"{duration_text(self.from_s)}–{duration_text(self.to_s)}"
        if not self.requests:
            what, times = "no requests", ""
        elif self.requests == 1:
            what, times = f"1 request, {duration_text(self.slowest_s)}", ""
        else:
            what = f"{self.requests:,} requests"
            times = f", median {duration_text(self.median_s)}, slowest {duration_text(self.slowest_s)}"
        failed = f", {self.failed:,} failed" if self.failed else ""
        marks = "".join(f", {mark.text()}" for mark in self.marks)
        slowest = times[times.rfind(",") :] if times else ""
        letters = ", " + " ".join(mark.letter for mark in self.marks) if self.marks else ""
        texts = [
            f"{when}: {what}{tail}"
            for tail in (times + failed + marks, slowest + failed + marks, slowest + failed + letters)
        ]
        return next((text for text in texts if width is None or len(text) <= width), texts[-1])


def read_column(data: LatencyData, frame: Frame, column: int) -> Reading:
    """Read a column of the plot, 0 to its width - 1, with those that are read out together with it."""
    across, width = data.across, frame.field.width
    first, stop = frame.columns(column)
    started, latency, failed = data.drawn
    cells = across.cells(started, width)
    inside = (first <= cells) & (cells < stop)
    times = latency[inside]
    from_s, to_s = across.values([first / width, stop / width]).tolist()
    return Reading(
        from_s,
        to_s,
        requests=times.size,
        failed=int(failed[inside].sum()),
        median_s=float(np.median(times)) if times.size else float("nan"),
        slowest_s=float(times.max()) if times.size else float("nan"),
        marks=tuple(mark for mark in data.marked if first <= across.cell(mark.at_s, width) < stop),
    )


def draw_latency(
    data: LatencyData, width: int, height: int, *, log: bool = True, glyphs: GlyphName = "braille"
) -> tuple[Grid, Frame]:
    """Draw the requests of a run into a grid of exactly this size, and say where its plot lies."""
    grid, chosen = Grid(width, height), GLYPHS[glyphs]
    lines = draw_caption(grid, data, chosen, scale=_scale_words(data, log=log), cross=chosen.cross)
    letters_row = lines if data.marked and height >= 8 else None
    frame = draw_frame(
        grid,
        data.across,
        data.up(log=log),
        chosen,
        top=lines + (letters_row is not None),
        right=label_room(width) if data.percentiles or data.threshold is not None else 0,
    )
    draw_marks(grid, frame, data.marked, chosen)
    _draw_requests(grid, data, frame, chosen)
    draw_letters(grid, frame, data.marked, frame.top if letters_row is None else letters_row)
    return grid, frame


def label_room(width: int) -> int:
    """How many columns the labels beside the plot get in a grid of this width."""
    return 0 if width < 36 else 6 if width < 60 else 12


def draw_caption(
    grid: Grid, data: LatencyData, glyphs: GlyphSet, *, scale: tuple[str, ...], cross: str
) -> int:
    """Write how many requests there are and what the marks mean, and beside that one of the wordings of `scale`.

    Answers how many lines it took: none in a grid below five rows.
    """
    if grid.height < 5:
        return 0
    failed = int(data.drawn[2].sum())
    size = data.drawn[0].size
    parts = [counted(size, "request") if size else "no requests yet"]
    parts += [f"{failed:,} failed {cross}".rstrip()] if failed else []
    parts += [f"{data.left_out:,} left out"] if data.left_out else []
    most = 1 + (grid.height >= SECOND_LINE) + (grid.height >= THIRD_LINE)
    # Of which windows the lines are is said before what happened; that the scale is log, the axis says too.
    room = grid.width - 3 - len(" · ".join(parts))
    besides = [words for words in scale if len(words) <= room] or [""]
    lines, beside = caption_lines(parts, data.marked, grid.width, most, besides)
    for y, line in enumerate(lines):
        grid.put(0, y, glyphs.text(line), Ink.CAPTION)
    grid.put(grid.width - len(beside), 0, glyphs.text(beside), Ink.LABEL)
    return len(lines)


def summarize_latency(data: LatencyData) -> str:
    """Say in one sentence what the picture shows."""
    started, latency, failed = data.drawn
    if not latency.size:
        return f"No requests to show{left_out_text(data.left_out)}."
    sent = f"{counted(latency.size, 'request')} within {duration_text(float(started.max()))}"
    parts = [f"{sent}: {described(latency)}"]
    if data.bands is not None:
        course = data.bands.by_rank[95]
        low, high = (duration_text(float(value)) for value in (np.nanmin(course), np.nanmax(course)))
        parts.append(f"p95 of {duration_text(data.bands.window_s)} at a time from {low} to {high}")
    if data.threshold is not None:
        parts.append(over_text(data, data.threshold))
    parts.append(f"{int(failed.sum()):,} failed")
    return "; ".join(parts) + left_out_text(data.left_out) + "."


def over_text(data: LatencyData, threshold_s: float) -> str:
    """Say how many requests took longer: ``5 (17 %) over 1 s``."""
    latency = data.drawn[1]
    over = int((latency > threshold_s).sum())
    return f"{over:,} ({share_text(over / latency.size)}) over {duration_text(threshold_s)}"


def _scale_words(data: LatencyData, *, log: bool) -> tuple[str, ...]:
    """Name the scale, and where percentiles are given over time, of which windows."""
    scale = "log scale" if log else "linear scale"
    if data.bands is None:
        return scale, ""
    ranks = " ".join(f"p{rank}" for rank in data.bands.by_rank)
    window = duration_text(data.bands.window_s).removeprefix("1 ")
    return f"{ranks} per {window} · {scale}", f"p95 per {window} · {scale}", f"p95 per {window}"


def levels_of(data: LatencyData, glyphs: GlyphSet, width: int) -> list[Level]:
    """Give the lines in order of need: p95, the threshold, p99, p50; over time where they can be told so."""
    bands, started = data.bands, data.drawn[0]
    times = data.across.values((np.arange(width) + 0.5) / width)
    if bands is not None:
        times[(times < started.min()) | (times > started.max())] = -np.inf
    gaps = (1, 2, 3) if glyphs.plain else (1, 1, 1)
    lines = {
        rank: Level(
            value,
            f"p{rank} {duration_text(value)}",
            f"p{rank}",
            PERCENTILE_INKS[rank],
            glyph,
            gap,
            along=bands.along(rank, times) if bands is not None and rank in bands.by_rank else None,
        )
        for (rank, value), glyph, gap in zip(data.percentiles.items(), glyphs.percentile, gaps, strict=False)
    }
    if data.threshold is not None:
        label = f"alert {duration_text(data.threshold)}"
        lines[0] = Level(data.threshold, label, "alert", Ink.THRESHOLD, glyphs.threshold)
    return [lines[rank] for rank in (95, 0, 99, 50) if rank in lines]


def _draw_requests(grid: Grid, data: LatencyData, frame: Frame, glyphs: GlyphSet) -> None:
    """Draw levels, dots and crosses; over a crowd of dots the levels show through in every third cell."""
    started, latency, failed = data.drawn
    levels = levels_of(data, glyphs, frame.field.width)
    right = grid.width - frame.left - frame.field.width
    counts = frame.field.count(started, latency, glyphs)
    cells = per_cell(counts, glyphs)
    inks = np.where(cells >= CROWD, Ink.CROWD, Ink.OK).astype(np.uint8)
    draw_levels(grid, frame, levels, glyphs, right=right)
    if latency.size <= FEW * frame.field.width:
        grid.paste(frame.left, frame.top, np.where(cells > 0, ord(glyphs.dot), SPACE).astype("<u4"), inks)
    else:
        grid.paste(frame.left, frame.top, dot_codes(counts > 0, glyphs), inks)
        draw_levels(grid, frame, [replace(level, gap=3) for level in levels], glyphs, right=0)
    if failed.any():
        failures = per_cell(frame.field.count(started[failed], latency[failed], glyphs), glyphs)
        crosses = np.where(_crossed(failures, cells), ord(glyphs.cross), SPACE).astype("<u4")
        grid.paste(frame.left, frame.top, crosses, Ink.FAILED)


def _crossed(failures: NDArray[np.int64], requests: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Choose the cells that show a cross: all with a failure while there are few, later their share of them.

    In a crowd nearly every cell holds some failure; a cross in each would make a tenth look like all. So a
    cell's chance is its share of failures, or what keeps a cross in every second column; a hash decides.
    """
    rows, columns = failures.shape
    chance = np.maximum(failures / np.maximum(requests, 1), 0.5 * columns / failures.sum())
    place = np.arange(rows * columns, dtype=np.uint64).reshape(rows, columns) + np.uint64(1)
    place = place * np.uint64(0x9E3779B97F4A7C15)
    place = (place ^ (place >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    return np.asarray((failures > 0) & ((place >> np.uint64(40)) < chance * 2.0**24))
