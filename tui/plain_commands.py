"""The commands of the plain front end, each declared once: its words, its help, and the panes it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from simulator.errors import UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from lessons.model import Control, Pane


@dataclass(frozen=True, slots=True)
class PlainCommand:
    """A command: its name, what may stand behind it, its help in a sentence, and other words for it.

    `panes` are the panes of the screens that it stands for: it is offered where a lesson has one of them; always
    where there are none. One that sets a `control` needs a lesson that offers this, too.
    """

    name: str
    arguments: str
    help: str
    panes: tuple[Pane, ...] = ()
    also: tuple[str, ...] = ()
    control: Control | None = None

    @property
    def brief(self) -> str:
        """How it is typed at its shortest."""
        needed = self.arguments.partition(" |")[0].partition(" [")[0]
        return f"{self.name} {needed}" if needed and not self.arguments.startswith("[") else self.name

    @property
    def usage(self) -> str:
        """How it is typed."""
        return f"{self.name} {self.arguments}".strip()


LESSON: Final = (
    PlainCommand(
        "enter",
        "",
        "Go on to the next step, once this one is done; an empty line does it too.",
        also=("next", "go"),
    ),
    PlainCommand(
        "answer",
        "[ANSWER]",
        "Say what you expect, or answer the question: `answer 2`, `answer 1 3`.",
        also=("a", "predict"),
    ),
    PlainCommand("hint", "", "Give the next hint of this step.", also=("h",)),
    PlainCommand("step", "", "Say this step once more.", also=("text",)),
    PlainCommand("back", "", "Go back to the step before; nothing is lost.", also=("b",)),
    PlainCommand(
        "run", "", "Send the load, the same requests as last time, and go to the end of the run.", also=("r",)
    ),
    PlainCommand("new", "", "Send the load with new requests, and go to the end of the run.", also=("n",)),
    PlainCommand("report", "[run N]", "Print the load generator's own report.", ("load",)),
    PlainCommand(
        "latencies",
        "[FROM TO | without] [run N]",
        "Stand the requests in line, the fastest first; `without`: what changes if the slowest leaves it.",
        ("load",),
        ("line",),
    ),
    PlainCommand("plan", "", "Say what the load is that the next run sends.", ("load",)),
    PlainCommand("runs", "", "List the runs of this lesson.", ("runs",)),
    PlainCommand("mail", "[N]", "List the mails of your alerts, or read one.", ("alerts",)),
    PlainCommand(
        "alert", "[N]", "Open the alert event of a mail: the invocations that match its rule.", ("alerts",)
    ),
    PlainCommand(
        "invocations",
        "[all|slow|fast|failed|cold] [longest|shortest] [TEXT] [page N] [run N]",
        "List the invocations that an agent reported; TEXT is searched: a request's number, a function, a status.",
        ("invocations",),
    ),
    PlainCommand(
        "invocation",
        "N [run N]",
        "Open one invocation: its figures, its log, its traceback.",
        ("invocations",),
    ),
    PlainCommand(
        "request",
        "N [run N]",
        "Open a ride's whole exchange, on its rider's clock: a number, or `slowest`.",
        ("invocations", "load"),
    ),
    PlainCommand(
        "trace",
        "N [whole] [run N]",
        "Open the trace of an invocation; `whole`: of its request, on the rider's clock.",
        ("trace",),
    ),
    PlainCommand(
        "map", "[run N]", "Say what flows between the parts of the system, and who knows of it.", ("map",)
    ),
    PlainCommand(
        "compare",
        "[A B | SERVICE] [run N]",
        "Compare slow invocations with fast ones; or two runs: `compare 1 2`.",
        ("compare", "runs"),
    ),
    PlainCommand(
        "code",
        "[REF]",
        "Read the source of a version; without a REF, of what is deployed.",
        ("code",),
        ("read",),
    ),
    PlainCommand("diff", "REF", "Say how a version, or `own`, differs from what is deployed.", ("code",)),
    PlainCommand(
        "calls", "REF", "Run a version, or `own`, and what is deployed, and say what each calls.", ("code",)
    ),
    PlainCommand(
        "deploy",
        "REF | own [NOTE]",
        "Deploy a version, such as `deploy request-ride@launch`, or your draft, after a smoke test.",
        ("code",),
    ),
    PlainCommand("versions", "", "List the deploys of this lesson, and the versions there are.", ("code",)),
    PlainCommand(
        "rollback",
        "[SERVICE] [N]",
        "Go back to the version deployed before, or to deploy N.",
        ("code",),
    ),
    PlainCommand(
        "mark",
        "[SERVICE] CALL",
        "Mark a call in a draft of your own: `mark _get_ride(`, or by its line, `mark 45`.",
        ("code",),
        ("m",),
    ),
    PlainCommand("unmark", "[SERVICE] LINE|all", "Take a mark out of your draft, or all of them.", ("code",)),
    PlainCommand(
        "edit",
        "[SERVICE] [FILE]",
        "Write your draft to a file for your editor; with the name of a FILE, take its text.",
        ("code",),
    ),
    PlainCommand(
        "token",
        "[SERVICE] TOKEN|none",
        "Deploy what runs once more, with another monitoring token or without one.",
        ("code",),
        control="token",
    ),
    PlainCommand(
        "sample",
        "[POLICY]",
        "Say which traces are kept, or choose: `always`, a share such as `0.1`, `slower-than:500ms`.",
        ("trace",),
        control="sampling",
    ),
    PlainCommand(
        "watch",
        "[RULE]",
        "List the alert rules and how each does, or add one: `watch duration > 1000 ms, at least 5 in 2 min`.",
        ("alerts",),
        ("rules",),
        control="rules",
    ),
    PlainCommand("unwatch", "NAME", "Take an alert rule away, by its name.", ("alerts",), control="rules"),
    PlainCommand("discard", "[SERVICE]", "Throw your draft away.", ("code",)),
    PlainCommand("export", "[run N] [json|csv]", "Write a run, or the finished lesson, to a file."),
    PlainCommand(
        "mysteries", "", "Say what wants an explanation, and what is closed by what.", also=("board",)
    ),
    PlainCommand("glossary", "[TERM]", "Say what a term means, or list the terms.", also=("term",)),
    PlainCommand(
        "lessons", "", "Go back to the list of lessons; this one stays as it is.", also=("q", "home")
    ),
    PlainCommand("help", "[COMMAND]", "List the commands, or say more of one.", also=("?",)),
    PlainCommand("quit", "", "Leave ridelab; everything is saved.", also=("exit", "bye")),
)
HOME: Final = (
    PlainCommand("open", "LESSON", "Open a lesson, by its number or id; the number alone does it too."),
    PlainCommand("lessons", "", "List the lessons.", also=("list", "home")),
    PlainCommand("export", "LESSON", "Write a finished lesson to a file."),
    PlainCommand(
        "anew", "LESSON [yes]", "Begin a lesson anew: its answers and runs are set aside.", also=("reset",)
    ),
    PlainCommand(
        "summary",
        "[export]",
        "Say what you predicted and what happened, what you proved and answered; or write it to a file.",
    ),
    *(command for command in LESSON if command.name in {"mysteries", "glossary", "help", "quit"}),
)
INSTEAD: Final = {
    "e": "a run goes to its end by itself here",
    "x": "a run goes to its end by itself here: there is no speed",
    "tab": "there are no sides here: type a command",
    "space": "a run goes to its end by itself here",
    "j": "everything is written out here: there is no cursor",
    "k": "everything is written out here: there is no cursor",
    ".": "a run goes to its end by itself here",
    ":": "type a command's name; `help` lists them",
    **dict.fromkeys(
        ("summary", "anew", "reset", "open"), "that belongs to the list of lessons: type `lessons` first"
    ),
    "copy": "everything here is text: copy it in your terminal",
    "settings": "there is nothing to set here; the screens have settings",
}
"""Keys of the screens and words that mean nothing here, and what to do instead."""


def offered(panes: Collection[str], controls: Collection[str]) -> tuple[PlainCommand, ...]:
    """List the commands of a lesson that has these panes and offers these controls."""
    return tuple(
        one
        for one in LESSON
        if (not one.panes or any(pane in panes for pane in one.panes))
        and (one.control is None or one.control in controls)
    )


def words_of(commands: Iterable[PlainCommand]) -> frozenset[str]:
    """Collect the words that stand for one of these commands."""
    return frozenset(word for one in commands for word in (one.name, *one.also))


def find(word: str, commands: Sequence[PlainCommand], every: Sequence[PlainCommand] = ()) -> PlainCommand:
    """Find a command by its name, another word for it, or a beginning that only one has.

    Raises UsageError, with the nearest; of one that is only in `every`, that it has no use here.
    """
    word = word.lower()
    for one in commands:
        if word == one.name or word in one.also:
            return one
    if word in INSTEAD:
        raise UsageError(INSTEAD[word])
    begun = [one for one in commands if one.name.startswith(word)]
    if len(begun) == 1:
        return begun[0]
    if begun:
        raise UsageError(f"`{word}` may be {' or '.join(one.name for one in begun)}")
    for one in every:
        if word == one.name or word in one.also:
            raise UsageError(f"`{one.name}` has no use in this lesson; `help` lists what has")
    near = nearest(word, [one.name for one in commands])
    raise UsageError(f"no command `{word}`{near} (`help` lists them)")


class Arguments(NamedTuple):
    """What stands behind a command: its words, and the pairs `run N` and `page N` taken out of them."""

    command: PlainCommand
    words: tuple[str, ...]
    run: int | None = None
    page: int | None = None

    @classmethod
    def read(cls, command: PlainCommand, words: Iterable[str]) -> Arguments:
        """Read the words behind a command. Raises UsageError for a pair without its number."""
        left: list[str] = []
        pairs: dict[str, int] = {}
        waiting = list(words)
        while waiting:
            word = waiting.pop(0)
            if word.lower() in {"run", "page"} and f"{word.lower()} N" in command.arguments:
                if not waiting:
                    raise UsageError(f"`{word}` of which number? Type `{command.usage}`")
                pairs[word.lower()] = whole(waiting.pop(0), word.lower())
            else:
                left.append(word)
        return cls(command, tuple(left), pairs.get("run"), pairs.get("page"))

    def at_most(self, count: int) -> tuple[str, ...]:
        """Give the words, where there are no more than so many. Raises UsageError."""
        if len(self.words) > count:
            raise UsageError(f"that is too much: type `{self.command.usage}`")
        return self.words

    def one(self) -> str:
        """Give the one word there has to be. Raises UsageError."""
        if not self.words:
            raise UsageError(f"say which: type `{self.command.usage}`")
        return self.at_most(1)[0]


def whole(text: str, what: str) -> int:
    """Read a whole number of 0 or more. Raises UsageError."""
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        raise UsageError(f"`{text}` is no whole number: type the {what}'s, such as 1")
    return int(text)


def help_lines(commands: Sequence[PlainCommand], word: str = "") -> list[tuple[str, str]]:
    """List commands with their help, or only the one that a word means. Raises UsageError."""
    chosen = [find(word, commands)] if word else commands
    return [(one.usage, one.help + _also(one)) for one in chosen]


def _also(command: PlainCommand) -> str:
    return f" Also: {', '.join(command.also)}." if command.also else ""
