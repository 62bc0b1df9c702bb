"""The lab: the lesson's panes, one of them in sight. Each is imported and made when it is first visited."""

from __future__ import annotations

from asyncio import Lock
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

from textual.containers import Container

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.panes.base import Pane
    from tui.view import View

PANES: Final[dict[str, tuple[str, str]]] = {
    "load": ("tui.panes.load", "LoadPane"),
    "alerts": ("tui.panes.alerts", "AlertsPane"),
    "invocations": ("tui.panes.invocations", "InvocationsPane"),
    "runs": ("tui.panes.runs", "RunsPane"),
    "trace": ("tui.panes.trace", "TracePane"),
    "code": ("tui.panes.code", "CodePane"),
    "compare": ("tui.panes.compare", "ComparePane"),
    "map": ("tui.panes.map", "MapPane"),
}
DIGITS: Final[dict[str, str]] = {name: str(i) for i, name in enumerate(PANES, start=1)}
"""The digit of each pane: the same in every lesson, whichever panes it offers."""
TITLES: Final[dict[str, str]] = {name: name.capitalize() for name in PANES}


class Lab(Container):
    """Holds the panes. The ones out of sight are told nothing until they are shown again."""

    def __init__(self, panes: Mapping[str, tuple[str, str]] = PANES, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._where = panes
        self._going = Lock()
        self._panes: dict[str, Pane] = {}
        self._view: View | None = None
        self._seen: dict[str, View] = {}
        self.current = ""

    @property
    def pane(self) -> Pane | None:
        """The pane in sight."""
        return self._panes.get(self.current)

    def made(self, name: str) -> Pane | None:
        """Give a pane that was visited before."""
        return self._panes.get(name)

    async def go_to(self, name: str) -> Pane:
        """Bring a pane into sight. One at a time: a pane takes some turns of the event loop to be there."""
        async with self._going:
            if name not in self._panes:
                module, kind = self._where[name]
                pane = cast("type[Pane]", getattr(import_module(module), kind))()
                pane.display = False
                await self.mount(pane)
                self._panes[name] = pane
        self.current = name
        for other, pane in self._panes.items():
            pane.display = other == name
        self._tell()
        return self._panes[name]

    def show_view(self, view: View) -> None:
        """Hand a new view to the pane in sight."""
        self._view = view
        self._tell()

    def _tell(self) -> None:
        pane, view = self.pane, self._view
        if pane is not None and view is not None and self._seen.get(self.current) is not view:
            self._seen[self.current] = view
            pane.show_view(view)
