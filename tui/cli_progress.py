"""`ridelab lessons`, `reset` and `doctor`: what is kept about the learner, and what this machine can do."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, Final

from lessons.keeping import Standing, standing
from lessons.loader import MODULE_4, OpenCourse
from lessons.progress import Progress, default_folder
from simulator._version import __version__
from simulator.errors import NotKeptError, UsageError

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from lessons.outline import Entry
    from tui.settings_file import Choices

PACKAGES: Final = ("textual", "rich", "numpy", "httpx", "msgspec", "pyyaml", "platformdirs")


def lessons(options: argparse.Namespace) -> int:
    """List the lessons with progress, as a table or as one JSON object a line."""
    course = OpenCourse(options.lessons or MODULE_4)
    progress = Progress.read(options.data or default_folder(), course=course.name)
    for notice in progress.notices:
        print(f"ridelab: {notice}", file=sys.stderr)
    width = max(len(entry.id) for entry in course.entries)
    title = max(len(entry.title) for entry in course.entries)
    for entry in course.entries:
        stand = standing(progress, entry.id)
        if options.json:
            print(_as_json(entry, stand))
        else:
            line = f"{entry.id:<{width}}  {entry.title:<{title}}  {entry.minutes:>3} min  {said(stand)}"
            print(line.rstrip())
    progress.close()
    return 0


def said(stand: Standing) -> str:
    """Say in words how far a lesson has come."""
    if stand.total is None:
        return ""
    if stand.finished:
        return f"done, {stand.total} steps"
    return f"step {stand.place} of {stand.total}"


def _as_json(entry: Entry, stand: Standing) -> str:
    import msgspec

    record = {
        "id": entry.id,
        "title": entry.title,
        "minutes": entry.minutes,
        "summary": entry.summary.strip(),
        "steps": stand.total,
        "done": stand.done,
        "step": stand.place,
        "finished": stand.finished,
    }
    return msgspec.json.encode(record).decode()


def reset(options: argparse.Namespace) -> int:
    """Begin a lesson anew, or all of them, after asking. Raises UsageError, NotKeptError."""
    course = OpenCourse(options.lessons or MODULE_4)
    if (options.lesson is None) != options.all:
        raise UsageError("name one lesson, or give --all; nothing was changed")
    entry = None if options.all else course.entry(options.lesson)
    what = "all lessons" if entry is None else f"lesson {entry.id}, {entry.title},"
    if not options.yes and not _agreed(f"Begin {what} anew? Answers and runs in it are set aside. [y/N] "):
        print("Nothing was changed.", file=sys.stderr)
        return 0
    with Progress.open(options.data or default_folder(), course=course.name) as progress:
        if progress.mode == "saved":
            progress.reset(None if entry is None else entry.id)
        if progress.mode != "saved":
            raise NotKeptError(
                f"nothing was changed: {progress.notices[-1] if progress.notices else 'not saved'}"
            )
    print(f"{what[0].upper()}{what[1:]} will begin anew.", file=sys.stderr)
    return 0


def _agreed(question: str) -> bool:
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError("reset asks first, and there is no terminal to ask on: give --yes")
    print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def doctor(options: argparse.Namespace) -> int:
    """Say what this terminal can do and where progress is kept; exit code 1 where something is in the way."""
    import platform

    folder = options.data or default_folder()
    size = shutil.get_terminal_size((0, 0))
    problems: list[str] = []
    print(
        f"{'ridelab':<14}{__version__}, Python {platform.python_version()}, {platform.platform(terse=True)}"
    )
    print(f"{'terminal':<14}{_terminal()}")
    room = f"{size.columns}x{size.lines}" if size.columns else "unknown"
    print(f"{'size':<14}{room}; needed 60x20, best from 120x40 on")
    if sys.stdout.isatty() and (size.columns < 60 or size.lines < 20):
        problems.append(f"the terminal is too small ({size.columns}x{size.lines}): make it 60x20 or larger")
    print(f"{'colors':<14}{_colors()}")
    print(f"{'encoding':<14}{_encoding(problems)}")
    print(f"{'glyphs':<14}{_glyphs()}")
    print(f"{'data folder':<14}{folder}")
    print(f"{'settings':<14}{_settings(folder, problems)}")
    print(f"{'progress':<14}{_progress(folder, problems)}")
    print(f"{'packages':<14}{_packages(problems)}")
    for problem in problems:
        print(f"ridelab: {problem}", file=sys.stderr)
    return 1 if problems else 0


def _terminal() -> str:
    name = os.environ.get("TERM_PROGRAM") or os.environ.get("TERM") or "unknown"
    told = [name] if sys.stdout.isatty() else [name, "output goes elsewhere"]
    told += [
        word
        for word, sign in (("over SSH", "SSH_CONNECTION"), ("in tmux", "TMUX"), ("in screen", "STY"))
        if os.environ.get(sign)
    ]
    return ", ".join(told)


def _colors() -> str:
    if "NO_COLOR" in os.environ:
        return "none (NO_COLOR is set): bold, reverse and signs tell everything"
    term = os.environ.get("TERM", "")
    if os.environ.get("COLORTERM", "").lower() in {"truecolor", "24bit"}:
        return "16 million"
    return "256" if "256" in term else "none" if term in {"", "dumb", "unknown"} else "16"


def _encoding(problems: list[str]) -> str:
    encoding = (sys.stdout.encoding or "unknown").lower()
    if "utf" not in encoding:
        problems.append(f"the encoding is {encoding}: set LC_ALL=C.UTF-8, or lines and dots will look broken")
    return encoding


def _glyphs() -> str:
    """Say what charts are drawn with where the settings leave it to the terminal."""
    from tui.terminal import glyphs_for

    found = glyphs_for(os.environ, sys.stdout.encoding)
    why = {
        "braille": "UTF-8",
        "blocks": "this console's font has no braille",
        "ascii": "the locale is not UTF-8: LC_ALL=C.UTF-8 is",
    }
    return f"{found} ({why[found]})"


def _settings(folder: Path, problems: list[str]) -> str:
    """Read the settings file, and check the keys in it against all commands there are."""
    from simulator.document import DocumentError
    from tui.settings_file import NAME, read_choices

    path = folder / NAME
    try:
        choices, document = read_choices(path)
    except DocumentError as error:
        problems += str(error).splitlines()
        return "cannot be read: the defaults hold"
    if choices.keys:
        from tui.keymap import make_keymap
        from tui.places import Places

        problems += make_keymap(document, Places()).problems
    chosen = [f"{name} {value}" for name in choices.__struct_fields__ if (value := _chosen(choices, name))]
    return ", ".join(chosen) or "the defaults"


def _chosen(choices: Choices, name: str) -> str:
    value = getattr(choices, name)
    return (
        f"for {len(value)} command{'s' if len(value) > 1 else ''}"
        if name == "keys" and value
        else str(value or "")
    )


def _progress(folder: Path, problems: list[str]) -> str:
    """Look, and change nothing: the folder is not even made."""
    with Progress.read(folder) as progress:
        problems += progress.notices
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        reason = "it is not a folder" if not there.is_dir() else "permission denied"
        problems.append(
            f"{there} cannot be written ({reason}): what you do is not saved; --data DIR chooses another"
        )
        return "cannot be saved"
    kept = folder / "progress.db"
    return f"{kept.stat().st_size / 1024:,.0f} KiB" if kept.exists() else "none yet"


def _packages(problems: list[str]) -> str:
    from importlib.metadata import PackageNotFoundError, version

    found = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            problems.append(f"{name} is not installed: install ridelab again")
    return ", ".join(found)
