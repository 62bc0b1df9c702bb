"""Make the pictures of the README from the real program: it runs without a terminal, keys are pressed.

make pictures            the SVGs in docs/pictures/, and PNGs beside them with ARGS="--png"
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import tempfile
from pathlib import Path

# Read at import: the pictures are the same wherever they are made.
os.environ |= {"COLORTERM": "truecolor", "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}
os.environ |= {"TEXTUAL_COLOR_SYSTEM": "truecolor"}

from tui.app import RidelabApp
from tui.screens.first_time import mark_seen
from tui.screens.lesson import LessonScreen

HERE = Path(__file__).parent / "pictures"
SIZE = (120, 36)
RUN = "RUN"  # stands for: wait until the run has ended

PICTURES = {  # the lesson to open, and the keys to press
    "lab": ("03-load", "enter enter a b enter r e RUN 0 enter a 5 enter r e RUN 0"),
    "compare": ("05-compare", "r e RUN 7"),
    "heatmap": ("09-prove", "r e RUN 1 v"),
    "map": ("05-compare", "r e RUN 8"),
    "trace": ("07-trace", "r e RUN 5 j j j j"),
}


async def picture(lesson: str, keys: str) -> str:
    """Open a lesson in a fresh app, press keys, and give the screen as SVG."""
    with tempfile.TemporaryDirectory() as folder:
        app = RidelabApp(data=Path(folder), seed=7, lesson=lesson)
        mark_seen(app.progress)  # the welcome
        async with app.run_test(size=SIZE) as pilot:
            while not isinstance(app.screen, LessonScreen):
                await pilot.pause()
            runs = 0
            for key in keys.split():
                if key == RUN:
                    runs += 1
                    await _ended(app, runs)
                else:
                    await pilot.press(key)
                await pilot.pause()
            app.clear_notifications()
            await pilot.pause()
            return app.export_screenshot(title="ridelab")


async def _ended(app: RidelabApp, runs: int) -> None:
    for _ in range(5_000):
        screen = app.screen
        if isinstance(screen, LessonScreen) and len(screen.session.runs) >= runs:
            return
        await asyncio.sleep(0.01)
    raise RuntimeError(f"run {runs} never ended")


def without_fonts(svg: str) -> str:
    """Take the links to web fonts out: a picture must not load anything."""
    return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL).replace(
        "Fira Code", "DejaVu Sans Mono, Menlo, Consolas"
    )


def main() -> None:
    """Write every picture."""
    parser = argparse.ArgumentParser(description="Make the README's pictures from the real screens.")
    parser.add_argument("--png", action="store_true", help="write PNGs too, to look at")
    options = parser.parse_args()
    HERE.mkdir(exist_ok=True)
    for name, (lesson, keys) in PICTURES.items():
        svg = without_fonts(asyncio.run(picture(lesson, keys)))
        (HERE / f"{name}.svg").write_text(svg, encoding="utf-8")
        print(HERE / f"{name}.svg")
        if options.png:
            import cairosvg

            cairosvg.svg2png(bytestring=svg.encode(), write_to=str(HERE / f"{name}.png"))


if __name__ == "__main__":
    main()
