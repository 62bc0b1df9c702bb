"""Alert rules in one line, as learners write them: ``errors, more than 5 %, at least 3 of 20 in 5 min``.

    rule    = what { "," limit }
    what    = "duration" over | "p95" over | "errors"              over   = ">" NUMBER ("ms" | "s")
    limit   = "more than" NUMBER "%" | "at least" COUNT [ "of" COUNT ] [ window ] | window
    window  = "in" NUMBER ("s" | "min" | "h")

The words of the mails (`describe_rule`) are read as well. `at least` counts the invocations that match, `of` all of
them; a p95 has none that match, so there `at least` counts all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from simulator.errors import UsageError, nearest
from simulator.settings import AlertRule

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMS: Final = (
    "write it like `duration > 1000 ms, at least 5 in 2 min`, `errors, more than 5 %, at least 3 of 20 in 5 min` or "
    "`p95 > 1500 ms, at least 59 in 5 min`"
)
MOST: Final = 1_000_000
LONGEST_S: Final = 86_400.0
WINDOW_S: Final = 120.0

_UNITS: Final = {
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), 0.001),
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1.0),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hour", "hours"), 3600.0),
}
_NUMBER: Final = r"(\d{1,12}(?:\.\d{1,9})?(?:e\+?\d{1,2})?)"
_TIME: Final = rf"{_NUMBER} *([a-z]+)"
_OVER: Final = re.compile(rf"(duration|p95) *> *{_TIME}")
_SHARE: Final = re.compile(rf"more than {_NUMBER} *%(?: of all)?")
_COUNT: Final = re.compile(
    rf"at least {_NUMBER}(?: (in all)| of(?: at least)? {_NUMBER})?(?: (?:in|within) (.+))?"
)
_WINDOW: Final = re.compile(r"(?:in|within) (.+)")
_SPAN: Final = re.compile(_TIME)
_WORDS: Final = (
    (re.compile(r"p95 of the invocation duration"), "p95"),
    (re.compile(r"invocation duration"), "duration"),
    (re.compile(r"invocations that failed"), "errors"),
    (re.compile(r" *(?:is )?greater than| *over(?= \d)| above"), " >"),
    (re.compile(r" within "), ", within "),
    (re.compile(r"[()]"), ","),
)
_KNOWN: Final = ("duration", "p95", "errors")


def parse_rule(text: str) -> AlertRule:
    """Read a rule in one line; its name says what it does. Raises UsageError, in one line, with what is allowed."""
    line = " ".join(text.split()).lower()
    for pattern, word in _WORDS:
        line = pattern.sub(word, line)
    first, *limits = [part.strip() for part in line.split(",") if part.strip()] or [""]
    measure, over_ms = _what(text, first)
    window_s: float | None = None
    share: float | None = None
    matching: int | None = None
    total: int | None = None

    def once(known: object, part: str) -> None:
        if known is not None:
            raise _error(text, f"`{part}` is said twice")

    def counted(count: re.Match[str]) -> None:
        nonlocal matching, total, window_s
        number, in_all, of, time = count.groups()
        if measure == "p95" and of is not None:
            raise _error(text, "a p95 is of all invocations, none of them matches: write `at least 59`")
        if in_all or measure == "p95":
            once(total, "at least ... in all")
            total = _whole(text, number)
        else:
            once(matching, "at least")
            matching = _whole(text, number)
        if of is not None:
            once(total, "of")
            total = _whole(text, of)
        if time is not None:
            once(window_s, "in ...")
            window_s = _seconds(text, time)

    for limit in limits:
        if (found := _SHARE.fullmatch(limit)) is not None:
            once(share, "more than")
            share = _share(text, found[1], measure)
        elif (count := _COUNT.fullmatch(limit)) is not None:
            counted(count)
        elif (window := _WINDOW.fullmatch(limit)) is not None:
            once(window_s, "in ...")
            window_s = _seconds(text, window[1])
        else:
            raise _error(
                text, f"`{limit[:40]}` is no limit; there are `more than 5 %`, `at least 5` and `in 2 min`"
            )
    return named(
        AlertRule(
            name="-",
            measure=measure,
            over_ms=over_ms,
            window_s=WINDOW_S if window_s is None else window_s,
            at_least=matching or 1,
            share=share or 0.0,
            of_at_least=total or 1,
        )
    )


def write_rule(rule: AlertRule) -> str:
    """Write a rule as one line that `parse_rule` reads as the same rule, its name apart."""
    parts = ["errors" if rule.measure == "errors" else f"{rule.measure} > {_figure(rule.over_ms)} ms"]
    if rule.share > 0 and rule.measure != "p95":
        parts.append(f"more than {_figure(rule.share * 100)} %")
    minutes = rule.window_s / 60
    window = f"in {_figure(minutes)} min" if minutes.is_integer() else f"in {_figure(rule.window_s)} s"
    if rule.measure == "p95":
        count = f"at least {rule.of_at_least} " if rule.of_at_least > 1 else ""
    elif rule.of_at_least > 1:
        count = f"at least {rule.at_least} of {rule.of_at_least} "
    else:
        count = f"at least {rule.at_least} " if rule.at_least > 1 else ""
    return ", ".join([*parts, count + window])


def named(rule: AlertRule) -> AlertRule:
    """Give a rule the name that says what it does, such as ``duration-gt-1000-at-least-5``; `errors` has no limit."""
    over = {} if rule.measure == "errors" else {f"gt-{_figure(rule.over_ms)}": True}
    parts = {
        **over,
        f"share-{_figure(rule.share * 100)}": rule.share > 0,
        f"at-least-{rule.at_least}": rule.at_least > 1,
        f"of-{rule.of_at_least}": rule.of_at_least > 1,
        f"in-{_figure(rule.window_s)}s": rule.window_s != WINDOW_S,
    }
    return AlertRule(
        name="-".join([rule.measure, *(part for part, said in parts.items() if said)]),
        measure=rule.measure,
        over_ms=rule.over_ms,
        window_s=rule.window_s,
        at_least=rule.at_least,
        share=rule.share,
        of_at_least=rule.of_at_least,
    )


class Added(NamedTuple):
    """The rules that are on, as a lesson began with them and as the learner added them."""

    given: tuple[AlertRule, ...]
    own: tuple[AlertRule, ...]


def added(now: Sequence[AlertRule], at_first: Sequence[AlertRule]) -> Added:
    """Tell the learner's own rules from those that a lesson began with."""
    return Added(
        tuple(rule for rule in now if rule in at_first), tuple(rule for rule in now if rule not in at_first)
    )


