"""A pane that works only while it is in sight, and one that goes from a list into what it lists and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widget import Widget
from textual.widgets import ContentSwitcher

from tui.commands import Command
from tui.panes.base import Pane
from tui.panes.page import Page

if TYPE_CHECKING:
    from tui.charts.waterfall import Waterfall
    from tui.panes.cursor_list import CursorList
    from tui.view import View


MOVING = (
    Command(
        "move(1)",
        ("j", "down"),
        "move",
        "Move down: by a row in a list, by a line in a text.",
        28,
        "j/k",
        id="move",
        both="Move by a row in a list, by a line in a text.",
    ),
    Command("move(-1)", ("k", "up"), "up", "Move up.", id="up"),
    Command(
        "edge(1)",
        ("G", "end"),
        "to the end",
        "Go to the last row or line.",
        id="to-the-end",
        both="Go to the last row or line, or to the first.",
    ),
    Command("edge(-1)", ("g", "home"), "to the top", "Go to the first row or line.", id="to-the-top"),
)
"""The keys of lists and texts, which take them themselves: declared for footer, help and palette."""


class ShownPane(Pane):
    """A pane that leaves a view for later while nobody sees it."""

    shown = False
    """Whether the pane is in sight."""

    def refresh_view(self, view: View) -> None:
        """Bring the widgets up to date, now or when the pane comes into sight."""
        if self.shown or self.is_coming:
            self.update_widgets(view)

    @property
    def is_coming(self) -> bool:
        """Whether the pane will be in sight with the next frame: `Show` tells it only after that."""
        return not self.shown and all(
            node.display for node in self.ancestors_with_self if isinstance(node, Widget)
        )

    def come(self) -> None:
        """Be ready for the first frame in which the pane is in sight."""
        if self.is_coming and self.view is not None:
            self.update_widgets(self.view)

    def focus_target(self) -> None:
        """Take the keys, and with them the place in sight."""
        self.come()
        super().focus_target()

    def on_show(self) -> None:
        """Catch up with what happened while the pane was out of sight."""
        self.shown = True
        self.catch_up()

    def on_hide(self) -> None:
        """Leave what comes now for later."""
        self.shown = False

    def catch_up(self) -> None:
        """Bring the widgets up to date if the pane is in sight and has something to show."""
        if self.shown and self.view is not None:
            self.update_widgets(self.view)

    def offers(self, command: Command) -> bool:
        """Tell whether a command makes sense now: whether its key would do something."""
        return bool(self.check_action(command.action.partition("(")[0], ()))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the moving keys only where there is somewhere to go."""
        if action in {"move", "edge"}:
            return self.can_move()
        return super().check_action(action, parameters)

    def can_move(self) -> bool:
        """Tell whether a list has more than one row, or a text more lines than are in sight."""
        moved = self.moving()
        if isinstance(moved, Page):
            return moved.max_scroll_y > 0
        return moved is not None and getattr(moved, "count", 2) > 1

    def update_widgets(self, view: View) -> None:
        """Update the widgets; a pane's own."""

    def offers_pane(self, name: str) -> bool:
        """Tell whether the lesson offers another pane to go on in."""
        return self.view is not None and name in self.view.session.lesson.panes

    def moving(self) -> CursorList | Page | Waterfall | None:
        """Name what the moving keys move."""
        return None

    def action_move(self, rows: int) -> None:
        """Move by rows or lines."""
        moved = self.moving()
        if isinstance(moved, Page):
            moved.scroll_relative(y=rows, animate=False)
        elif moved is not None:
            moved.action_move(rows)

    def action_edge(self, end: int) -> None:
        """Go to the first (-1) or last (1) row or line."""
        moved = self.moving()
        if isinstance(moved, Page):
            moved.scroll_to(y=moved.max_scroll_y if end > 0 else 0, animate=False)
        elif moved is not None:
            (moved.action_last if end > 0 else moved.action_first)()

    @property
    def holds_focus(self) -> bool:
        """Whether the focus is inside this pane."""
        focused = self.screen.focused
        return focused is not None and self in focused.ancestors_with_self


class LevelPane(ShownPane):
    """A pane with levels, one of which is shown: a list, what was opened in it, what was opened there.

    `compose` gives a ContentSwitcher whose children are the levels; `focus_of` names the widget that takes the keys.
    """

    @property
    def level(self) -> str:
        """The id of the level that is shown."""
        found = self.query(ContentSwitcher)
        return (found.first().current or "") if found else ""

    def go_to_level(self, level: str) -> None:
        """Show a level; the focus follows if it was in this pane."""
        holds = self.holds_focus
        self.query_one(ContentSwitcher).current = level
        if holds:
            self.focus_of(level).focus()
        self.refresh_bindings()
        self.catch_up()

    def moving(self) -> CursorList | Page | Waterfall | None:
        """The list or text of the level that is shown."""
        return self.focus_of(self.level) if self.level else None

    def focus_of(self, level: str) -> CursorList | Page:
        """Name the widget that takes the keys at a level; a pane's own."""
        raise NotImplementedError

    def focus_target(self) -> None:
        """Give the keys to the level that is shown."""
        self.come()
        if self.level:
            self.focus_of(self.level).focus()
