"""Keys of the screens, as lessons name them, and the commands that stand for them in plain text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection


class Key(NamedTuple):
    """A key of the screens: where it works (a pane, or a control of a lesson; anywhere if empty), what to type."""

    key: str
    where: str
    typed: str


KEYS: Final = (
    Key("0", "", "`step`"),
    Key("1", "load", "`report` and `latencies`"),
    Key("2", "alerts", "`mail`"),
    Key("3", "invocations", "`invocations`"),
    Key("4", "runs", "`runs`"),
    Key("5", "trace", "`trace N`"),
    Key("6", "code", "`code`"),
    Key("7", "compare", "`compare`"),
    Key("8", "map", "`map`"),
    Key("v", "load", "`report` or `latencies`"),
    Key("v", "code", "the name of a version, as in `code REF`"),
    Key("z", "load", "`latencies without`"),
    Key("f", "invocations", "`invocations slow` or `failed`"),
    Key("s", "invocations", "`invocations longest`"),
    Key("s", "code", "the name of a service, as in `code SERVICE`"),
    Key("/", "invocations", "`invocations TEXT`"),
    Key("o", "load", "`request N`"),
    Key("m", "code", "`mark CALL`"),
    Key("m", "runs", "the number of a run, as in `compare A B`"),
    Key("c", "runs", "`compare A B`"),
    Key("d", "code", "`deploy REF`, or `deploy own`"),
    Key("e", "code", "`edit` (a run needs no `e`: it goes to its end by itself)"),
    Key("x", "code", "`discard`"),
    Key("t", "token", "`token TOKEN`, which deploys too"),
    Key("t", "trace", "`trace N`"),
    Key("w", "trace", "`trace N whole`"),
    Key("u", "code", "`unmark LINE` or `discard`"),
    Key("U", "code", "`rollback`"),
    Key("D", "code", "`diff REF`"),
    Key("C", "code", "`calls REF`"),
    Key("R", "rules", "`watch`"),
    Key("w", "rules", "`watch RULE`"),
    Key("X", "rules", "`unwatch NAME`"),
    Key("S", "sampling", "`sample POLICY`"),
    Key("B", "", "`mysteries`"),
    Key("f9", "", "`summary`, at the list of lessons"),
)
"""Those that are typed as they are (r, n, a, h, b, q, enter) are not among them."""
NAMED: Final = re.compile(r"`([A-Za-z0-9/]|f9)`")


def typed_for(key: str, places: Collection[str], pane: str | None = None) -> str:
    """Say what to type for a key in a lesson with these panes and controls; empty where it has no meaning there.

    Where `pane` knows the key, only that meaning is said.
    """
    from lessons.model import CONTROL_PANES  # which the list of lessons does without

    found = [one for one in KEYS if one.key == key and (not one.where or one.where in places)]
    near = [one for one in found if pane is not None and CONTROL_PANES.get(one.where, one.where) == pane]
    return " or ".join(one.typed for one in near or found)


def refused(word: str, places: Collection[str], commands: Collection[str], pane: str | None = None) -> str:
    """Say why a word is no command but a key of the screens; empty for any other word.

    `commands` are the words that are commands as they are written: `r` is one, and `R` is another key.
    """
    if word in commands or word not in {one.key for one in KEYS} or word.isdecimal():
        return ""
    typed = typed_for(word, places, pane)
    if typed:
        return f"the key `{word}` of the screens is {typed} here"
    return f"the key `{word}` of the screens has no use here" if word.isupper() else ""


def key_notes(text: str, places: Collection[str], pane: str | None = None, *, known: str = "") -> str:
    """Say what to type for the keys that a text names and `known`, which was said before, does not; empty for none.

    `pane` is the one that the text is about.
    """
    before = set(NAMED.findall(known))
    if "edit" not in text:  # then `e` goes to the end of a run, which comes by itself here
        before.add("e")
    named = [key for key in dict.fromkeys(NAMED.findall(text)) if key not in before]
    said = [f"`{key}` is {typed}" for key in named if (typed := typed_for(key, places, pane))]
    return f"Keys in commands: {'; '.join(said)}." if said else ""
