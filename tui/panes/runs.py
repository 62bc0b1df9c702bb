"""The runs of this lesson: what each ran, what came of it, and two of them to compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.content import Content
from textual.widgets import Static

from lessons.actions import CompareRuns
from simulator.metrics import summary
from tui.charts.units import counted
from tui.commands import Command, bindings
from tui.panes.base import Perform, ShowPane
from tui.panes.keypane import KeyPane
from tui.panes.load_summary import summary_lines
from tui.panes.run_figures import bare_ms, codes_text, quoted, versions_text
from tui.panes.runs_table import RunsTable

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from simulator.run_data import RunData
    from tui.view import View


class RunsPane(KeyPane):
    """All runs of the lesson, oldest first, and the one under the cursor in full."""

    NAME = "runs"
    TITLE = "Runs"
    COMMANDS: ClassVar[tuple[Command, ...]] = (
        Command(
            "mark", ("m",), "mark", "Mark the run under the cursor; of three marks the oldest goes.", rank=22
        ),
        Command(
            "compare", ("c",), "compare", "Compare the marked runs, or this one with the one before.", rank=21
        ),
        Command(
            "open", ("enter",), "show in Load", "Show the run under the cursor in the Load pane.", rank=35
        ),
        Command(
            "move(1)",
            ("j", "down"),
            "choose",
            "Go to the next run.",
            rank=28,
            shown="j/k",
            id="choose",
            both="Go to the next run, or to the one before.",
        ),
        Command("move(-1)", ("k", "up"), "up", "Go to the run before.", id="up"),
        Command(
            "move(10)",
            ("pagedown",),
            "page down",
            "Go ten runs down.",
            id="page-down",
            both="Go ten runs down, or up.",
        ),
        Command("move(-10)", ("pageup",), "page up", "Go ten runs up.", id="page-up"),
        Command(
            "edge(-1)",
            ("g", "home"),
            "first",
            "Go to the first run.",
            id="first",
            both="Go to the first run, or to the newest.",
        ),
        Command("edge(1)", ("G", "end"), "last", "Go to the newest run.", id="last"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(COMMANDS)]
    DEFAULT_CSS = """
    RunsPane {
        & > Static { height: auto; text-wrap: nowrap; text-overflow: ellipsis; border-top: solid $foreground 30%; }
        & .cursor-list--header { text-style: underline; }
        &:focus .cursor-list--cursor { text-style: bold; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._drawn: tuple[RunData, ...] = ()
        self._wanted: int | None = None

    def compose(self) -> ComposeResult:
        """The table, and the run under the cursor."""
        yield RunsTable(id="runs-table")
        yield Static(id="runs-detail")

    @property
    def table(self) -> RunsTable:
        """The table."""
        return self.query_one(RunsTable)

    @property
    def marked(self) -> tuple[int, ...]:
        """The numbers of the marked runs, in the order of marking."""
        return self.table.marked

    def update_widgets(self, view: View) -> None:
        """Show the runs as they stand."""
        if view.everything != self._drawn:
            self._drawn = view.everything
            self.table.show(view.everything)
            self._detail()
        if self._wanted is not None:
            self.table.move_cursor(self._wanted - 1)
            self._wanted = None

    def on_resize(self) -> None:
        """Choose the figures below the table anew."""
        if self.shown or self.is_coming:
            self._detail()

    @on(RunsTable.Moved)
    def _detail(self) -> None:
        run, detail = self._run(), self.query_one("#runs-detail", Static)
        detail.display = run is not None
        if run is not None and self.size.width:  # it is written once its room is known
            made = run.settings
            first = f"run {self.table.cursor + 1}: {versions_text(run)}, seed {made.seed}, {made.start}"
            if len(longer := f"{first} start, {made.plan.name}") <= self.size.width:
                first = longer
            lines = [Content.styled(first, "bold"), *summary_lines(run, self.size.width)]
            detail.update(Content("\n").join(lines))
            # What was written before its first layout keeps the height that it had then (Textual 8.2).
            self.call_after_refresh(detail.refresh, layout=True)

    def _run(self) -> RunData | None:
        runs = self.view.everything if self.view is not None else ()
        cursor = self.table.cursor
        return runs[cursor] if cursor < len(runs) else None

    def summary(self) -> str:
        """Say in one to three sentences which runs there are, and what the newest came to."""
        runs = self.view.everything if self.view is not None else ()
        if not runs:
            return "There is no run yet."
        newest, one = runs[-1], summary(runs[-1].latencies_s)
        made, tail = (
            newest.settings,
            [f"{name} {quoted(name, getattr(one, name), one.n)}" for name in ("p95", "p99")],
        )
        said = (
            f"{counted(len(runs), 'run')}. The newest ran {versions_text(newest)} with seed {made.seed} from a "
            f"{made.start} start: n {one.n:,}, median {bare_ms(one.median)} ms, {', '.join(tail)}, "
            f"max {bare_ms(one.max)} ms, {codes_text(newest.codes, len(newest.errors))}."
        )
        marked = " and ".join(str(number) for number in sorted(self.marked))
        return f"{said} Marked: {marked}." if marked else said

    # keys

    def can_do(self, action: str) -> bool:
        """Offer only what there are runs for."""
        runs = self.view.everything if self.view is not None else ()
        panes = self.view.session.lesson.panes if self.view is not None else []
        match action:
            case "compare":
                return len(runs) > 1 and "compare" in panes
            case "mark":
                return len(runs) > 1
            case "open":
                return bool(runs) and "load" in panes
            case "move" | "edge":
                return len(runs) > 1
            case _:
                return True

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self.table.move_cursor(self.table.cursor + rows)

    def action_edge(self, end: int) -> None:
        """Go to the first run or the newest."""
        self.table.move_cursor(0 if end < 0 else self.table.count - 1)

    def action_mark(self) -> None:
        """Mark the run under the cursor, or take its mark away; of three marks the oldest goes."""
        run, number = self._run(), self.table.cursor + 1
        if run is None:
            return
        if not run.settled:
            self.notify(
                f"run {number} is under way: it can be compared when it has ended", severity="warning"
            )
            return
        kept = tuple(other for other in self.marked if other != number)
        self.table.marked = kept if number in self.marked else (*kept[-1:], number)
        self.table.refresh()

    def action_compare(self) -> None:
        """Compare the two marked runs, the older as before; or what is marked or under the cursor with its neighbor."""
        pair = sorted(self.marked)
        cursor = self.table.cursor + 1
        if len(pair) < 2:
            other = pair[0] if pair and pair[0] != cursor else cursor - 1
            pair = sorted((other, cursor))
        settled = len(self.view.runs) if self.view is not None else 0
        if pair[0] < 1:
            self.notify("there is no run before this one: mark two with m, or go down", severity="warning")
        elif pair[1] > settled:
            self.notify(
                f"run {pair[1]} is under way: it can be compared when it has ended", severity="warning"
            )
        else:
            self.post_message(Perform(CompareRuns(before=pair[0], after=pair[1])))
            self.post_message(ShowPane("compare", target="runs"))

    def action_open(self) -> None:
        """Show the run under the cursor in the Load pane."""
        if self._run() is not None:
            self.post_message(ShowPane("load", run=self.table.cursor + 1))

    @on(RunsTable.Chosen)
    def _clicked(self) -> None:
        self.action_open()

    def open_target(self, run: int | None, target: int | str | None) -> None:  # noqa: ARG002 - a run is all there is
        """Put the cursor on a run."""
        self._wanted = run
        self.catch_up()
