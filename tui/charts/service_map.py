"""A map of services: boxes, the arrows between them with what flows there, and one box the cursor stands on.

Where there is room the way of a request runs across, and what the last of it calls stands below. Where there is not,
the map is a list, indented by how far down a place is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from tui.charts.raster import CURSOR, Grid, Ink

if TYPE_CHECKING:
    from tui.charts.glyphs import GlyphName

State: TypeAlias = Literal["unknown", "idle", "flowing"]

LEAST_GAP, MOST_GAP = 14, 32
"""Cells between two boxes of the upper row: an arrow, and above and below it ``p95 1,403 ms``."""
LEAST_COLUMN = 18
MOST_HEADS = 4
LEAST_STEM, MOST_STEM, MOST_LINES = 2, 4, 4
LIST_WIDTH = 76
MOST_TEXT = 12
"""What stands below a box's name makes the box no wider than this."""


@dataclass(frozen=True, slots=True)
class MapPlace:
    """A box: its name, and lines below it in order of need."""

    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MapEdge:
    """An arrow between two places, by their index; `lines` stand beside it in order of need, `cells` in the list.

    `heads` are how many arrowheads it has: one more for each power of ten that flows. Where it is `failing`, the last
    of the lines and cells that has a ``%`` says so.
    """

    origin: int
    target: int
    state: State
    lines: tuple[str, ...]
    cells: tuple[str, ...]
    heads: int = 1
    failing: bool = False


@dataclass(frozen=True, slots=True)
class MapData:
    """Places and the edge into each but the first; the first `across` of them are the way of a request."""

    places: tuple[MapPlace, ...] = ()
    edges: tuple[MapEdge, ...] = ()
    across: int = 0

    def edge_into(self, place: int) -> MapEdge | None:
        """Give the edge that ends at a place."""
        return next((edge for edge in self.edges if edge.target == place), None)


@dataclass(frozen=True, slots=True)
class Signs:
    """The characters of a map: lines by what flows on them (across, down), heads, corners by their directions."""

    across: dict[State, str]
    down: dict[State, str]
    right: dict[State, str]
    below: dict[State, str]
    joints: dict[str, str]
    box: str
    """Horizontal, vertical, and the corners from the upper left on, clockwise."""
    chosen: str
    bend: str
    cursor: str
    more: str


FINE = Signs(
    across={"unknown": "╌", "idle": "─", "flowing": "━"},
    down={"unknown": "╎", "idle": "│", "flowing": "┃"},
    right={"unknown": "▷", "idle": "▷", "flowing": "▶"},
    below={"unknown": "▽", "idle": "▽", "flowing": "▼"},
    joints={
        "DR": "┌", "DL": "┐", "DLR": "┬", "RU": "└", "LU": "┘", "LRU": "┴", "DU": "│", "DLRU": "┼", "DLU": "┤",
        "DRU": "├", "LR": "─",
    },
    box="─│┌┐┘└",
    chosen="═║╔╗╝╚",
    bend="└",
    cursor="❯",
    more="…",
)  # fmt: skip
PLAIN = Signs(
    across={"unknown": ".", "idle": "-", "flowing": "="},
    down={"unknown": ":", "idle": "|", "flowing": "#"},
    right={"unknown": ">", "idle": ">", "flowing": ">"},
    below={"unknown": "v", "idle": "v", "flowing": "V"},
    joints=dict.fromkeys(("DR", "DL", "DLR", "RU", "LU", "LRU", "DLRU", "DLU", "DRU"), "+") | {"LR": "-", "DU": "|"},
    box="-|++++",
    chosen="=#####",
    bend="`",
    cursor=">",
    more="~",
)  # fmt: skip


