"""`ridelab lessons`, `reset` and `doctor`: what there is, how far one is, and what this machine can do."""

from __future__ import annotations

import json
import locale
import os
import platform
import shutil
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

from lessons.keeping import standing
from lessons.loader import OpenCourse
from lessons.progress import Progress, default_folder
from simulator._version import __version__
from simulator.errors import UsageError

if TYPE_CHECKING:
    import argparse

PACKAGES = ("textual", "rich", "numpy", "httpx", "pyyaml", "msgspec", "platformdirs")


def lessons(options: argparse.Namespace) -> int:
    """List the lessons with progress."""
    course = OpenCourse()
    with Progress.read(options.data or default_folder(), course=course.name) as progress:
        for entry in course.entries:
            stand = standing(progress, entry.id)
            if options.json:
                row = {"id": entry.id, "title": entry.title, "minutes": entry.minutes, "done": stand.done, "steps": stand.total}
                print(json.dumps(row))
            else:
                state = "done" if stand.finished else f"{stand.done}/{stand.total}" if stand.begun else "-"
                print(f"{entry.id:<16}{entry.minutes:>3} min  {state:>6}  {entry.title}")
        for notice in progress.notices:
            print(f"ridelab: {notice}", file=sys.stderr)
    return 0


def reset(options: argparse.Namespace) -> int:
    """Begin a lesson, or everything, anew; asks first unless told `--yes`."""
    course = OpenCourse()
    if (options.lesson is None) != options.all:
        raise UsageError("reset takes a lesson or --all: there are " + ", ".join(entry.id for entry in course.entries))
    lesson = None if options.all else course.entry(options.lesson).id
    what = "every lesson" if lesson is None else f"lesson {lesson}"
    if not options.yes:
        if not sys.stdin.isatty():
            raise UsageError(f"reset of {what}: without a terminal, say --yes")
        print(f"Begin {what} anew? What you did stays in the file, but starts from its first step. [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            print("ridelab: nothing was reset", file=sys.stderr)
            return 0
    with Progress.open(options.data or default_folder(), course=course.name) as progress:
        if progress.mode != "saved":
            raise UsageError("; ".join(progress.notices) or "this data folder cannot be written")
        progress.reset(lesson)
    print(f"ridelab: {what} begins anew", file=sys.stderr)
    return 0


def doctor(options: argparse.Namespace) -> int:
    """Say what this terminal can do, where progress is kept, and the versions of what is used."""
    size = shutil.get_terminal_size()
    encoding = sys.stdout.encoding or locale.getpreferredencoding(False)
    folder = options.data or default_folder()
    with Progress.open(folder) as progress:
        kept = {"saved": "can be written", "read-only": "read-only", "memory": "cannot be written"}[progress.mode]
        notices = progress.notices
    rows = [
        ("ridelab", __version__),
        ("python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
        *((name, version(name)) for name in PACKAGES),
        ("terminal", f"{os.environ.get('TERM', 'none')}, {size.columns}x{size.lines}{_size_hint(size)}"),
        ("colors", _colors()),
        ("encoding", f"{encoding}{'' if 'utf' in encoding.lower() else ': charts use ASCII'}"),
        ("data folder", f"{folder}: {kept}"),
    ]
    for name, value in rows:
        print(f"{name:<13}{value}")
    for notice in notices:
        print(f"ridelab: {notice}", file=sys.stderr)
    return 0


def _size_hint(size: os.terminal_size) -> str:
    return "" if size.columns >= 60 and size.lines >= 20 else " (too small: the lab needs 60x20)"


def _colors() -> str:
    if os.environ.get("NO_COLOR"):
        return "none (NO_COLOR is set)"
    if os.environ.get("COLORTERM") in {"truecolor", "24bit"}:
        return "16 million"
    return "256" if "256" in os.environ.get("TERM", "") else "16"
