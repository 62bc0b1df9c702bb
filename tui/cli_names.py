"""`ridelab names`: all that lessons may write: names in expressions, filters, actions of proofs, panes, versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

if TYPE_CHECKING:
    from lessons.actions import Action

FINE: Final = 0
FILTERS: Final = {
    "ms": "seconds as milliseconds: 1,934 ms",
    "signed_ms": "the same with its sign: +12 ms",
    "s": "seconds: 1.93 s",
    "percent": "a share: 0.2 as 20 %",
    "count": "a number with thousands separators",
    "text": "anything as text: yes or no, lists with commas",
}
FUNCTIONS: Final = {
    "min": "min(a, b): the smaller",
    "max": "max(a, b): the larger",
    "abs": "abs(a): without its sign",
    "round": "round(a) or round(a, digits)",
    "count": "count(list, item): how often an item is in a list",
    "needed": "needed(0.99): how many requests a percentile needs to be quoted",
}
PICKS: Final = {
    "slowest": "the longest invocation, or the request that waited longest",
    "fastest": "the shortest invocation or request",
    "failed": "the first that failed",
    "coldest": "the invocation with the longest cold start of its own",
    "slow-promo-cold": "the first slow invocation that waited for the promo service's cold start",
    "typical-slow": "the first slow invocation that did not",
    "slowest-callee": "the longest warm invocation of a function that another one called",
    "next-slowest-callee": "the second longest of them",
    "failed-callee": "the first invocation that was called by one that failed",
}


def names(words: str | None = None) -> int:
    """List what lessons may write, one a line with its explanation; only the lines that hold a word."""
    rows = [row for row in all_names() if words is None or words.casefold() in " ".join(row).casefold()]
    width = max((len(name) for _, name, _ in rows), default=0)
    for kind, name, text in rows:
        print(f"{kind:<8}  {name:<{width}}  {text}".rstrip())
    return FINE


def all_names() -> list[tuple[str, str, str]]:
    """Give (kind, name, explanation) of all that a lesson may write, sorted by kind; what takes a name ends in `*`."""
    from lessons import actions as act
    from lessons.expressions import FILTERS as ALL_FILTERS
    from lessons.names import FUNCTIONS as ALL_FUNCTIONS
    from lessons.names import NAMES
    from simulator.deploying import services, versions_of
    from simulator.load import plan_names
    from simulator.scenario import scenario_names
    from tui.widgets.lab import DIGITS

    rows = [("name", f"{name}*" if name.endswith(".") else name, text) for name, text in NAMES.items()]
    rows += [("function", name, FUNCTIONS.get(name, "")) for name in ALL_FUNCTIONS]
    rows += [("filter", name, FILTERS.get(name, "")) for name in ALL_FILTERS]
    rows += [("action", tag, _said(kind)) for tag, kind in zip(act.TAGS, act.KINDS, strict=True)]
    rows += [("pick", word, PICKS.get(word, "")) for word in get_args(act.Pick)]
    rows += [("pane", name, f"key {digit}") for name, digit in DIGITS.items()]
    rows += [("version", f"{one}@{version}", "") for one in services() for version in versions_of(one)]
    rows += [("plan", name, "") for name in plan_names()]
    return rows + [("scenario", name, "") for name in scenario_names()]


def _said(kind: type[Action]) -> str:
    """Say what an action does, in the first line of its docstring, and which keys it takes."""
    text = (kind.__doc__ or "").strip().split("\n")[0].replace("``", "`")
    keys = ", ".join(kind.__struct_fields__)
    return f"{text} ({keys})" if keys else text
