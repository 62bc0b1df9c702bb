"""The line-up on the screen: the picture, what the cursor stands at, what the slowest request does to each figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.charts.chart import Chart, ChartOptions
from tui.charts.units import counted
from tui.panes.line_up import BOTH, COLD, FAILED, LEFT_OUT, OK, LineUpData, Places, draw_line_up
from tui.panes.run_figures import MUTED, bare_ms, cannot_tell, change_ms, ms, ordinal

if TYPE_CHECKING:
    from typing import Unpack

    from textual.app import ComposeResult

    from simulator.run_data import RunData
    from tui.charts.raster import Grid

STATISTICS = ("mean", "median", "p95", "p99")


class LineUp(Chart[LineUpData]):
    """The requests of a run stood in line by how long they took."""

    DEFAULT_CSS = "LineUp { min-height: 4; }"

    def __init__(self, data: LineUpData | None = None, **options: Unpack[ChartOptions]) -> None:
        """Make a line-up, on a linear scale."""
        super().__init__(data or LineUpData.empty(), **options)
        self.cursor: int | None = None
        self.log_scale = False

    def draw(self, width: int, height: int) -> Grid:
        """Draw the line into a grid of exactly this size."""
        return draw_line_up(
            self.data, width, height, cursor=self.cursor, log=self.log_scale, glyphs=self.glyphs
        )

    def summary(self) -> str:
        """Say in one sentence who stands in line."""
        data = self.data
        if not data.n:
            return "Nobody stands in line yet."
        rank = data.rank(0.95)
        fastest, p95, slowest = (ms(float(data.latency_s[i])) for i in (0, rank - 1, -1))
        ends = f"{counted(data.n, 'request')} in line from {fastest} to {slowest}, median {ms(data.figures.median)}"
        without = ", without the slowest" if data.left_out else ""
        return f"{ends}; p95 stands at the {ordinal(rank)} with {p95}{without}."

    def stride(self) -> int:
        """How many requests a figure stands for in the picture as it is."""
        return Places.find(self.data.n, self.size.width, self.size.height - 2).stride


class LineUpView(Vertical):
    """A line-up with its readings."""

    DEFAULT_CSS = """
    LineUpView {
        height: 1fr;
        & > Static { height: auto; }
    }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self.chart = LineUp()
        self._run: RunData | None = None

    def compose(self) -> ComposeResult:
        """The picture above, its readings below."""
        yield self.chart
        yield Static(id="line-up-figures")

    def show(self, run: RunData) -> None:
        """Stand the requests of a run in line; the cursor stays at its rank, and what was left out stays out."""
        if run is not self._run:
            self._run = run
            self._set(LineUpData.of(run, left_out=self.chart.data.left_out))

    def _set(self, data: LineUpData) -> None:
        if self.chart.cursor is not None:
            self.chart.cursor = min(self.chart.cursor, data.n - 1) if data.n else None
        self.chart.data = data
        self._write()

    def move(self, figures: int) -> None:
        """Move the cursor along the line; the first step puts it at the end it comes from."""
        data, cursor = self.chart.data, self.chart.cursor
        if data.n:
            start = -1 if figures > 0 else data.n
            self.chart.cursor = min(
                max((start if cursor is None else cursor) + figures * self.chart.stride(), 0), data.n - 1
            )
            self.chart.redraw()
            self._write()

    def jump(self, end: int) -> None:
        """Move the cursor to the fastest (-1) or the slowest (1)."""
        if self.chart.data.n:
            self.chart.cursor = 0 if end < 0 else self.chart.data.n - 1
            self.chart.redraw()
            self._write()

    def request(self) -> int | None:
        """The number of the request at the cursor, or without one of the slowest; None where nobody stands in line."""
        numbers, cursor = self.chart.data.number, self.chart.cursor
        return int(numbers[-1 if cursor is None else cursor]) if len(numbers) else None

    def put_away(self) -> bool:
        """Put the cursor away; tells whether there was one."""
        there, self.chart.cursor = self.chart.cursor is not None, None
        self.chart.redraw()
        self._write()
        return there

    def leave_out(self) -> None:
        """Leave the slowest request out, or take it back."""
        data = self.chart.data
        self._set(data.leaving_out(not data.left_out))

    def toggle_scale(self) -> None:
        """Switch between the linear and the log scale."""
        self.chart.log_scale = not self.chart.log_scale
        self.chart.redraw()

    def _write(self) -> None:
        lines = [reading(self.chart.data, self.chart.cursor), *figures(self.chart.data)]
        self.query_one("#line-up-figures", Static).update(Content("\n").join(lines))


def reading(data: LineUpData, cursor: int | None) -> Content:
    """Say what the cursor stands at, or without one what the glyphs mean."""
    if cursor is None or not data.n:
        text = f"{OK} answered  {COLD} after a cold start  {FAILED} failed  {BOTH} both"
        return Content.styled(text, MUTED)
    parts = [
        f"{ordinal(cursor + 1)} of {data.n:,}: {ms(float(data.latency_s[cursor]))}",
        f"code {data.status[cursor]}",
        "met a cold start" if data.cold[cursor] else "no cold start",
    ]
    if (name := data.marks.get(cursor + 1)) is not None:
        parts.append("here stands the median" if name == "median" else f"here stands {name}")
    if cursor >= data.kept:
        parts.append(f"left out ({LEFT_OUT})")
    return Content.styled(", ".join(parts), "bold")


def figures(data: LineUpData) -> list[Content]:
    """Give mean, median, p95 and p99 of all, and without the slowest where it is left out."""
    head = f"{'ms':<24}" + "".join(f"{name:>8}" for name in STATISTICS)
    whole = data.leaving_out(left_out=False).figures
    cells = [bare_ms(getattr(whole, name)) for name in STATISTICS]
    lines = [Content.styled(head, MUTED), _row(f"all {data.n:,}", cells)]
    if data.left_out:
        now = data.figures
        lines.append(
            _row(f"without the slowest, {data.kept:,}", [bare_ms(getattr(now, name)) for name in STATISTICS])
        )
        changes = [change_ms(getattr(now, name) - getattr(whole, name)) for name in STATISTICS]
        lines.append(_row("change", changes).stylize("bold"))
    if data.n and (lacking := cannot_tell(data.kept)):
        lines.append(Content.styled(f"{lacking}: with fewer it tells of single requests", "$text-warning"))
    return lines


def _row(label: str, cells: list[str]) -> Content:
    return Content(f"{label:<24}" + "".join(f"{cell:>8}" for cell in cells))
