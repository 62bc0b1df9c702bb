"""A measured figure, and the README's table of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

BEGIN, END = "<!-- benchmarks: made by `python -m benchmarks --readme` -->", "<!-- end of benchmarks -->"


@dataclass
class Figure:
    """What was measured: ours, the peer's, what they come to, and what was wanted - at least, or at `most`."""

    what: str
    ours: str
    peer: str
    value: float
    wanted: float
    most: bool = False
    unit: str = ""
    part: str = "engine"

    @property
    def reached(self) -> bool:
        """Whether it is as wanted."""
        return self.value <= self.wanted if self.most else self.value >= self.wanted

    def words(self) -> tuple[str, str, str]:
        """Give value, limit and verdict as text."""
        digits = ".0f" if self.unit else ".2f"
        limit = f"{'at most' if self.most else 'at least'} {self.wanted:g}{self.unit}"
        return f"{self.value:{digits}}{self.unit}", limit, "yes" if self.reached else "**missed**"


def as_text(figure: Figure) -> str:
    """Say a figure in one line."""
    value, limit, verdict = figure.words()
    return f"{figure.what}: {figure.ours} to {figure.peer}, {value} ({limit}: {verdict.strip('*')})"


def into_readme(text: str, figures: Iterable[Figure]) -> str:
    """Put the table between the README's two marks."""
    rows = ["| what | ridelab | peer | comes to | wanted | reached |", "|---|---|---|---|---|---|"]
    rows += [f"| {f.what} | {f.ours} | {f.peer} | {' | '.join(f.words())} |" for f in figures]
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return "\n".join([before + BEGIN, "", *rows, "", END + after])
