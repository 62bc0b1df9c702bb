"""`ridelab start`: the screens or plain text, and what is said where screens cannot be shown or something failed."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from simulator._version import __version__
from simulator.errors import RidelabError, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from pathlib import Path

OUR_FAULT: Final = 70
LOGS_KEPT: Final = 5


def start(options: argparse.Namespace) -> int:
    """Open the lab; gives the exit code. Raises UsageError for bad flags, and where there is no terminal."""
    from lessons.loader import MODULE_4, OpenCourse
    from lessons.progress import default_folder
    from tui.settings import check_speed

    speed = check_speed(options.speed) if options.speed is not None else None
    course = OpenCourse(options.lessons or MODULE_4, trusted=options.trust)
    lesson = course.entry(options.lesson).id if options.lesson is not None else None
    folder = options.data or default_folder()
    crash: BaseException | None
    try:
        if options.plain:
            from tui.plain_start import play

            play(course, folder, lesson=lesson, seed=options.seed)
            return 0
        check_terminal()
        from tui.app import RidelabApp

        app = RidelabApp(data=folder, course=course, lesson=lesson, seed=options.seed, speed=speed)
        app.run()
        crash = app.crash
    except (BrokenPipeError, RidelabError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the learner gets a line and we get a log
        crash = error
    if crash is None:
        return 0
    print(crash_line(crash, folder), file=sys.stderr)
    return OUR_FAULT


def is_terminal() -> bool:
    """Tell whether keys come from a terminal and everything goes to one: the screens are drawn on standard error."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def check_terminal(*, environment: Mapping[str, str] = os.environ) -> None:
    """Raise UsageError where the screens cannot be shown."""
    if not is_terminal():
        raise UsageError(
            "start needs a terminal for its screens, and its input or output goes elsewhere: "
            "`ridelab start --plain`, `ridelab run` and `ridelab lessons` work without one"
        )
    if environment.get("TERM") in {"dumb", "unknown"}:
        term = environment["TERM"]
        raise UsageError(
            f"this terminal (TERM={term}) cannot show screens: "
            "use another, set TERM to what it is, or start with --plain"
        )


def crash_line(error: BaseException, folder: Path) -> str:
    """Write a crash log and say in one line where it is; progress is on disk already."""
    head = f"ridelab: stopped by a fault of its own ({type(error).__name__}); your progress is saved"
    try:
        return f"{head}; please report it with {write_crash_log(error, folder)}"
    except OSError as problem:
        last = next(iter(str(error).splitlines()), "")
        return f"{head}; no log could be written to {folder} ({problem.strerror}): {last}"


def write_crash_log(error: BaseException, folder: Path) -> Path:
    """Write what is needed to find a fault: versions, terminal, traceback. The oldest logs go. Raises OSError."""
    import platform
    import traceback
    from importlib.metadata import version

    now = datetime.now(UTC)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"crash-{now:%Y%m%d-%H%M%S}-{os.getpid()}.log"
    lines = [
        f"ridelab {__version__}, {now.isoformat(timespec='seconds')}",
        f"Python {platform.python_version()}, Textual {version('textual')}, {platform.platform()}",
        f"TERM={os.environ.get('TERM', '')} COLORTERM={os.environ.get('COLORTERM', '')}",
        "",
        *traceback.format_exception(error),
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    for old in sorted(folder.glob("crash-*.log"))[:-LOGS_KEPT]:
        old.unlink(missing_ok=True)
    return path
