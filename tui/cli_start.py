"""`ridelab start`: the lab on this terminal."""

from __future__ import annotations

import os
import sys
import traceback
from typing import TYPE_CHECKING

from simulator.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

OUR_FAULT = 70


def start(options: argparse.Namespace) -> int:
    """Open the lab; gives the exit code. Raises UsageError, DocumentError before anything is drawn."""
    if options.plain:
        raise UsageError("--plain is not there yet: start without it, in a terminal of 60x20 or more")
    from tui.settings import check_speed

    speed = check_speed(options.speed) if options.speed is not None else None
    from lessons.loader import MODULE_4, OpenCourse

    course = OpenCourse(options.lessons or MODULE_4)
    lesson = course.entry(options.lesson).id if options.lesson is not None else None
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        raise UsageError("start needs a terminal; `ridelab run` works without one")
    from lessons.progress import default_folder
    from tui.app import RidelabApp

    folder = options.data or default_folder()
    app = RidelabApp(data=folder, course=course, lesson=lesson, seed=options.seed, speed=speed)
    app.run()
    if app.crash is not None:
        return _report(app.crash, folder)
    return app.return_code or 0


def _report(error: Exception, folder: Path) -> int:
    """Write the crash log and name it in one line; progress is on disk already."""
    text = "".join(traceback.format_exception(error))
    log = folder / "crash.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        log.write_text(text, encoding="utf-8")
        where = f"see {log}"
    except OSError as reason:
        where = f"the crash log {log} could not be written: {reason.strerror}"
    name = f"{type(error).__name__}: {error}".splitlines()[0]
    print(f"ridelab: our own fault ({name}); your progress is saved; {where}", file=sys.stderr)
    return OUR_FAULT
