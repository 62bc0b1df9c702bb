"""The plain front end: the same lessons as linear text, for screen readers, dumb terminals, pipes and logs.

Lines go in and lines come out. It knows no screen and moves no cursor; what is done is kept as on the screens.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from lessons.keeping import open_session, standing
from lessons.prose import unmarked
from simulator.errors import RidelabError, UsageError
from tui.plain_commands import HOME, LESSON, Arguments, find, help_lines, words_of
from tui.plain_course import kept, mysteries_lines, numbered, summary_lines, summary_text
from tui.plain_keys import refused
from tui.plain_text import WIDTH, paragraph, readable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from lessons.glossary import Glossary
    from lessons.keeping import Standing
    from lessons.loader import OpenCourse
    from lessons.outline import Entry
    from lessons.progress import Progress
    from simulator.remote import Host
    from tui.plain_commands import PlainCommand
    from tui.plain_lesson import PlainLesson

LONG: Final = re.compile(r"`([^`]{60})[^`]{10,}`")
"""What somebody typed and is too long to be said again whole."""
IN_THE_LAB: Final = "In the lab: "
WELCOME: Final = (
    "A lab for services that are slow for some: Wild Rydes sends unicorns to riders, and a few wait too long. "
    "Everything is text here: type a command and enter. `help` lists the commands. Where a lesson says `press r`, type "
    "r and enter; what other keys are here is said where a lesson names them."
)
HOME_PROMPT: Final = "Now: the number of a lesson, mysteries, summary, glossary, help, quit."
KEYS: Final = (
    "Lessons speak of the keys of the screens. The letters r, n, a, h, b and q do the same here: run, new, answer, "
    "hint, back, lessons. For `e` there is no need: a run goes to its end at once, in virtual time, and --speed is "
    "not looked at. What another key is here, a step says where it names one. A pane is a command: Load is `report` "
    "and `latencies`, Code is `code`, `diff` and `deploy`, and so on. A number may be a word: `invocation slowest`, "
    "`fastest`, `failed`, `coldest`. A line that begins with # is left out."
)


@dataclass(frozen=True)
class Desk:
    """What one works with: a course, the learner's progress in it, its folder, and the seed that was asked for.

    `host` plays versions of the learner's own in a process of its own; without one they are played in this one.
    """

    course: OpenCourse
    progress: Progress
    folder: Path
    seed: int | None = None
    host: Host | None = None


class Plain:
    """Plays lessons by lines: `read` gives the next one, or None at the end of all; `write` takes what is said.

    `play` goes on until `quit` or the end of the input. Any line is answered, and nothing is raised for it.
    """

    def __init__(
        self, desk: Desk, write: Callable[[str], None], read: Callable[[], str | None], *, width: int = WIDTH
    ) -> None:
        self.desk = desk
        self.lesson: PlainLesson | None = None
        self._write = write
        self._read = read
        self._width = width
        self._over = False
        self._prompted: tuple[str, ...] = ()
        self._noticed = 0

    # the loop

    def play(self, lesson: str | None = None) -> None:
        """Begin with a lesson, or at the list of them, and go on to the end; whatever ends it, say what is saved."""
        try:
            self._play(lesson)
        except KeyboardInterrupt:
            self._write("")
            raise
        finally:
            self.say(
                ["Everything is saved." if self.desk.progress.mode == "saved" else "Nothing more is saved."]
            )

    def _play(self, lesson: str | None) -> None:
        if lesson is None:
            self.say(self._welcome())
            self.say(self._home())
        else:
            self._answered(lambda: self._open(self.desk.course.entry(lesson)), self._home)
        while not self._over:
            self._notice()
            self._prompt()
            line = self._read()
            if line is None:
                break
            line = readable(line)
            if not line.startswith("#"):
                self._answered(partial(self._do, line))

    def say(self, lines: Sequence[str]) -> None:
        """Write lines."""
        for line in lines:
            self._write(line)

    def _answered(
        self, doing: Callable[[], list[str]], otherwise: Callable[[], list[str]] | None = None
    ) -> None:
        """Say what is answered; what cannot be done is said in one line."""
        try:
            said = doing()
        except RidelabError as error:
            said = [
                line for part in str(error).splitlines() for line in paragraph(_sentence(part), self._width)
            ]
            said += otherwise() if otherwise is not None else []
        self.say(["", *said] if said else [])

    def _prompt(self) -> None:
        """Name what can be done now, where that is not what it was."""
        found = self.lesson.now() if self.lesson is not None else (HOME_PROMPT,)
        self._write("")
        for prompt in found:
            if prompt not in self._prompted and (said := _news(prompt, self._prompted)):
                self.say(paragraph(said, self._width, rest="  "))
        self._prompted = found

    def _notice(self) -> None:
        """Say what must be known of where progress is kept, once."""
        notices = self.desk.progress.notices
        for notice in notices[self._noticed :]:
            self.say(paragraph(f"Note: {notice}.", self._width))
        self._noticed = len(notices)

    def _do(self, line: str) -> list[str]:
        lesson = self.lesson
        commands = lesson.commands if lesson is not None else HOME
        word, *words = line.split() or ["enter"]
        general = self._general(word, words, commands)
        if general is not None:
            return general
        if lesson is None:
            return self._at_home(word, words)
        said = lesson.do(line)
        if lesson.over:
            self.lesson = None
            return [*said, "", *self._after(lesson.entry)]
        return said

    def _after(self, entry: Entry) -> list[str]:
        """Name the lesson after one that was finished, or what there is to see when all are done."""
        entries = self._numbered()
        if all(standing(self.desk.progress, one.id).finished for _, one in entries):
            return paragraph("All lessons are done: `summary` says what you found.", self._width)
        place = next(i for i, (_, one) in enumerate(entries) if one.id == entry.id)
        waiting = [
            found
            for found in entries[place + 1 :] + entries[:place]
            if not standing(self.desk.progress, found[1].id).finished
        ]
        if not waiting:
            return self._home()
        number, following = waiting[0]
        said = f"Next is lesson {number}, {following.title}: type {number}. `lessons` lists all."
        return paragraph(said, self._width)

    def _general(self, word: str, words: list[str], commands: Sequence[PlainCommand]) -> list[str] | None:
        """Do what can be done anywhere; None for what cannot."""
        try:
            command = find(word, commands, LESSON)
        except UsageError:
            return None
        arguments = Arguments.read(command, words)
        match command.name:
            case "quit":
                arguments.at_most(0)
                self._over = True
                return []
            case "help":
                return self._help(commands, " ".join(arguments.words))
            case "glossary":
                return self._term(" ".join(arguments.words))
            case "mysteries":
                arguments.at_most(0)
                return mysteries_lines(self.desk.course, self.desk.progress, self._width)
            case "lessons":
                arguments.at_most(0)
                self.lesson = None
                return self._home()
            case _:
                return None

    # the list of lessons

    def _welcome(self) -> list[str]:
        course, progress = self.desk.course.course, self.desk.progress
        seed = self.desk.seed if self.desk.seed is not None else progress.seed
        lines = [f"ridelab, in plain text. Seed {seed}.", "", *paragraph(course.title, self._width)]
        lines += paragraph(course.summary, self._width)
        if progress.last_lesson is None:
            lines += ["", *paragraph(WELCOME, self._width)]
        return [*lines, ""]

    def _home(self) -> list[str]:
        lines = ["Lessons:"]
        last = self.desk.progress.last_lesson
        for number, entry in self._numbered():
            stand = standing(self.desk.progress, entry.id)
            said = f"{entry.title}, {entry.minutes} min{_standing(stand, last=entry.id == last)}"
            lines += paragraph(said, self._width, first=f"{number:>3}. ", rest="     ")
        return lines

    def _numbered(self) -> list[tuple[str, Entry]]:
        return numbered(self.desk.course)

    def _entry(self, word: str) -> Entry:
        """Find a lesson by its number or its id. Raises UsageError."""
        for number, entry in self._numbered():
            if word in {number, entry.id}:
                return entry
        return self.desk.course.entry(word)

    def _at_home(self, word: str, words: list[str]) -> list[str]:
        """Open or export a lesson. Raises RidelabError."""
        if word == "enter" and not words:
            raise UsageError("type the number of a lesson to open it")
        if word[:1].isdecimal() or any(word == entry.id for entry in self.desk.course.entries):
            return self._open(self._entry(word))
        if key := refused(word, (), words_of(HOME)):
            raise UsageError(key)
        if word.lower() in words_of(LESSON) - words_of(HOME):
            raise UsageError(f"`{word}` belongs into a lesson: type the number of one first")
        command = find(word, HOME)
        arguments = Arguments.read(command, words)
        if command.name == "summary":
            return self._summary(*arguments.at_most(1))
        if command.name == "anew":
            return self._anew(*arguments.at_most(2))
        entry = self._entry(arguments.one())
        return self._open(entry) if command.name == "open" else self._export(entry)

    def _summary(self, word: str = "") -> list[str]:
        """Say the summary of the course, or write it to a file. Raises RidelabError."""
        if word not in {"", "export"}:
            raise UsageError(f"no `{word}` here: `summary export` writes it to a file")
        text = summary_text(self.desk.course, self.desk.progress)
        if word:
            return [kept(self.desk.folder, f"{self.desk.course.name}-summary", "md", text)]
        return [*summary_lines(text, self._width), "", "`summary export` writes it to a file."]

    def _anew(self, word: str = "", agreed: str = "") -> list[str]:
        """Begin a lesson anew, once that was agreed to. Raises UsageError, NotKeptError."""
        entry, progress = self._entry(word), self.desk.progress
        if not standing(progress, entry.id).begun:
            raise UsageError(f"lesson {entry.id} has not been begun")
        if agreed.lower() not in {"yes", "y"}:
            said = f"Begin {entry.title} anew? Your answers and runs in it are set aside. Type `anew {word} yes`."
            return paragraph(said, self._width)
        progress.reset(entry.id)
        return [*paragraph(f"{entry.title} will begin anew.", self._width), f"Type {word} to open it."]

    def _open(self, entry: Entry) -> list[str]:
        from tui.plain_lesson import PlainLesson

        desk = self.desk
        session, notices = open_session(desk.course, entry.id, desk.progress, desk.seed, desk.host)
        number = next(number for number, one in self._numbered() if one.id == entry.id)
        self.lesson = PlainLesson(entry, number, session, self.desk.folder, self._width)
        noted = [line for notice in notices for line in paragraph(f"Note: {notice}.", self._width)]
        return [*noted, *self.lesson.begin()]

    def _export(self, entry: Entry) -> list[str]:
        """Write a finished lesson to a file. Raises RidelabError."""
        from lessons.markdown import as_it_was_left, lesson_markdown
        from tui.plain_lesson import PlainLesson

        if not standing(self.desk.progress, entry.id).finished:
            raise UsageError(f"only a finished lesson can be exported, and {entry.id} is not")
        session = as_it_was_left(self.desk.course, entry.id, self.desk.progress)
        number = next(number for number, one in self._numbered() if one.id == entry.id)
        opened = PlainLesson(entry, number, session, self.desk.folder, self._width)
        return [opened.keep(entry.id, "md", lesson_markdown(session, number))]

    # what one looks up

    def _help(self, commands: Sequence[PlainCommand], word: str) -> list[str]:
        lines = []
        for usage, said in help_lines(commands, word):
            lines += paragraph(f"{usage}: {said}", self._width, rest="    ")
        return lines if word else [*lines, "", *paragraph(KEYS, self._width)]

    @cached_property
    def _glossary(self) -> Glossary:
        from lessons.glossary import load_glossary

        return load_glossary(self.desk.course.folder)

    def _term(self, word: str) -> list[str]:
        """Say what a term means, or list those that a search finds. Raises DocumentError, UsageError."""
        terms = self._glossary.search(word)
        if not terms:
            raise UsageError(f"no term is like `{word}`" if word else "this course has no glossary")
        term = self._glossary.find(word) or (terms[0] if len(terms) == 1 else None)
        if term is None:
            return paragraph(f"Terms: {', '.join(one.term for one in terms)}.", self._width, rest="  ")
        also = f" (also {', '.join(term.also)})" if term.also else ""
        lines = paragraph(f"{term.term}{also}: {' '.join(term.text.split())}", self._width)
        lines += paragraph(f"Source: {term.source}.", self._width) if term.source else []
        return lines + (paragraph(f"See also: {', '.join(term.see)}.", self._width) if term.see else [])


def _news(prompt: str, before: Sequence[str]) -> str:
    """Shorten what one can do in the lab to what is new there; empty where something only went."""
    said = next((one for one in before if one.startswith(IN_THE_LAB)), "")
    if not (said and prompt.startswith(IN_THE_LAB)):
        return prompt
    known = _named(said)
    new = [name for name in _named(prompt) if name not in known]
    return f"New in the lab: {', '.join(new)}." if new else ""


def _named(prompt: str) -> list[str]:
    return prompt.removeprefix(IN_THE_LAB).removesuffix(".").split(", ")


def _sentence(text: str) -> str:
    """Begin what cannot be done with a capital, unless it begins with a name or a command."""
    text = LONG.sub(r"`\1...`", unmarked(text))
    begins = text.partition(" ")[0].rstrip(",")
    return text[:1].upper() + text[1:] if begins.isalpha() else text


def _standing(stand: Standing, *, last: bool) -> str:
    if stand.finished:
        return f"; done, {stand.total} steps"
    if stand.total is None:
        return ""
    return f"; {'you were here last, ' if last else ''}step {stand.place} of {stand.total}"
