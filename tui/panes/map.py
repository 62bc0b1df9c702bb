"""The Map pane: the system's parts, what flows between them, and of how little of it anybody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Static

from simulator.topology import longest, topology
from tui.charts.map_chart import ServiceMap
from tui.commands import Command, bindings
from tui.panes.base import ShowPane
from tui.panes.keypane import KeyPane
from tui.panes.map_words import head_words, map_data, map_sentence, place_words
from tui.panes.run_figures import MUTED

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from simulator.run_data import RunData
    from simulator.topology import Place, Topology
    from tui.view import View

NARROW, TALL = 70, 24
NO_RUN = "No run yet. r sends the load; what flows between the parts of the system is shown here."


class MapPane(KeyPane):
    """Who calls whom, how often and how long, as far as anybody knows; the last run, live while it plays."""

    NAME = "map"
    TITLE = "Map"
    COMMANDS: ClassVar[tuple[Command, ...]] = (
        Command(
            "open", ("enter",), "its longest", "Open the longest invocation of the chosen function.", rank=18
        ),
        Command(
            "move(1)",
            ("j", "down"),
            "next place",
            "Go to the next place on the map.",
            rank=28,
            shown="j/k",
            id="next-place",
            both="Go to the next place on the map, or to the one before.",
        ),
        Command("move(-1)", ("k", "up"), "place before", "Go to the place before.", id="place-before"),
        Command(
            "edge(-1)",
            ("g", "home"),
            "first place",
            "Go to the first place: the riders.",
            id="first-place",
            both="Go to the first place, the riders, or to the last.",
        ),
        Command("edge(1)", ("G", "end"), "last place", "Go to the last place.", id="last-place"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(COMMANDS)]
    DEFAULT_CSS = """
    MapPane {
        & > #map-head { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & > #map-head.-nothing { height: auto; text-wrap: wrap; }
        & > ServiceMap { height: 1fr; min-height: 6; max-height: 20; }
        & > #map-foot { height: 4; }
        &.-narrow > #map-foot { height: 6; }
        &.-tall > #map-foot { margin-top: 1; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._map: tuple[RunData, Topology] | None = None

    def compose(self) -> ComposeResult:
        """Hold a head, the map, and a foot for the chosen place."""
        yield Static(id="map-head")
        yield ServiceMap()
        yield Static(id="map-foot")

    def on_resize(self) -> None:
        """Keep the foot as high as its words get, so that the map does not jump with the cursor."""
        self.set_class(self.size.width < NARROW, "-narrow")
        self.set_class(self.size.height >= TALL, "-tall")

    def _topology(self, data: RunData) -> Topology:
        if self._map is None or self._map[0] is not data:
            self._map = (data, topology(data))
        return self._map[1]

    def update_widgets(self, view: View) -> None:
        """Show the run under way, or the last one."""
        head, chart, data = self.query_one("#map-head", Static), self.query_one(ServiceMap), view.last
        head.set_class(data is None, "-nothing")
        chart.display = data is not None
        if data is None:
            head.update(NO_RUN)
            return
        drawn, places = map_data(self._topology(data)), len(chart.data.places)
        head.update(Content.styled(head_words(len(view.everything), self._topology(data)), MUTED))
        if drawn != chart.data:
            chart.data = drawn
        if not places:
            chart.cursor = drawn.across - 1
            self.refresh_bindings()
        self._update_foot(data)

    def _update_foot(self, data: RunData) -> None:
        if (place := self.place) is not None:
            first, *others = place_words(data, self._topology(data), place)
            lines = [Content.styled(first, "bold"), *(Content(line) for line in others)]
            self.query_one("#map-foot", Static).update(Content("\n").join(lines))

    @property
    def place(self) -> Place | None:
        """The chosen place."""
        data = self.view.last if self.view is not None else None
        if data is None or not self.is_mounted:
            return None
        places = self._topology(data).places
        return places[min(self.query_one(ServiceMap).cursor, len(places) - 1)]

    def on_service_map_chosen(self, event: ServiceMap.Chosen) -> None:
        """Say what is known of the place that was chosen."""
        event.stop()
        if self.view is not None and self.view.last is not None:
            self._update_foot(self.view.last)
        self.refresh_bindings()

    # keys

    def can_do(self, action: str) -> bool:
        """Offer a function's invocations where its agent reports them."""
        if self.view is None or self.view.last is None:
            return False
        if action == "open":
            place = self.place
            return (
                self.offers_pane("invocations")
                and place is not None
                and place.kind == "function"
                and place.watched
            )
        return True

    def action_open(self) -> None:
        """Open the longest invocation of the chosen function."""
        if self.view is None or self.view.last is None or self.place is None:
            return
        if (number := longest(self.view.last, self.place.name)) is not None:
            self.post_message(ShowPane("invocations", len(self.view.everything), number))

    def action_move(self, rows: int) -> None:
        """Go to another place."""
        self.query_one(ServiceMap).action_move(rows)

    def action_edge(self, end: int) -> None:
        """Go to the first place (-1) or the last (1)."""
        chart = self.query_one(ServiceMap)
        (chart.action_last if end > 0 else chart.action_first)()

    def summary(self) -> str:
        """Say what flows where, as far as anybody knows."""
        if self.view is None or self.view.last is None:
            return NO_RUN
        return map_sentence(len(self.view.everything), self._topology(self.view.last))
