"""Rasters: what is lit, what is written, and in which ink."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tui.charts.axis import Axis
from tui.charts.glyphs import GLYPHS, SPACE, GlyphName, narrow
from tui.charts.raster import Field, Grid, Ink, bar_codes, dashed, dot_codes, per_cell, step_line

glyph_names = st.sampled_from(["braille", "blocks", "ascii"])
fractions = st.floats(0, 1)


def drawn(codes: np.ndarray) -> list[str]:
    grid = Grid(codes.shape[1], codes.shape[0])
    grid.paste(0, 0, codes, Ink.OK)
    return grid.text().split("\n")


class TestGrid:
    def test_text_beyond_an_edge_is_cut_off(self) -> None:
        grid = Grid(5, 2)
        grid.put(-2, 0, "abcd", Ink.LABEL)
        grid.put(3, 1, "xyz", Ink.LABEL)
        grid.put(0, 7, "nowhere", Ink.LABEL)
        grid.put(9, 0, "nowhere", Ink.LABEL)
        assert grid.text() == "cd\n   xy"

    def test_a_row_is_cut_into_runs_of_one_ink(self) -> None:
        grid = Grid(6, 1)
        grid.put(1, 0, "ab", Ink.LABEL)
        grid.put(3, 0, "x", Ink.FAILED)
        assert grid.runs(0) == [(" ", Ink.BLANK), ("ab", Ink.LABEL), ("x", Ink.FAILED), ("  ", Ink.BLANK)]

    def test_blanks_of_a_pasted_block_are_transparent(self) -> None:
        grid = Grid(3, 1)
        grid.put(0, 0, "abc", Ink.LABEL)
        grid.paste(0, 0, np.array([[SPACE, ord("X"), SPACE]], dtype="<u4"), Ink.OK)
        assert grid.text() == "aXc"
        assert grid.inks.tolist() == [[Ink.LABEL, Ink.OK, Ink.LABEL]]

    def test_a_band_shares_its_cells(self) -> None:
        grid = Grid(3, 3)
        grid.band(1, 1).put(0, 0, "mid", Ink.LABEL)
        assert grid.text() == "\nmid\n"

    def test_characters_that_would_shift_the_row_are_replaced(self) -> None:
        assert narrow("tab\tand 你 and é and e\u0301") == "tab?and ? and é and e?"

    @given(st.text(max_size=30), st.integers(-5, 12))
    def test_any_text_leaves_the_row_as_long_as_it_was(self, text: str, x: int) -> None:
        grid = Grid(10, 1)
        grid.put(x, 0, text, Ink.LABEL)
        assert len(grid.line(0)) == 10
        assert sum(len(run) for run, _ in grid.runs(0)) == 10


class TestDots:
    def test_braille_has_two_by_four_dots_in_a_cell(self) -> None:
        lit = np.zeros((4, 4), dtype=bool)
        lit[0, 0] = lit[3, 3] = lit[1, 2] = True
        assert drawn(dot_codes(lit, GLYPHS["braille"])) == ["⠁⢂"]

    def test_blocks_have_two_by_two(self) -> None:
        lit = np.array([[1, 0, 1, 1], [0, 1, 0, 0]], dtype=bool)
        assert drawn(dot_codes(lit, GLYPHS["blocks"])) == ["▚▀"]

    def test_ascii_tells_upper_from_lower(self) -> None:
        assert drawn(dot_codes(np.array([[1, 0, 1], [0, 1, 1]], dtype=bool), GLYPHS["ascii"])) == ["'.:"]

    @given(
        arrays(np.float64, st.integers(0, 60), elements=fractions), glyph_names, st.integers(1, 9), st.data()
    )
    def test_every_point_lights_its_cell_and_no_other_is_lit(
        self, xs: np.ndarray, name: GlyphName, size: int, data: st.DataObject
    ) -> None:
        ys = data.draw(arrays(np.float64, len(xs), elements=fractions))
        glyphs, field = GLYPHS[name], Field(Axis(0, 1), Axis(0, 1), size, size + 1)
        counts = field.count(xs, ys, glyphs)
        assert counts.sum() == len(xs)
        codes = dot_codes(counts > 0, glyphs)
        columns, rows = field.across.cells(xs, field.width), field.up.cells(ys, field.height)
        expected = {
            (field.height - 1 - row, column)
            for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        }
        assert set(zip(*(axis.tolist() for axis in np.nonzero(codes != SPACE)), strict=True)) == expected
        assert (
            set(zip(*(axis.tolist() for axis in np.nonzero(per_cell(counts, glyphs))), strict=True))
            == expected
        )


class TestBars:
    def test_bars_end_at_an_eighth(self) -> None:
        heights = np.array([0, 1 / 8, 0.5, 1, 1.25, 2])
        assert drawn(bar_codes(heights, 2, GLYPHS["braille"])) == ["    ▂█", " ▁▄███"]

    def test_what_is_not_nothing_shows(self) -> None:
        for glyphs in GLYPHS.values():
            codes = bar_codes(np.array([0.0, 1e-9]), 3, glyphs)
            assert (codes[:, 0] == SPACE).all()
            assert codes[-1, 1] != SPACE

    @given(arrays(np.float64, st.integers(1, 20), elements=st.floats(0, 5)), glyph_names)
    def test_bars_stand_on_the_foot_without_gaps(self, heights: np.ndarray, name: GlyphName) -> None:
        lit = bar_codes(heights, 5, GLYPHS[name]) != SPACE
        assert (lit[1:] | ~lit[:-1]).all()


class TestStepLine:
    def test_edges_belong_to_the_higher_side(self) -> None:
        lit = step_line(np.array([0, 1, 1, 0.5, 0.5, 0]), 4)
        assert [" ".join("#" if on else "." for on in row) for row in lit] == [
            ". # # . . .",
            ". # # . . .",
            ". # . # # .",
            ". # . . # .",
        ]

    @given(arrays(np.float64, st.integers(1, 30), elements=st.floats(0, 1)), st.integers(1, 20))
    def test_it_is_as_high_as_its_heights_and_leaves_nothing_open(
        self, heights: np.ndarray, rows: int
    ) -> None:
        lit = step_line(heights, rows)
        levels = np.maximum(np.rint(heights * rows), heights > 0)
        tops = np.where(lit.any(axis=0), rows - lit.argmax(axis=0), 0)
        assert tops.tolist() == levels.tolist()
        for place, (left, right) in enumerate(pairwise(levels)):
            higher = place if left > right else place + 1
            assert lit[:, higher].sum() >= abs(left - right)

    def test_a_dashed_line_keeps_every_second_dot(self) -> None:
        assert dashed(np.ones((2, 4), dtype=bool)).tolist() == [
            [True, False, True, False],
            [False, True, False, True],
        ]


@pytest.mark.parametrize("name", ["braille", "blocks", "ascii"])
def test_no_two_kinds_of_cell_share_a_character(name: GlyphName) -> None:
    glyphs = GLYPHS[name]
    single = {glyphs.cross, glyphs.dot, glyphs.threshold, glyphs.mark, glyphs.cursor, glyphs.percentile[0]}
    assert len(single) == 6
    assert not single & {chr(code) for code in glyphs.dots}


def test_the_ascii_set_is_ascii() -> None:
    glyphs = GLYPHS["ascii"]
    signs = [
        glyphs.hatch,
        glyphs.dot,
        glyphs.cross,
        glyphs.caret,
        glyphs.hollow_caret,
        glyphs.axis,
        glyphs.mark,
    ]
    signs += [glyphs.percentile, glyphs.threshold, glyphs.cursor, glyphs.text("µ·–…▲")]
    signs += ["".join(map(chr, codes)) for codes in (glyphs.dots, glyphs.outline, glyphs.bars)]
    assert all(sign.isascii() for sign in signs)
