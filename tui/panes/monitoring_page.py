"""The monitoring page: the list of a run's invocations with its filter, order and search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rich.text import Text
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from tui.panes.invocation_list import InvocationList
from tui.panes.invocation_rows import FILTERS, SORTS, select, watched_rows
from tui.panes.reported import counted, ms_text, silences

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult

    from simulator.columns import Column
    from simulator.run_data import RunData
    from tui.panes.invocation_rows import Filter, Rows, Sort

NO_RUN = "No run yet. r sends the load, and its invocations are listed here as they end."
SEARCHES = ">1000  <=300  57 (request)  #12  TypeError  COLD START  timeout"


@dataclass(frozen=True)
class Shown:
    """What is listed: a run (`run` is its place in the lesson, from 1), and what its exceptions say, by invocation."""

    data: RunData
    run: int
    runs: int
    slow_s: float
    error_texts: Mapping[int, str]


class MonitoringPage(Vertical):
    """The watched invocations of a run. Cursor, filter, order and search are its own, and stay from run to run."""

    DEFAULT_CSS = """
    MonitoringPage {
        width: 1fr;
        height: 1fr;
        & > Static { width: 1fr; height: auto; }
        & > #monitoring-head { text-wrap: nowrap; text-overflow: ellipsis; }
        & > #monitoring-silence { color: $text-muted; max-height: 2; }
        & > Input { display: none; background: $surface; }
    }
    """

    class SearchChanged(Message):
        """Another search was typed."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self.search = ""
        self._filter = 0
        self._sort = 0
        self._shown: Shown | None = None
        self._drawn: tuple[object, ...] = ()
        self._rows: Rows | None = None
        self._order: Column = np.empty(0, dtype=np.int64)

    def compose(self) -> ComposeResult:
        """Hold the head, the search, the list, and who is silent."""
        yield Static(id="monitoring-head")
        yield Input(compact=True, placeholder=f"search: {SEARCHES}", select_on_focus=False)
        yield InvocationList()
        yield Static(id="monitoring-silence")

    @property
    def listed(self) -> InvocationList:
        """The list itself."""
        return self.query_one(InvocationList)

    @property
    def searching(self) -> bool:
        """Whether the search is open or narrows the list."""
        return bool(self.search) or self.query_one(Input).display

    @property
    def typing(self) -> bool:
        """Whether somebody is in the search line."""
        return self.query_one(Input).has_focus

    @property
    def filter(self) -> Filter:
        """Which invocations are listed."""
        return FILTERS[self._filter]

    @property
    def sort(self) -> Sort:
        """In which order."""
        return SORTS[self._sort]

    def show(self, shown: Shown | None, *, number: int | None = None, to_top: bool = False) -> None:
        """Show a run, or that there is none; the cursor stays on its invocation, or goes to the one given, or up."""
        self._shown = shown
        if shown is None:
            self.listed.placeholder = NO_RUN
            self.listed.set_count(0, 0)
            return
        drawn = (id(shown.data), len(shown.error_texts), self._filter, self._sort, self.search, shown.runs)
        if drawn == self._drawn and number is None:
            return
        self._drawn = drawn
        rows = self._rows = watched_rows(shown.data)
        self._order = select(
            rows,
            by=self.filter,
            sort=self.sort,
            search=self.search,
            slow_s=shown.slow_s,
            text_of=shown.error_texts,
        )
        quiet = silences(shown.data)
        self.listed.placeholder = self._placeholder(shown, rows, quiet)
        self.query_one("#monitoring-head", Static).update(self._head(shown, rows))
        silence = self.query_one("#monitoring-silence", Static)
        silence.display = bool(quiet and rows.services)
        silence.update(Text("\n".join(quiet)))
        self.listed.show(rows, self._order, shown.slow_s, number=number, to_top=to_top)

    def forget(self) -> None:
        """Draw anew at the next `show`, whatever it shows."""
        self._drawn = ()

    def next_filter(self) -> None:
        """Go to the next filter."""
        self._filter = (self._filter + 1) % len(FILTERS)
        self.show(self._shown)

    def next_sort(self) -> None:
        """Go to the next order."""
        self._sort = (self._sort + 1) % len(SORTS)
        self.show(self._shown, to_top=True)

    def show_all(self) -> None:
        """Drop filter and search, so that any invocation is listed."""
        self._filter = 0
        self.end_search()

    def start_search(self) -> None:
        """Open the search line."""
        field = self.query_one(Input)
        field.display = True
        field.focus()

    def end_search(self) -> None:
        """Drop the search."""
        field = self.query_one(Input)
        if field.has_focus:
            self.listed.focus()
        field.display = False
        field.value = ""
        self._search_for("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search while somebody types."""
        event.stop()
        self._search_for(event.value.strip())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the list."""
        event.stop()
        self.keep_search()

    def keep_search(self) -> None:
        """Keep the search and go to the list; an empty search is over."""
        self.listed.focus()
        if not self.search:
            self.end_search()

    def _search_for(self, search: str) -> None:
        if search != self.search:
            self.search = search
            self.post_message(self.SearchChanged())
            self.show(self._shown)

    def _placeholder(self, shown: Shown, rows: Rows, quiet: list[str]) -> str:
        if not rows.services:
            return f"Nothing to show. {'; '.join(quiet)}."
        if not len(rows):
            return "No invocation in this run." if shown.data.settled else "No invocation has ended yet."
        return f"None of the {counted(len(rows), 'invocation')} passes this filter and search."

    def _head(self, shown: Shown, rows: Rows) -> Text:
        text = Text().append(
            f"Run {shown.run}" + (f" of {shown.runs}" if shown.runs > 1 else ""), style="bold"
        )
        text.append("" if shown.data.settled else ", under way")
        text.append(
            f"  {', '.join(f'{name}@{shown.data.refs[name]}' for name in rows.services)}\n", style="dim"
        )
        text.append(f"{len(self._order):,} of {len(rows):,}", style="bold")
        return text.append(f"  {self.words(shown.slow_s)}")

    def words(self, slow_s: float) -> str:
        """Say filter, order and search: ``slow over 1,000 ms, by time, search: cold``."""
        limits = {"slow": f" over {ms_text(slow_s)}", "fast": f" at most {ms_text(slow_s)}"}
        search = f", search: {self.search}" if self.search else ""
        return f"{self.filter}{limits.get(self.filter, '')}, {self.sort.words}{search}"

    def summary(self) -> str:
        """Say how many are listed, by what, and what is among them."""
        if self._shown is None or self._rows is None:
            return NO_RUN
        rows, order, shown = self._rows, self._order, self._shown
        if not rows.services:
            return f"Nothing is reported of run {shown.run}. {'; '.join(silences(shown.data))}."
        text = f"{len(order):,} of {counted(len(rows), 'invocation')} of run {shown.run} are listed"
        text += f" ({self.words(shown.slow_s)}): {rows.words(order)}."
        return " ".join([text, *(f"{line}." for line in silences(shown.data))])
