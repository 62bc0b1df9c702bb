"""A course of one lesson with a load of its own, and the programs that are measured in a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

SITE = "https://api.wildrydes.example/prod"
TOKEN = "eyJraWQiOiJyaWRlbGFiIn0.d2lsZC1yeWRlcw.unicorn"
LESSON, TITLE = "01-load", "Under load"
HOME = ("Put it under load", "Mend it and prove it", "help")
"""Words at the top, the end and the foot of the home screen of the built-in course."""

COURSE = f"""\
title: "Measured: a load of its own"
summary: One lesson for the benchmarks.
scenario: module-4
lessons:
  - {{id: {LESSON}, title: {TITLE}, minutes: 1, summary: Load for the benchmarks.}}
"""
LESSON_FILE = """\
title: {title}
goal: It was measured.
panes: [load, runs]
versions: [request-ride@traced]
start:
  deploy: [request-ride@traced, promo-discount@launch]
  monitoring: [request-ride]
  plan: {plan}
steps:
  - id: load
    title: The load
    pane: load
    text: It plays.
"""
PLAN_FILE = """\
config:
  target: "{site}"
  phases:
    - duration: {seconds}
      arrivalRate: {rate}
{defaults}scenarios:
  - flow:
      - post:
          url: "/ride"
          json:
            PickupLocation:
              Latitude: 42.35250862285574
              Longitude: -71.05289904884849
"""
WITH_TOKEN = f'  defaults:\n    headers:\n      Authorization: "{TOKEN}"\n'


def write_course(folder: Path, *, rate: float, seconds: float, rides: bool) -> Path:
    """Write a course whose load sends so many requests a virtual second; without `rides` each is refused."""
    lesson = folder / "course" / LESSON
    lesson.mkdir(parents=True)
    plan = folder / "plan.yml"
    plan.write_text(
        PLAN_FILE.format(site=SITE, seconds=seconds, rate=rate, defaults=WITH_TOKEN if rides else ""),
        encoding="utf-8",
    )
    (lesson / "lesson.yaml").write_text(LESSON_FILE.format(title=TITLE, plan=plan), encoding="utf-8")
    (lesson.parent / "course.yaml").write_text(COURSE, encoding="utf-8")
    return lesson.parent


def module(name: str) -> Terminal:
    """Start one of our modules as a program."""
    return Terminal([sys.executable, "-m", name])


def ridelab(folder: Path, *arguments: str) -> Terminal:
    """Start ridelab with its data in a folder."""
    return Terminal(
        [sys.executable, "-m", "tui.cli", "start", *arguments, "--data", str(folder), "--seed", "7"]
    )


def prepare(folder: Path) -> Path:
    """Make a data folder in which the home screen comes first: whoever opens it once passes what greets newcomers."""
    with ridelab(folder) as terminal:
        try:
            terminal.seen(*HOME, within_s=5.0)
        except TimeoutError:
            terminal.keys("\r")
            terminal.seen(*HOME)
        terminal.keys("q")
        terminal.ended()
    return folder


def open_load(terminal: Terminal) -> None:
    """Wait for the lesson, go to its lab, and begin a run."""
    terminal.seen("no run yet", "commands")
    place = terminal.place
    terminal.keys("\t")
    terminal.seen("lesson", since=place)
    terminal.keys("r")
    terminal.seen("▶ run 1", since=place)
