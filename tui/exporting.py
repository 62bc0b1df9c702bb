"""Files that a learner takes along: written into the data folder's `exports`, never over another one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import NotKeptError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from textual.app import App

FOLDER: Final = "exports"
TRIES: Final = 1_000
FONTS: Final = '"DejaVu Sans Mono", Menlo, Consolas, monospace'


def export_name(what: str, now: datetime, suffix: str) -> str:
    """Name a file: ``ridelab-home-2026-11-24-093005.svg``."""
    plain = re.sub(r"[^a-z0-9]+", "-", what.lower()).strip("-") or "screen"
    return f"ridelab-{plain}-{now:%Y-%m-%d-%H%M%S}.{suffix}"


def write_export(data_folder: Path, name: str, text: str) -> Path:
    """Write a text as UTF-8 with plain line ends under this name, or with a number behind it where that is taken.

    Gives the file's path. Raises NotKeptError, in one line, where the folder cannot be written; then nothing is left.
    """
    folder = data_folder / FOLDER
    stem, _, suffix = name.rpartition(".")
    names = (name, *(f"{stem}-{number}.{suffix}" for number in range(2, TRIES)))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for one in names:
            try:
                return _write_new(folder / one, text.encode())
            except FileExistsError:
                continue
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise NotKeptError(f"{folder} cannot be written ({reason}): nothing was exported") from error
    raise NotKeptError(f"{folder} is full of files named {stem}: move them away first")


def _write_new(path: Path, data: bytes) -> Path:
    with path.open("xb") as file:
        try:
            file.write(data)
            file.flush()
        except OSError:
            path.unlink(missing_ok=True)
            raise
    return path


def screenshot(app: App[Any]) -> str:
    """Draw what is on the screen as an SVG that loads nothing: it has no web fonts, and is whole without a network."""
    return without_fonts(app.export_screenshot(title="ridelab"))


def without_fonts(svg: str) -> str:
    """Take the links to web fonts out of an SVG, and name fonts that machines have."""
    bare = re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)
    return re.sub(r"font-family:\s*(?:Fira Code|FiraCode)[^;]*;", f"font-family: {FONTS};", bare)
