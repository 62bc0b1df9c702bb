"""Where one looks in a lesson: at its text or at one of the lab's panes, side by side or one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from textual.reactive import Reactive

from tui.screens.base import LabScreen
from tui.screens.breadth import BroadScreen
from tui.screens.lesson_tabs import lesson_tab, pane_tabs
from tui.widgets.lab import TITLES, Lab
from tui.widgets.lesson_panel import LessonPanel
from tui.widgets.tab_strip import TabStrip

if TYPE_CHECKING:
    from textual.widget import Widget

    from lessons.outline import Entry
    from lessons.session import Session
    from tui.app import RidelabApp
    from tui.panes.base import ShowPane
    from tui.view import View
    from tui.widgets.lesson_text import PanelText

Side = Literal["lesson", "lab"]


class Sides(BroadScreen[None], LabScreen[None]):
    """The part of the lesson screen that knows its two sides, its panes and their tabs."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """Textual's own, which draws the whole screen anew; who gets or loses the focus draws itself."""

    def __init__(self, entry: Entry, session: Session) -> None:
        super().__init__()
        self.entry = entry
        self.session = session
        self.side: Side = "lesson"
        self.text: PanelText | None = None
        self.view: View | None = None

    @property
    def lab_app(self) -> RidelabApp:
        """The app, by its own type."""
        return cast("RidelabApp", self.app)

    def in_sight(self, side: Side) -> bool:
        """Tell whether the lesson or the lab can be seen."""
        return self.wide or self.side == side

    def show_tabs(self) -> None:
        """Show which tabs there are, with their badges, and which one is looked at."""
        lab = self.query_one(Lab)
        tabs = pane_tabs(self.session, lab, self.view)
        lesson = lesson_tab(met=self.text is not None and self.text.met and self.side == "lab")
        active = "lesson" if self.side == "lesson" else lab.current
        self.query_one("#tabs-narrow", TabStrip).show((lesson, *tabs), active, quiet=False)
        self.query_one("#tabs-wide", TabStrip).show(tabs, lab.current, quiet=self.side == "lesson")
        self.query_one(LessonPanel).mark_keys(self.wide and self.side == "lesson")

    # going somewhere

    def action_switch(self) -> None:
        """Go from the lesson to the lab, and back."""
        self.go_to_side("lab" if self.side == "lesson" else "lesson")

    def action_show_lesson(self) -> None:
        """Go to the lesson's text."""
        self.go_to_side("lesson")

    async def action_show_pane(self, name: str) -> None:
        """Go to a pane, where the lesson offers it."""
        if name not in self.session.lesson.panes:
            self.notify(f"The {TITLES[name]} pane comes in a later lesson.", timeout=3)
            return
        await self.query_one(Lab).go_to(name)
        self.go_to_side("lab")

    async def on_show_pane(self, message: ShowPane) -> None:
        """Go where a pane points, and open what it points at."""
        message.stop()
        await self.action_show_pane(message.pane)
        lab = self.query_one(Lab)
        if lab.current == message.pane and lab.pane is not None:
            lab.pane.open_target(message.run, message.target)

    async def on_tab_strip_chosen(self, message: TabStrip.Chosen) -> None:
        """Go to the tab that was clicked."""
        if message.name == "lesson":
            self.go_to_side("lesson")
        else:
            await self.action_show_pane(message.name)

    async def bring(self, pane: str) -> None:
        """Bring a pane into the lab; the keys stay where they are."""
        await self.query_one(Lab).go_to(pane)
        self.show_tabs()

    def go_to_side(self, side: Side) -> None:
        """Put the focus into the lesson or into the lab; where there is room for one, that one is shown."""
        self._set_side(side)
        pane = self.query_one(Lab).pane
        if side == "lesson":
            self.query_one(LessonPanel).focus_text()
        elif pane is not None:
            self.set_focus(None)
            pane.focus_target()
        self.show_tabs()

    def _set_side(self, side: Side) -> None:
        if side != self.side:
            self.side = side
            self.refresh_bindings()
        self.width_taken()

    def width_taken(self) -> None:
        """Leave one side out of sight where there is no room for both. (A class would restyle the whole screen.)"""
        if self.is_mounted:
            panel = self.query_one(LessonPanel)
            panel.display = self.in_sight("lesson")
            self.query_one("#right").display = self.in_sight("lab")
            if panel.has_class("-lit") != (lit := self.side == "lesson"):
                # For the panel alone: nothing in it looks different, and to style all of it takes long.
                panel.set_class(lit, "-lit", update=False)
                self.app.stylesheet.update_nodes((panel,))

    def on_descendant_focus(self) -> None:
        """Know on which side the focus is now: it may have moved on since it moved to where this comes from."""
        ancestors = self.focused.ancestors_with_self if self.focused is not None else []
        if any(isinstance(node, LessonPanel) for node in ancestors):
            self._set_side("lesson")
        elif any(isinstance(node, Lab) for node in ancestors):
            self._set_side("lab")
        self.show_tabs()