def _what(text: str, first: str) -> tuple[Literal["duration", "errors", "p95"], float]:
    if first in {"errors", "error"}:
        return "errors", 0.0
    found = _OVER.fullmatch(first)
    if found is not None:
        over_s = _seconds(text, f"{found[2]} {found[3]}", least=0.0)
        return ("p95" if found[1] == "p95" else "duration"), round(over_s * 1000.0, 9)
    word = re.match(r"[a-z0-9]*", first)
    name = word.group() if word is not None else ""
    if name in _KNOWN:
        how = "has no limit" if name == "errors" else f"needs a limit, such as `{name} > 1000 ms`"
        raise _error(text, f"`{name}` {how}")
    raise _error(
        text,
        f"no rule is about `{name or first[:20]}`{nearest(name, _KNOWN)}"
        if first
        else "a rule says what it is about",
    )


def _seconds(text: str, time: str, least: float = 1.0) -> float:
    found = _SPAN.fullmatch(time.strip())
    if found is None:
        raise _error(text, f"`{time[:20]}` is no time; write `500 ms`, `30 s` or `2 min`")
    if found[2] not in _UNITS:
        raise _error(text, f"no unit `{found[2][:20]}`; there are ms, s, min and h")
    seconds = round(float(found[1]) * _UNITS[found[2]], 12)
    if not least <= seconds <= LONGEST_S:
        raise _error(
            text, f"`{time}` is {'too long' if seconds > least else 'too short'}: give {least:g} s to a day"
        )
    return seconds


def _share(text: str, number: str, measure: str) -> float:
    if measure == "p95":
        raise _error(text, "a p95 has no share: it is of all invocations")
    percent = float(number)
    if percent >= 100:
        raise _error(text, f"more than {number} % cannot be: give a share below 100 %")
    return round(percent / 100.0, 12)


def _whole(text: str, number: str) -> int:
    value = float(number)
    if not (value.is_integer() and 1 <= value <= MOST):
        raise _error(text, f"`{number}` is no count: give a whole number from 1 to {MOST:,}")
    return int(value)


def _figure(value: float) -> str:
    return f"{round(value, 9):.12g}"


def _error(text: str, why: str) -> UsageError:
    shown = " ".join("".join(char if char.isprintable() else "?" for char in text).split())[:60]
    return UsageError(f"rule `{shown}`: {why}; {FORMS}")
