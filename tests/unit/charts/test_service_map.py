"""The picture of the service map: boxes, arrows, labels, and a list where there is no room for them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.charts.raster import CURSOR
from tui.charts.service_map import MapData, MapEdge, MapPlace, draw_service_map, packed

PLACES = (
    MapPlace("riders", ("load",)), MapPlace("gateway", ("authorizer", "no agent")),
    MapPlace("request-ride", ("@launch", "agent on")), MapPlace("promo-discount", ("@launch", "no reports")),
    MapPlace("fleet", ("no agent",)), MapPlace("rides table", ("no agent",)),
)  # fmt: skip
UNKNOWN = ("not watched",)
DATA = MapData(
    PLACES,
    (
        MapEdge(0, 1, "flowing", ("1.0/s", "p95 3,694 ms", "12 % errors"), ("1.0/s", "p95 3,694 ms", "12 % err"),
                failing=True),
        MapEdge(1, 2, "idle", ("no calls",), ("no calls",)),
        *(MapEdge(2, i, "unknown", UNKNOWN, UNKNOWN) for i in (3, 4, 5)),
    ),
    3,
)  # fmt: skip
ROOMS = [(76, 13), (67, 20), (70, 28), (148, 48)]


@pytest.mark.parametrize(("width", "height"), ROOMS)
@pytest.mark.parametrize("glyphs", ["braille", "blocks", "ascii"])
def test_where_there_is_room_all_is_drawn(width: int, height: int, glyphs: str) -> None:
    text = draw_service_map(DATA, width, height, glyphs=glyphs).text()  # type: ignore[arg-type]
    for place in PLACES:
        assert text.count(place.name) == 1
    assert text.count("not watched") == 3
    for label in ("1.0/s", "p95 3,694 ms", "12 % errors", "no calls"):
        assert label in text
    assert text.isascii() == (glyphs == "ascii")


@pytest.mark.parametrize(("width", "height"), [(56, 8), (40, 6), (76, 11)])
def test_where_there_is_none_it_is_a_list_a_line_a_place(width: int, height: int) -> None:
    grid = draw_service_map(DATA, width, height, cursor=2)
    lines = grid.text().splitlines()
    assert [place.name in line for place, line in zip(PLACES, lines, strict=False)][:4] == [True] * 4
    assert lines[2].startswith("❯")
    assert lines[3].index("└") > lines[2].index("└") > lines[1].index("└")


def test_three_kinds_of_edges_differ_without_color() -> None:
    for glyphs, signs in (("braille", "━─╎"), ("ascii", "=-:")):
        text = draw_service_map(DATA, 76, 13, glyphs=glyphs).text()  # type: ignore[arg-type]
        assert all(sign * 3 in text for sign in signs[:2])
        assert signs[2] in text


def test_more_traffic_has_more_heads() -> None:
    busy = replace(DATA, edges=(replace(DATA.edges[0], heads=4), *DATA.edges[1:]))
    assert "━▶▶▶▶│" in draw_service_map(busy, 76, 13).text()
    assert "━▶│" in draw_service_map(DATA, 76, 13).text()


@pytest.mark.parametrize("cursor", range(len(PLACES)))
@pytest.mark.parametrize("glyphs", ["braille", "ascii"])
def test_the_chosen_box_alone_has_another_frame(cursor: int, glyphs: str) -> None:
    plain = draw_service_map(DATA, 76, 13, glyphs=glyphs)  # type: ignore[arg-type]
    grid = draw_service_map(DATA, 76, 13, cursor=cursor, glyphs=glyphs)  # type: ignore[arg-type]
    assert plain.text() != grid.text()
    lines = grid.text().splitlines()
    [row] = [y for y, line in enumerate(lines) if PLACES[cursor].name in line]
    frame = "║" if glyphs == "braille" else "#"
    assert f"{frame} {PLACES[cursor].name}" in lines[row]
    x = lines[row].index(PLACES[cursor].name)
    assert grid.inks[row, x] & CURSOR
    assert not (plain.inks & CURSOR).any()


def test_arrows_end_at_the_boxes_they_point_at() -> None:
    lines = draw_service_map(DATA, 76, 13).text().splitlines()
    below = next(y for y, line in enumerate(lines) if "▽" in line)
    columns = [x for x, sign in enumerate(lines[below]) if sign == "▽"]
    assert len(columns) == 3
    assert all(lines[below + 1][x] == "─" for x in columns)
    assert all(lines[y][x] in "╎┌┬┐│" for x in columns for y in (below - 1, below - 2))


def test_labels_share_a_row_only_where_there_are_too_few() -> None:
    lines = ("1.0/s", "p50 9 ms", "n<59", "in a_mark")
    assert packed(lines, 20, 4) == list(lines)
    assert packed(lines, 20, 3) == ["1.0/s  p50 9 ms", "n<59", "in a_mark"]
    assert packed(lines, 9, 3) == ["1.0/s", "p50 9 ms", "n<59"]
    assert packed(("in a_long_mark",), 8, 1) == ["in a_lo…"]


@given(st.integers(0, 160), st.integers(0, 50), st.integers(-1, 9), st.sampled_from(["braille", "ascii"]))
def test_any_size_gives_a_grid_of_that_size(width: int, height: int, cursor: int, glyphs: str) -> None:
    grid = draw_service_map(DATA, width, height, cursor=cursor, glyphs=glyphs)  # type: ignore[arg-type]
    assert (grid.width, grid.height) == (width, height)


@pytest.mark.parametrize(
    "data", [MapData(), MapData(PLACES[:1], (), 1), MapData(PLACES[:3], DATA.edges[:2], 3)]
)
def test_small_maps_are_maps_too(data: MapData) -> None:
    text = draw_service_map(data, 76, 13).text()
    assert [place.name in text for place in data.places] == [True] * len(data.places)