def draw_service_map(
    data: MapData, width: int, height: int, *, cursor: int = -1, glyphs: GlyphName = "braille"
) -> Grid:
    """Draw the map into a grid of exactly this size; `cursor` is the place that is chosen, by its index."""
    grid, signs = Grid(width, height), PLAIN if glyphs == "ascii" else FINE
    if not data.places:
        return grid
    plan = _Plan.fitting(data, width, height)
    if plan is None:
        _draw_list(grid, data, cursor, signs)
        return grid
    for place, (x, y) in enumerate(plan.corners):
        _draw_box(grid, plan, data.places[place], (x, y, plan.widths[place]), signs, chosen=place == cursor)
    for edge in data.edges:
        if edge.target < data.across:
            _draw_across(grid, plan, edge, signs, chosen=edge.target == cursor)
    if data.across < len(data.places):
        _draw_below(grid, data, plan, cursor, signs)
    return grid


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where the boxes stand."""

    corners: tuple[tuple[int, int], ...]
    widths: tuple[int, ...]
    box_rows: int
    stem: int
    column: int
    pad: int

    @classmethod
    def fitting(cls, data: MapData, width: int, height: int) -> _Plan | None:
        """Lay the boxes out, with blanks in them if there is room; None where there is none for the boxes."""
        return cls._laid_out(data, width, height, 1) or cls._laid_out(data, width, height, 0)

    @classmethod
    def _laid_out(cls, data: MapData, width: int, height: int, pad: int) -> _Plan | None:
        upper, lower = data.places[: data.across], data.places[data.across :]
        widths = tuple(
            max(len(place.name), *(min(len(text), MOST_TEXT) for text in place.lines), 0) + 2 + 2 * pad
            for place in data.places
        )
        gaps = len(upper) - 1
        width = min(width, sum(widths[: len(upper)]) + gaps * MOST_GAP)
        room = width - sum(widths[: len(upper)])
        column = width // len(lower) if lower else width
        if (gaps and room // gaps < LEAST_GAP) or column < LEAST_COLUMN or (max(widths) > column and lower):
            return None
        rows = 2 if lower else 1
        fixed = (3 + LEAST_STEM) if lower else 0  # what is between the rows of boxes, at least
        most = max(len(place.lines) for place in data.places)
        wanted = max(1, min(most, MOST_LINES))
        spare = height - fixed - rows * 3  # boxes of a name alone
        if spare < rows:
            return None
        extra = min(wanted, spare // rows)
        spare -= rows * extra
        stem = min(MOST_STEM, LEAST_STEM + spare) + 1
        box_rows = 3 + extra
        used = rows * box_rows + (stem + 2 if lower else 0)
        top = min(2, max(0, height - used) // 3)
        gap = room // gaps if gaps else 0
        corners, x = [], 0
        for index in range(len(upper)):
            corners.append((x, top))
            x += widths[index] + gap + (room - gap * gaps if index == gaps - 1 else 0)
        below = top + box_rows + stem + 1
        corners += [(index * column, below) for index in range(len(lower))]
        return cls(tuple(corners), widths, box_rows, stem, column, pad)


def _draw_box(
    grid: Grid, plan: _Plan, place: MapPlace, where: tuple[int, int, int], signs: Signs, *, chosen: bool
) -> None:
    (x, y, width), rows, pad = where, plan.box_rows, plan.pad
    across, down, *corners = tuple(signs.chosen if chosen else signs.box)
    line = _ink(Ink.MARK if chosen else Ink.AXIS, chosen=chosen)
    grid.put(x, y, corners[0] + across * (width - 2) + corners[1], line)
    grid.put(x, y + rows - 1, corners[3] + across * (width - 2) + corners[2], line)
    room = width - 2 - 2 * pad
    texts = [packed((text,), room, 1, signs.more)[0] for text in (place.name, *place.lines)]
    for row in range(rows - 2):
        text = texts[row] if row < len(texts) else ""
        grid.put(x, y + 1 + row, down, line)
        inside = f"{'':{pad}}{text:<{room + pad}}"
        grid.put(x + 1, y + 1 + row, inside, _ink(Ink.LABEL if row else Ink.CAPTION, chosen=chosen))
        grid.put(x + width - 1, y + 1 + row, down, line)


def _ink(ink: Ink, *, chosen: bool) -> Ink:
    # An ink with the cursor's bit is no member of the enumeration; the grid keeps inks as plain bytes.
    return ink | CURSOR if chosen else ink  # type: ignore[return-value]


def _line_ink(edge: MapEdge) -> Ink:
    return Ink.FAILED if edge.failing else Ink.P95 if edge.state == "flowing" else Ink.AXIS


def _label_ink(edge: MapEdge, text: str) -> Ink:
    if edge.state == "unknown":
        return Ink.LABEL
    return Ink.FAILED if edge.failing and "%" in text else Ink.BLANK


def packed(lines: tuple[str, ...], width: int, rows: int, more: str = "…") -> list[str]:
    """Fit lines into so many rows: neighbors share one where they fit, and the last are left away where none do."""
    found = list(lines)
    while len(found) > rows:
        pairs = (i for i in range(len(found) - 1) if len(found[i]) + len(found[i + 1]) + 2 <= width)
        if (at := next(pairs, None)) is None:
            found.pop()
        else:
            found[at : at + 2] = [f"{found[at]}  {found[at + 1]}"]
    return [text if len(text) <= width else text[: max(width - 1, 0)] + more for text in found]


def _draw_across(grid: Grid, plan: _Plan, edge: MapEdge, signs: Signs, *, chosen: bool) -> None:
    """Draw an arrow between two boxes of the upper row: the first label above it, the others below."""
    x, top = plan.corners[edge.origin]
    x += plan.widths[edge.origin]
    end = plan.corners[edge.target][0]
    y = top + 1
    heads = signs.right[edge.state] * min(edge.heads, MOST_HEADS)
    grid.put(x, y, (signs.across[edge.state] * (end - x))[: end - x - len(heads)] + heads, _line_ink(edge))
    for row, text in enumerate(packed(edge.lines, end - x - 2, plan.box_rows - 1, signs.more)):
        grid.put(x + 1, top + row + (row > 0), text, _ink(_label_ink(edge, text), chosen=chosen))


def _draw_below(grid: Grid, data: MapData, plan: _Plan, cursor: int, signs: Signs) -> None:
    """Draw what the last box of the upper row calls: a bar, and an arrow down from it to each."""
    last = data.across - 1
    x, top = plan.corners[last]
    out, bar = x + plan.widths[last] // 2, top + plan.box_rows
    stems = {plan.corners[place][0] + 3: place for place in range(data.across, len(data.places))}
    left, right = min(out, *stems), max(out, *stems)
    joint = signs.joints
    grid.put(
        out, bar - 1, joint["DLR"], _ink(Ink.MARK if cursor == last else Ink.AXIS, chosen=cursor == last)
    )
    for column in range(left, right + 1):
        ways = ("D" if column in stems else "") + ("L" if column > left else "")
        ways += ("R" if column < right else "") + ("U" if column == out else "")
        grid.put(column, bar, joint[ways], Ink.AXIS)
    for column, place in stems.items():
        edge = data.edge_into(place)
        if edge is None:
            continue
        heads = min(edge.heads, plan.stem - 1)
        for row in range(plan.stem):
            sign = signs.below if row >= plan.stem - heads else signs.down
            grid.put(column, bar + 1 + row, sign[edge.state], _line_ink(edge))
        for row, text in enumerate(packed(edge.lines, plan.column - 4, plan.stem, signs.more)):
            ink = _ink(_label_ink(edge, text), chosen=place == cursor)
            grid.put(column + 2, bar + 1 + row, text, ink)


def _draw_list(grid: Grid, data: MapData, cursor: int, signs: Signs) -> None:
    """Draw one line for each place: the cursor's sign, an arrow as far in as the place is, its name, its figures."""
    known = [edge for edge in data.edges if edge.state != "unknown"]
    columns = range(max((len(edge.cells) for edge in known), default=0))
    widths = [max(len(edge.cells[i]) if i < len(edge.cells) else 0 for edge in known) for i in columns]
    figures = max([sum(widths) + len(widths) - 1] + [len(" ".join(edge.cells)) for edge in data.edges])
    # Where not all fits, names stay whole before figures do.
    names = max(7 + 2 * min(y, data.across) + len(place.name) for y, place in enumerate(data.places))
    start = max(min(grid.width, LIST_WIDTH) - figures, min(names - 2, grid.width))
    for y, place in enumerate(data.places):
        chosen, edge = y == cursor, data.edge_into(y)
        x = 2 + 2 * max(min(y, data.across) - 1, 0)
        if chosen:
            grid.put(0, y, " " * grid.width, _ink(Ink.BLANK, chosen=True))
            grid.put(0, y, signs.cursor, _ink(Ink.MARK, chosen=True))
        if edge is not None:
            heads = signs.right[edge.state] * min(edge.heads, 2)
            arrow = f"{signs.bend}{signs.across[edge.state] * (3 - len(heads))}"[: 3 - len(heads)] + heads
            grid.put(x, y, arrow, _ink(_line_ink(edge), chosen=chosen))
            x += len(arrow) + 1
        name = (
            f"{place.name}{place.lines[0]}" if place.lines and place.lines[0].startswith("@") else place.name
        )
        for text in (name, place.name):
            if x + len(text) < start:
                break
        [text] = packed((text,), start - x - 1, 1, signs.more)
        grid.put(x, y, text, _ink(Ink.CAPTION, chosen=chosen))
        x = start
        for i, text in enumerate(edge.cells if edge is not None else ()):
            grid.put(
                x, y, text, _ink(_label_ink(edge, text), chosen=chosen) if edge is not None else Ink.BLANK
            )
            x += 1 + (widths[i] if i < len(widths) else len(text))
