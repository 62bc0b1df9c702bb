"""Two comparisons: the slow invocations of a run against its fast ones, and one run against another."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from lessons.actions import CompareGroups
from simulator.attributes import ranked_attributes
from simulator.compare import before_against_after, slow_against_fast
from simulator.multipliers import Multipliers
from tui.charts.before_after import BeforeAfter
from tui.charts.histogram import Histogram
from tui.commands import Command, bindings
from tui.panes.base import Perform
from tui.panes.compare_attributes import BEING_READ, TOO_LONG, attribute_lines
from tui.panes.compare_groups import durations, group_lines, span_lines
from tui.panes.compare_pair import overlay, pair_head, pair_tables
from tui.panes.compare_words import groups_sentence, has_marks, pair_sentence
from tui.panes.details_reader import DetailsReader
from tui.panes.keypane import SCROLLING, KeyPane
from tui.panes.reported import silences
from tui.panes.run_figures import MUTED

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from simulator.run_data import RunData
    from tui.view import View

GROUPS, RUNS = "slow against fast", "before against after"
MOST_STEPS = 40_000
"""Up to here a run is made again within about a second."""
HINT = "Mark two runs in the Runs pane with m and press c there: the older is before, the newer after."


class ComparePane(KeyPane):
    """What slow invocations have and fast ones have not, and what a change did and did not do."""

    NAME = "compare"
    TITLE = "Compare"
    COMMANDS: ClassVar[tuple[Command, ...]] = (
        Command("turn", ("v",), "other comparison", "Go to the other comparison: of groups, or of runs.", rank=21),
        Command("next_service", ("s",), "next function", "Compare the next watched function's invocations.", rank=26),
        *SCROLLING,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(COMMANDS)]
    DEFAULT_CSS = """
    ComparePane {
        & > #compare-head { height: 1; text-wrap: nowrap; }
        & > VerticalScroll {
            height: 1fr;
            scrollbar-size-vertical: 1;
            & > Static { height: auto; }
            & > Histogram, & > BeforeAfter { height: 1fr; min-height: 9; max-height: 24; }
            & > #compare-table { text-wrap: nowrap; text-overflow: ellipsis; }
            & > #compare-attributes { margin-top: 1; text-wrap: nowrap; text-overflow: ellipsis; }
            & > #compare-table.-spans { margin: 1 0; }
            & > #compare-silent { color: $text-muted; }
        }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.turned = GROUPS
        self.service: str | None = None
        self._run: int | None = None
        self._pair: tuple[int, int] | Literal["unseen"] | None = "unseen"
        self._posted: set[tuple[str, int]] = set()
        self._drawn: tuple[object, ...] = ()
        self._reader = DetailsReader(self, self.catch_up)
        self._answers: dict[int, Multipliers] = {}

    def compose(self) -> ComposeResult:
        """Head, and under it all that is said, which scrolls."""
        yield Static(id="compare-head")
        with VerticalScroll(can_focus=False, id="compare-body"):
            yield Static(id="compare-words")
            yield Static(id="compare-attributes")
            yield Static(id="compare-table")
            yield Histogram(id="compare-histogram")
            yield Static(id="compare-silent")
            yield BeforeAfter(id="compare-overlay")

    # what is shown

    def run(self) -> tuple[int, RunData] | None:
        """The run whose invocations are compared, with its number: the last that has ended, or the one pointed at."""
        runs = self.view.runs if self.view is not None else ()
        if not runs:
            return None
        number = self._run if self._run is not None and self._run <= len(runs) else len(runs)
        return number, runs[number - 1]

    def watched(self, run: RunData) -> list[str]:
        """The functions whose invocations are reported, the one behind the gateway first."""
        return sorted((one for one in run.services if run.watched(one)), key=lambda one: one != run.front)

    def chosen_service(self, run: RunData) -> str | None:
        """The function that is compared, or None where nothing is reported."""
        watched = self.watched(run)
        return self.service if self.service in watched else watched[0] if watched else None

    def open_target(self, run: int | None, target: int | str | None) -> None:
        """Show a run's groups, or with the target `runs` the two runs that were compared."""
        self.turned = RUNS if target == "runs" else GROUPS
        self._run = run
        self._turned()

    def _follow(self, view: View) -> None:
        """Turn to the two runs when two others have been compared since the last view."""
        pair = view.session.memory.compared
        if self._pair not in {pair, "unseen"}:
            self.turned = RUNS
        self._pair = pair

    def update_widgets(self, view: View) -> None:
        """Show the comparison one looks at."""
        self._follow(view)
        run, pair = self.run(), view.session.memory.compared
        service = self.chosen_service(run[1]) if run is not None else None
        told = self._multipliers(view, run, service) if self.turned == GROUPS else None
        key = (self.turned, run, service, pair, bool(view.live), self.size.width, told)
        if key == self._drawn:
            return
        other = self._drawn[:4] != key[:4]
        new_run = bool(self._drawn) and self._drawn[1] != key[1]
        self._drawn = key
        self._head(view, run)
        if self.turned == GROUPS:
            self._show_groups(view, run, service, told)
        else:
            self._show_pair(view, pair)
        if other:
            self.scroller().scroll_to(y=0, animate=False)
        if new_run:
            self.look()
        self.call_after_refresh(self._lay_out)

    def _lay_out(self) -> None:
        """Ask for the heights once more: what was written before its first layout keeps the one it had then."""
        for static in self.query("#compare-body > Static"):
            static.refresh(layout=True)

    def on_resize(self) -> None:
        """Fit the tables to the width."""
        self.catch_up()

    @property
    def _room(self) -> int:
        """Cells in a line of what scrolls."""
        return self.size.width - self.scroller().styles.scrollbar_size_vertical

    def _head(self, view: View, run: tuple[int, RunData] | None) -> None:
        names = [
            Content.styled(f"[{name}]", "bold") if name == self.turned else Content.styled(f" {name} ", MUTED)
            for name in (GROUPS, RUNS)
        ]
        where = f"run {run[0]}" if run is not None and self.turned == GROUPS else ""
        if where and view.live is not None:
            where += f", while run {len(view.everything)} goes on"
        self.query_one("#compare-head", Static).update(Content("  ").join([*names, Content(where)]))

    def _parts(self, *shown: str) -> None:
        for name in ("attributes", "table", "histogram", "silent", "overlay"):
            self.query_one(f"#compare-{name}").display = name in shown

    def _static(self, name: str) -> Static:
        return self.query_one(f"#compare-{name}", Static)

    def _multipliers(
        self, view: View, run: tuple[int, RunData] | None, service: str | None
    ) -> Multipliers | str:
        """Read what riders' answers carried, or say why that is not there (yet): they are made by running once more."""
        if run is None or service != run[1].front:
            return ""
        number, data = run
        if number not in self._answers:
            if data.steps > MOST_STEPS:
                return TOO_LONG
            details = self._reader.get(view.session.lab, number, data)
            if details is None:
                return BEING_READ
            self._answers[number] = Multipliers.of(details)
        return self._answers[number]

    def _show_groups(
        self,
        view: View,
        run: tuple[int, RunData] | None,
        service: str | None,
        told: Multipliers | str | None,
    ) -> None:
        if run is None:
            self._parts()
            self._static("words").update(
                "No run has ended yet. r sends the load; its slow invocations are compared with the others here."
            )
            return
        quiet = silences(run[1])
        self._static("silent").update(Content("\n").join(map(Content, quiet)))
        silent = ("silent",) if quiet else ()
        if service is None:
            self._parts(*silent)
            self._static("words").update("Nothing is known of single invocations in this run.")
            return
        groups = slow_against_fast(run[1], view.slow_s, service)
        marked = has_marks(groups)
        self._parts("attributes", "histogram", *silent, *(("table",) if marked else ()))
        self._static("words").update(Content("\n").join(group_lines(run[1], groups)))
        multipliers = told if isinstance(told, Multipliers) else None
        attributes = ranked_attributes(run[1], view.slow_s, service, multipliers)
        lines = attribute_lines(attributes, self._room, told if isinstance(told, str) else "")
        self._static("attributes").update(Content("\n").join(lines))
        self._static("table").set_class(True, "-spans")
        self._static("table").update(Content("\n").join(span_lines(groups, self._room)))
        self.query_one(Histogram).data = durations(run[1], service)

    def _show_pair(self, view: View, numbers: tuple[int, int] | None) -> None:
        if numbers is None:
            self._parts()
            self._static("words").update(f"No two runs have been compared yet.\n{HINT}")
            return
        before, after = (view.session.run(number) for number in numbers)
        pair = before_against_after(before, after)
        self._parts("table", "overlay")
        self._static("words").update(Content("\n").join(pair_head(before, after, numbers, pair)))
        self._static("table").set_class(False, "-spans")
        self._static("table").update(Content("\n").join(pair_tables(pair, self._room)))
        self.query_one(BeforeAfter).data = overlay(before, after, numbers)

    def looked_at(self, view: View) -> None:
        """Comparing a run's groups is something done: say so, once in each step for each run."""
        self._follow(view)
        run = self.run()
        if self.turned == GROUPS and run is not None and self.chosen_service(run[1]) is not None:
            key = (view.session.step.id, run[0])
            if key not in self._posted:
                self._posted.add(key)
                self.post_message(Perform(CompareGroups(run=run[0])))

    def summary(self) -> str:
        """Say in one to three sentences what the comparison comes to."""
        if self.view is None:
            return "There is nothing to compare yet."
        if self.turned == RUNS:
            pair = self.view.session.memory.compared
            if pair is None:
                return f"No two runs have been compared yet. {HINT}"
            before, after = (self.view.session.run(number) for number in pair)
            return pair_sentence(before, after, pair)
        run = self.run()
        if run is None:
            return "No run has ended yet."
        service = self.chosen_service(run[1])
        if service is None:
            return "; ".join(silences(run[1])) + "."
        return f"Run {run[0]}. {groups_sentence(run[1], service, self.view.slow_s)}"

    # keys

    def can_do(self, action: str) -> bool:
        """Offer the next function only where another one is watched."""
        run = self.run()
        if action == "next_service":
            return self.turned == GROUPS and run is not None and len(self.watched(run[1])) > 1
        if action == "turn":
            return run is not None
        if action in {"roll", "leaf", "edge"}:
            return self.is_mounted and self.scroller().max_scroll_y > 0
        return True

    def on_mount(self) -> None:
        """Name the keys that scroll while there is something to scroll."""
        self.watch(self.scroller(), "show_vertical_scrollbar", self.refresh_bindings, init=False)

    def scroller(self) -> VerticalScroll:
        """All that is said."""
        return self.query_one("#compare-body", VerticalScroll)

    def action_turn(self) -> None:
        """Switch to the other comparison."""
        self.turned = RUNS if self.turned == GROUPS else GROUPS
        self._turned()

    def action_next_service(self) -> None:
        """Compare the next watched function's invocations."""
        run = self.run()
        if run is not None and (watched := self.watched(run[1])):
            at = watched.index(self.chosen_service(run[1]) or watched[0])
            self.service = watched[(at + 1) % len(watched)]
            self.repaint()

    def _turned(self) -> None:
        if self.view is not None:
            self._pair = self.view.session.memory.compared
        self.repaint()
        self.look()
