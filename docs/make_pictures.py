"""Make the pictures of the README from the real program: it runs without a terminal, keys are pressed.

make pictures            the SVGs in docs/pictures/, and PNGs beside them with ARGS="--png"
"""

from __future__ import annotations

import argparse
import asyncio
import re
import tempfile
from pathlib import Path

from tui.app import RidelabApp
from tui.screens.lesson import LessonScreen

HERE = Path(__file__).parent / "pictures"
SIZE = (120, 36)
RUN = "RUN"  # stands for: wait until the run has ended

PICTURES = {
    "lab": "g enter enter a b enter r e RUN 0 enter a 5 enter r e RUN 0",
    "compare": "g down down enter r e RUN 7",
    "trace": "g down down down down enter r e RUN 5 j j j j",
}


async def picture(keys: str) -> str:
    """Press keys in a fresh app, and give the screen as SVG."""
    with tempfile.TemporaryDirectory() as folder:
        app = RidelabApp(data=Path(folder), seed=7)
        async with app.run_test(size=SIZE) as pilot:
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
    for name, keys in PICTURES.items():
        svg = without_fonts(asyncio.run(picture(keys)))
        (HERE / f"{name}.svg").write_text(svg, encoding="utf-8")
        print(HERE / f"{name}.svg")
        if options.png:
            import cairosvg

            cairosvg.svg2png(bytestring=svg.encode(), write_to=str(HERE / f"{name}.png"))


if __name__ == "__main__":
    main()
