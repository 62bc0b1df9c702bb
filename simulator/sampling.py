"""Sampling: which traces are kept, when that is decided, and what each mark costs under it; traceparent carries it on.

    Always          every trace is kept
    Ratio           a share of the traces, decided at the head: by the trace's id, before anything is known
    SlowerThan      the slow and the failed, decided at the tail: every mark is recorded, and waits for the end
    HeadAndTail     a share of the traces at the head, and of these the slow and the failed at the tail

A head decision is cheap and blind: it keeps as few of the slow traces as of all. A tail decision misses no slow trace
and saves no mark. The decision at the head is the same in every service, because it hangs on nothing but the id.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

import msgspec

from simulator.errors import UsageError, nearest
from simulator.randomness import Milliseconds
from simulator.settings import Count, NotNegative, Share

LONGEST_MS = 86_400_000.0
UNITS = {"ms": 1.0, "s": 1000.0}
FORMS = "`always`, `ratio:0.1`, `slower-than:500ms`, or a share such as `0.1`"

_TRACE_IDS = 2.0**64  # what the lower half of an id can be
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_HEX = re.compile(r"[0-9a-f]+")
_PARTS = (("trace id", 32), ("span id", 16), ("flags", 2))


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """What all sampling policies share: they never change, and a wrong key is an error."""


class Always(Policy, frozen=True, tag="always"):
    """Keep every trace."""


class Ratio(Policy, frozen=True, tag="ratio"):
    """Keep this share of the traces, 0 to 1, decided by their ids. Raises ValueError for another share."""

    share: Share

    def __post_init__(self) -> None:
        if not 0.0 <= self.share <= 1.0:
            raise ValueError(f"a share lies from 0 to 1, not at {self.share:g}")


class SlowerThan(Policy, frozen=True, tag="slower-than"):
    """Keep the traces whose request failed or took longer than this. Raises ValueError beyond 0 ms to a day."""

    over_ms: Milliseconds

    def __post_init__(self) -> None:
        if not 0.0 <= self.over_ms <= LONGEST_MS:
            raise ValueError(f"a limit lies from 0 to {LONGEST_MS:.0f} ms, not at {self.over_ms:g}")


class HeadAndTail(Policy, frozen=True, tag="head-and-tail"):
    """Keep what both keep: the head decides which traces are recorded, the tail which of these are kept."""

    head: Always | Ratio
    tail: SlowerThan


Sampling = Always | Ratio | SlowerThan | HeadAndTail


def keeps_at_start(policy: Sampling, trace_id: str) -> bool:
    """Tell whether a trace is recorded, by its id in hex; without a head every trace is.

    A share keeps the ids whose lower 64 bits, read as a number, lie below share * 2**64, as `TraceIdRatioBased` does in
    OpenTelemetry's SDK for Python: what a share keeps, a greater one keeps too.
    """
    if isinstance(policy, HeadAndTail):
        return keeps_at_start(policy.head, trace_id)
    return not isinstance(policy, Ratio) or int(trace_id[-16:], 16) < policy.share * _TRACE_IDS


def keeps_at_end(policy: Sampling, latency_s: float, failed: bool) -> bool:
    """Tell whether a recorded trace is kept, by how long its request took; without a tail every one is.

    A latency of NaN is a request that got no answer: it took longer than anybody waited.
    """
    if isinstance(policy, HeadAndTail):
        return keeps_at_end(policy.tail, latency_s, failed)
    return not isinstance(policy, SlowerThan) or failed or not latency_s * 1000.0 <= policy.over_ms


def as_policy(sampling: float | Sampling) -> Sampling:
    """Give the policy that a share of traces, 0 to 1, stands for; a policy is itself. Raises UsageError."""
    if not isinstance(sampling, int | float):
        return sampling
    if not 0.0 <= sampling <= 1.0:
        raise UsageError(f"a sampling rate is a share from 0 to 1, not {sampling}")
    return Always() if sampling == 1.0 else Ratio(float(sampling))


def has_tail(policy: Sampling) -> bool:
    """Tell whether it is decided at the end which traces are kept."""
    return isinstance(policy, SlowerThan | HeadAndTail)


def describe_sampling(policy: Sampling) -> str:
    """Say in words which traces are kept: ``a share (10%)``."""
    match policy:
        case Ratio(share):
            return f"a share of all ({share:.0%})"
        case SlowerThan(over_ms):
            return f"those that failed or took more than {over_ms:,.0f} ms"
        case HeadAndTail(head, tail):
            return f"{describe_sampling(head)}, and of these {describe_sampling(tail)}"
    return "all"


class SamplingCost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What marks cost under a policy: computing time at full speed, and memory until the tail has decided.

    Measured on Python 3.11: six recorded marks take 49 us; an SDK's root and five children that are sampled out 8 to
    12 us; a span kept in columns 39 bytes.

    Attributes:
        recorded_us: Computing time of a mark that is recorded, whether it is kept at the end or not.
        sampled_out_us: Computing time of a mark in a trace that the head did not keep.
        span_bytes: Memory of one span that waits for the decision at the end.
    """

    recorded_us: NotNegative = 8.0
    sampled_out_us: NotNegative = 2.0
    span_bytes: Count = 39

    def mark_us(self, policy: Sampling, kept_at_start: bool) -> float:
        """Give the computing time of one mark, in us; without a head every mark is recorded and costs as much."""
        head = policy.head if isinstance(policy, HeadAndTail) else policy
        out = isinstance(head, Ratio) and not kept_at_start
        return self.sampled_out_us if out else self.recorded_us

    def held_bytes(self, policy: Sampling, spans: int) -> int:
        """Give the memory that recorded spans of unfinished requests take; without a tail they leave at once."""
        return self.span_bytes * spans if isinstance(policy, SlowerThan | HeadAndTail) else 0


