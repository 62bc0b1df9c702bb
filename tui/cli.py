"""The command line: `ridelab start`, `run`, `check`, and the rest. What is heavy is imported only by who needs it.

Data goes to standard output, everything else to standard error. Exit codes: 0 fine, 1 a check or threshold failed,
2 bad usage or bad input, 70 our own fault.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from simulator._version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

FINE, FAILED, BAD_USAGE, OUR_FAULT = 0, 1, 2, 70


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, with the nearest right word, and where the help is."""

    def error(self, message: str) -> NoReturn:
        from simulator.errors import nearest

        if "invalid choice: '" in message and "choose from" in message:
            word = message.split("invalid choice: '")[1].split("'", maxsplit=1)[0]
            known = [w.strip(" '") for w in message.split("choose from", 1)[1].strip(" )").split(",")]
            message = f"no `{word}`{nearest(word, known) or '; there are ' + ', '.join(known)}"
        self.exit(BAD_USAGE, f"ridelab: {message} (see `{self.prog} --help`)\n")


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    top = _Parser(
        prog="ridelab",
        description="A terminal lab in which you learn to debug a service that is slow for some requests.",
    )
    top.add_argument("--version", action="version", version=f"ridelab {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)

    start = commands.add_parser(
        "start", help="open the lab", description="Open the lab, at a lesson or at the home screen."
    )
    start.add_argument("lesson", nargs="?", metavar="LESSON", help="an id such as 03-load")
    start.add_argument(
        "--seed",
        type=_whole,
        metavar="N",
        help="the traffic of this session (default: drawn once, then kept)",
    )
    start.add_argument("--speed", metavar="X", help="how fast runs play: 1, 10, 60 or end (default: 10)")
    start.add_argument("--plain", action="store_true", help="linear text instead of screens")
    _data(start)
    _lessons(start)
    _trust(start)

    lessons = commands.add_parser("lessons", help="list the lessons, with progress")
    lessons.add_argument("--json", action="store_true", help="one JSON object a line")
    _data(lessons)
    _lessons(lessons)

    run = commands.add_parser("run", help="one load run, without screens, in virtual time")
    run.add_argument(
        "scenario",
        nargs="?",
        default="module-4",
        metavar="SCENARIO",
        help="a built-in name or a YAML file (default: module-4)",
    )
    run.add_argument("--load", metavar="FILE", help="a load plan in Artillery's YAML (default: the module's)")
    run.add_argument(
        "--deploy",
        action="append",
        default=[],
        metavar="SERVICE@VER",
        help="deploy this version instead; repeatable",
    )
    run.add_argument(
        "--fault", action="append", default=[], metavar="NAME[:k=v,...]", help="switch a fault on; repeatable"
    )
    run.add_argument("--seed", type=_whole, default=1, metavar="N")
    run.add_argument("--repeat", type=_positive, default=1, metavar="K", help="run with seeds N .. N+K-1")
    run.add_argument(
        "--warm",
        type=_whole,
        default=None,
        metavar="N",
        help="idle containers in every pool at the start (default 0: cold)",
    )
    run.add_argument(
        "--sampling", default="1", metavar="R", help="traces kept: a share, or slower-than:500ms"
    )
    run.add_argument("--no-monitoring", action="store_true", help="without the monitoring agent")
    run.add_argument(
        "--format", choices=("artillery1", "artillery2", "json"), help="default: a readable summary"
    )
    run.add_argument(
        "--latencies", action="store_true", help="with --format json: every latency, in request order"
    )
    run.add_argument(
        "--traces", type=Path, metavar="FILE", help="write traces as OTLP/JSON, one document a line"
    )

    check = commands.add_parser("check", help="lint and prove lessons and scenarios")
    check.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="default: the built-in ones")
    _trust(check)
    schema = commands.add_parser("schema", help="JSON Schema of lessons and scenarios, for editors")
    schema.add_argument(
        "kind", nargs="?", metavar="KIND", help="lesson, course, glossary or scenario (default: all in one)"
    )
    names = commands.add_parser("names", help="what lesson texts and checks may read, call and show")
    names.add_argument("word", nargs="?", metavar="WORD", help="only those that hold this word")
    reset = commands.add_parser("reset", help="begin a lesson, or everything, anew")
    reset.add_argument("lesson", nargs="?", metavar="LESSON")
    reset.add_argument("--all", action="store_true")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    _data(reset)
    _lessons(reset)
    doctor = commands.add_parser("doctor", help="say what this terminal can do and where progress is kept")
    _data(doctor)
    return top


def _data(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data", type=Path, metavar="DIR", help="where progress is kept")


def _lessons(command: argparse.ArgumentParser) -> None:
    command.add_argument("--lessons", type=Path, metavar="DIR", help="a course of your own")


def _trust(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--trust",
        action="store_true",
        help="let lessons that are not built in bring source code, which runs here",
    )


def _whole(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise argparse.ArgumentTypeError(f"`{text}` is no whole number of 0 or more")
    return int(text)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1 or len(text) > 9:
        raise argparse.ArgumentTypeError(f"`{text}` is no whole number of 1 or more")
    return int(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code."""
    options = parser().parse_args(arguments)
    from simulator.errors import RidelabError

    try:
        return _dispatch(options)
    except RidelabError as error:
        print("\n".join(f"ridelab: {line}" for line in str(error).splitlines()), file=sys.stderr)
        return BAD_USAGE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - what is left is a bug; it must not look like bad input
        import traceback

        traceback.print_exc()
        print(
            f"ridelab: our own fault ({type(error).__name__}); please report the lines above", file=sys.stderr
        )
        return OUR_FAULT


def _dispatch(options: argparse.Namespace) -> int:
    match options.command:
        case "run":
            from tui.cli_run import run

            return run(options)
        case "start":
            from tui.cli_start import start

            return start(options)
        case "check" | "schema":
            from tui import cli_check

            if options.command == "schema":
                return cli_check.schema(options.kind)
            return cli_check.check(options.paths, trusted=options.trust)
        case "names":
            from tui.cli_names import names

            return names(options.word)
        case _:
            from tui import cli_progress

            command = {
                "lessons": cli_progress.lessons,
                "reset": cli_progress.reset,
                "doctor": cli_progress.doctor,
            }
            return command[options.command](options)


if __name__ == "__main__":
    sys.exit(main())