def parse_sampling(text: str) -> Sampling:
    """Read ``always``, ``0.1``, ``ratio:0.1``, ``slower-than:500ms`` (or ``s``; alone it is ms), or a head and a tail.

    These two stand in their order: ``ratio:0.1,slower-than:500ms``. Raises UsageError, in one line, for anything else.
    """
    policies = [_one(part.strip()) for part in text.split(",")]
    match policies:
        case [policy]:
            return policy
        case [Always() | Ratio() as head, SlowerThan() as tail]:
            return HeadAndTail(head, tail)
    raise UsageError(
        f"sampling {_shown(text)}: a comma joins one head and one tail, such as `ratio:0.1,slower-than:500ms`"
    )


def _one(text: str) -> Always | Ratio | SlowerThan:
    name, colon, value = (part.strip() for part in text.partition(":"))
    number = None if colon else _NUMBER.match(text)
    if number is not None:
        if text[number.end() :].strip() in UNITS:
            raise UsageError(f"no sampling {_shown(text)}; did you mean {_shown('slower-than:' + text)}?")
        share = _share(text, text)
        return Always() if share == 1.0 else Ratio(share)
    match name:
        case "always" if colon:
            raise UsageError(f"sampling {_shown(text)}: `always` takes no value")
        case "always":
            return Always()
        case "ratio":
            return Ratio(_share(text, value))
        case "slower-than":
            return SlowerThan(_milliseconds(text, value))
    hint = nearest(name, ("always", "ratio", "slower-than"))
    raise UsageError(f"no sampling {_shown(name)}{hint or f'; give {FORMS}'}")


def _share(text: str, value: str) -> float:
    percent = value.removesuffix("%").strip()
    said = _NUMBER.fullmatch(percent)
    share = math.nan if said is None else float(percent) / (1.0 if percent == value else 100.0)
    if percent == value and 0.0 <= share <= 1.0:
        return abs(share)  # -0 is 0
    hint = f"; did you mean `{share:g}`?" if 0.0 <= share <= 1.0 else "" if said else ", such as `0.1`"
    raise UsageError(f"sampling {_shown(text)}: a share is a number from 0 to 1{hint}")


def _milliseconds(text: str, value: str) -> float:
    number = _NUMBER.match(value)
    if number is None:
        raise UsageError(f"sampling {_shown(text)}: it takes a time, such as `slower-than:500ms`")
    unit = value[number.end() :].strip() or "ms"
    if unit not in UNITS:
        raise UsageError(
            f"sampling {_shown(text)}: no unit {_shown(unit)}{nearest(unit, UNITS) or '; there are ms and s'}"
        )
    time = float(number[0]) * UNITS[unit]
    if not 0.0 <= time <= LONGEST_MS:
        raise UsageError(f"sampling {_shown(text)}: a time lies from 0 to a day, {LONGEST_MS:.0f} ms")
    return abs(time)


def _shown(text: str) -> str:
    """Give what somebody typed as it fits into one line."""
    visible = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return f"`{visible if len(visible) <= 40 else visible[:39] + '…'}`"


class TraceParent(NamedTuple):
    """What a `traceparent` header says: the trace, the span that calls, and whether the trace is recorded."""

    trace_id: str
    span_id: str
    sampled: bool


def traceparent(trace_id: str, span_id: str, sampled: bool) -> str:
    """Give the value of a `traceparent` header (W3C Trace Context, version 00) that tells a callee of its caller.

    Raises ValueError for an id that is not lower-case hex of its length, or all zeros.
    """
    text = f"00-{trace_id}-{span_id}-{'01' if sampled else '00'}"
    parse_traceparent(text)
    return text


def parse_traceparent(text: str) -> TraceParent:
    """Read the value of a `traceparent` header (W3C Trace Context); of the flags only the lowest bit says something.

    A later version than 00 may say more at its end. Raises ValueError with what is wrong.
    """
    version, *rest = text.split("-")
    _check_hex("version", version, 2)
    if version == "ff":
        raise ValueError("version `ff` does not exist")
    if len(rest) < 3 or (version == "00" and len(rest) > 3):
        raise ValueError(f"version {version} has 4 parts between dashes, not {len(rest) + 1}")
    for (name, length), part in zip(_PARTS, rest, strict=False):
        _check_hex(name, part, length)
        if name != "flags" and not part.strip("0"):
            raise ValueError(f"a {name} of zeros alone names nothing")
    return TraceParent(rest[0], rest[1], bool(int(rest[2], 16) & 1))


def _check_hex(name: str, part: str, length: int) -> None:
    if len(part) != length or not _HEX.fullmatch(part):
        raise ValueError(f"{name} {_shown(part)}: it takes {length} digits of lower-case hex")
