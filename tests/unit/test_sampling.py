"""Sampling: who is kept at the head and at the tail, what marks cost, what may be typed, and traceparent."""

from __future__ import annotations

import math
from fractions import Fraction

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from simulator.errors import UsageError
from simulator.randomness import request_owner
from simulator.sampling import (
    Always,
    HeadAndTail,
    Ratio,
    Sampling,
    SamplingCost,
    SlowerThan,
    TraceParent,
    keeps_at_end,
    keeps_at_start,
    parse_sampling,
    parse_traceparent,
    traceparent,
)
from simulator.traces import span_id, trace_id

IDS = st.integers(1, 2**128 - 1).map(lambda number: f"{number:032x}")
SPAN_IDS = st.integers(1, 2**64 - 1).map(lambda number: f"{number:016x}")
SHARES = st.floats(0, 1)
TIMES_MS = st.floats(0, 86_400_000)
TAILS = TIMES_MS.map(SlowerThan)
HEADS = st.just(Always()) | SHARES.map(Ratio)
POLICIES = HEADS | TAILS | st.builds(HeadAndTail, HEADS, TAILS)
OF_500 = SlowerThan(500.0)


@given(share=SHARES, trace=IDS)
@example(share=0.5, trace="0" * 16 + "7fffffffffffffff")
@example(share=0.5, trace="0" * 16 + "8000000000000000")
@example(share=0.5, trace="f" * 16 + "7fffffffffffffff")
@example(share=1.0, trace="f" * 32)
@example(share=0.0, trace="f" * 16 + "0" * 16)
def test_a_share_keeps_the_ids_whose_lower_half_lies_below_it(share: float, trace: str) -> None:
    lower = int(trace, 16) % 2**64
    assert keeps_at_start(Ratio(share), trace) is (Fraction(lower, 2**64) < Fraction(share))


@given(SHARES, SHARES, IDS)
def test_what_a_share_keeps_a_greater_one_keeps_too(one: float, other: float, trace: str) -> None:
    less, more = sorted((one, other))
    assert keeps_at_start(Ratio(more), trace) or not keeps_at_start(Ratio(less), trace)


@pytest.mark.parametrize("seed", [1, 2, 1_000_003])
@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.9])
def test_of_a_run_s_own_ids_the_share_is_kept(seed: int, share: float) -> None:
    n = 10_000
    ids = [trace_id(seed, request_owner(user, step)) for user in range(n // 2) for step in range(2)]
    kept = sum(keeps_at_start(Ratio(share), one) for one in ids)
    assert abs(kept - n * share) <= 4 * math.sqrt(n * share * (1 - share))


@given(POLICIES, IDS, st.floats(0, 1e5) | st.just(math.nan), st.booleans())
def test_head_and_tail_keep_what_both_of_them_keep(
    policy: Sampling, trace: str, latency_s: float, failed: bool
) -> None:
    head, tail = (
        (policy.head, policy.tail) if isinstance(policy, HeadAndTail) else (policy, policy)
    )  # one alone lets through all that the other would decide
    assert keeps_at_start(policy, trace) is keeps_at_start(head, trace)
    assert keeps_at_end(policy, latency_s, failed) is keeps_at_end(tail, latency_s, failed)
    if not isinstance(policy, Ratio | HeadAndTail):
        assert keeps_at_start(policy, trace)
    if not isinstance(policy, SlowerThan | HeadAndTail):
        assert keeps_at_end(policy, latency_s, failed)


@pytest.mark.parametrize("policy", [OF_500, HeadAndTail(Ratio(0.1), OF_500)])
def test_the_tail_keeps_the_slow_the_failed_and_the_unanswered(policy: Sampling) -> None:
    assert not keeps_at_end(policy, 0.5, False)
    assert keeps_at_end(policy, math.nextafter(0.5, 1), False)
    assert keeps_at_end(policy, 0.0, True)
    assert keeps_at_end(policy, math.nan, False)


def test_head_sampling_is_blind_to_slow_traces_and_the_tail_is_not() -> None:
    ids = [trace_id(7, request_owner(user, 0)) for user in range(2000)]
    slow = set(ids[::20])
    seen = {}
    for policy in (Ratio(0.1), OF_500, HeadAndTail(Ratio(0.1), OF_500)):
        kept = [
            one
            for one in ids
            if keeps_at_start(policy, one) and keeps_at_end(policy, 0.9 if one in slow else 0.1, False)
        ]
        seen[type(policy)] = (len(slow.intersection(kept)), len(kept))
    assert seen[SlowerThan] == (100, 100)
    assert 1 <= seen[Ratio][0] <= 22  # of 100, each with a chance of 0.1: four standard errors
    assert seen[HeadAndTail] == (seen[Ratio][0], seen[Ratio][0])


@pytest.mark.parametrize(
    ("policy", "recorded", "out", "held"),
    [
        (Always(), 8.0, 8.0, 0),
        (Ratio(0.1), 8.0, 2.0, 0),
        (OF_500, 8.0, 8.0, 273),
        (HeadAndTail(Ratio(0.1), OF_500), 8.0, 2.0, 273),
        (HeadAndTail(Always(), OF_500), 8.0, 8.0, 273),
    ],
)
def test_each_policy_has_its_price(policy: Sampling, recorded: float, out: float, held: int) -> None:
    cost = SamplingCost()
    assert (cost.mark_us(policy, True), cost.mark_us(policy, False)) == (recorded, out)
    assert cost.held_bytes(policy, 7) == held


def test_prices_are_parameters() -> None:
    cost = SamplingCost(recorded_us=40.0, sampled_out_us=0.5, span_bytes=2636)
    assert cost.mark_us(Ratio(0.1), True) == 40.0
    assert cost.mark_us(Ratio(0.1), False) == 0.5
    assert cost.held_bytes(OF_500, 2) == 5272


@given(POLICIES)
def test_a_policy_comes_back_from_what_is_stored(policy: Sampling) -> None:
    assert msgspec.json.decode(msgspec.json.encode(policy), type=Sampling) == policy


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ({"kind": "ratio", "share": 1.5}, "Expected `float` <= 1.0"),
        ({"kind": "ratio", "share": math.nan}, "Expected `float` >= 0.0"),
        ({"kind": "ratio", "shar": 0.5}, "unknown field `shar`"),
        ({"kind": "slower-than", "over_ms": -1.0}, "Expected `float` >= 0.0"),
        ({"kind": "rato", "share": 0.5}, "Invalid value 'rato'"),
        ({"kind": "head-and-tail", "head": {"kind": "slower-than", "over_ms": 1.0}}, "'slower-than'"),
    ],
)
def test_a_record_that_is_no_policy_is_refused(record: dict[str, object], says: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=says):
        msgspec.convert(record, Sampling)


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan, math.inf])
def test_a_policy_made_in_code_is_checked_too(value: float) -> None:
    with pytest.raises(ValueError, match="a share lies from 0 to 1"):
        Ratio(value)
    with pytest.raises(ValueError, match="a limit lies from 0 to 86400000 ms"):
        SlowerThan(value if value < 0 or not math.isfinite(value) else 86_400_000.1)


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("always", Always()),
        ("1", Always()),
        ("1.0", Always()),
        ("0.1", Ratio(0.1)),
        (".5", Ratio(0.5)),
        ("1e-3", Ratio(0.001)),
        ("0", Ratio(0.0)),
        ("ratio:0.1", Ratio(0.1)),
        ("ratio:1", Ratio(1.0)),
        (" ratio : 0.1 ", Ratio(0.1)),
        ("slower-than:500ms", OF_500),
        ("slower-than:500", OF_500),
        ("slower-than:0.5s", OF_500),
        ("slower-than:500 ms", OF_500),
        ("ratio:0.1,slower-than:500ms", HeadAndTail(Ratio(0.1), OF_500)),
        ("0.1, slower-than:500", HeadAndTail(Ratio(0.1), OF_500)),
        ("always,slower-than:500", HeadAndTail(Always(), OF_500)),
    ],
)
def test_what_may_be_typed(text: str, policy: Sampling) -> None:
    assert parse_sampling(text) == policy


def test_minus_zero_is_stored_as_zero() -> None:
    for text in ("-0", "ratio:-0.0", "slower-than:-0"):
        assert b"-0" not in msgspec.json.encode(parse_sampling(text))


@given(SHARES, TIMES_MS)
def test_a_number_is_read_to_its_last_digit(share: float, over_ms: float) -> None:
    assert parse_sampling(f"ratio:{share}") == Ratio(share)
    assert parse_sampling(f"slower-than:{over_ms}ms") == SlowerThan(over_ms)


GIVE = "; give `always`, `ratio:0.1`, `slower-than:500ms`, or a share such as `0.1`"
FROM_0_TO_1 = "a share is a number from 0 to 1"
A_DAY = "a time lies from 0 to a day, 86400000 ms"
A_TIME = "it takes a time, such as `slower-than:500ms`"
A_COMMA = "a comma joins one head and one tail, such as `ratio:0.1,slower-than:500ms`"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", f"no sampling ``{GIVE}"),
        ("often", f"no sampling `often`{GIVE}"),
        ("nan", f"no sampling `nan`{GIVE}"),
        ("rato:0.1", "no sampling `rato`; did you mean `ratio`?"),
        ("Always", "no sampling `Always`; did you mean `always`?"),
        ("slower_than:500", "no sampling `slower_than`; did you mean `slower-than`?"),
        ("500ms", "no sampling `500ms`; did you mean `slower-than:500ms`?"),
        ("always:1", "sampling `always:1`: `always` takes no value"),
        ("2", f"sampling `2`: {FROM_0_TO_1}"),
        ("-0.1", f"sampling `-0.1`: {FROM_0_TO_1}"),
        ("1e999", f"sampling `1e999`: {FROM_0_TO_1}"),
        ("10%", f"sampling `10%`: {FROM_0_TO_1}; did you mean `0.1`?"),
        ("ratio:150 %", f"sampling `ratio:150 %`: {FROM_0_TO_1}"),
        ("ratio", f"sampling `ratio`: {FROM_0_TO_1}, such as `0.1`"),
        ("ratio:nan", f"sampling `ratio:nan`: {FROM_0_TO_1}, such as `0.1`"),
        ("ratio:0.1x", f"sampling `ratio:0.1x`: {FROM_0_TO_1}, such as `0.1`"),
        ("slower-than", f"sampling `slower-than`: {A_TIME}"),
        ("slower-than:fast", f"sampling `slower-than:fast`: {A_TIME}"),
        ("slower-than:5mss", "sampling `slower-than:5mss`: no unit `mss`; did you mean `ms`?"),
        ("slower-than:5 hours", "sampling `slower-than:5 hours`: no unit `hours`; there are ms and s"),
        ("slower-than:-1", f"sampling `slower-than:-1`: {A_DAY}"),
        ("slower-than:86401s", f"sampling `slower-than:86401s`: {A_DAY}"),
        ("slower-than:500,0.1", f"sampling `slower-than:500,0.1`: {A_COMMA}"),
        ("0.1,0.2", f"sampling `0.1,0.2`: {A_COMMA}"),
        ("0.1,slower-than:5,slower-than:6", f"sampling `0.1,slower-than:5,slower-than:6`: {A_COMMA}"),
        ("a\nb", f"no sampling `a\N{REPLACEMENT CHARACTER}b`{GIVE}"),
        ("x" * 50, f"no sampling `{'x' * 39}…`{GIVE}"),
    ],
)
def test_what_is_typed_wrong_is_said_in_one_line(text: str, says: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_sampling(text)
    assert str(error.value) == says


@given(
    st.text(max_size=30)
    | st.lists(
        st.sampled_from(["ratio", "slower-than", "always", ":", ",", "0.1", "-", "500", "ms", "s", "%", " "]),
        max_size=8,
    ).map("".join)
)
def test_any_text_gives_a_policy_or_one_readable_line(text: str) -> None:
    try:
        policy, said = parse_sampling(text), "-"
    except UsageError as error:
        policy, said = Always(), str(error)
    assert said.isprintable()
    assert len(said) < 160
    assert msgspec.convert(msgspec.to_builtins(policy), Sampling) == policy


TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def test_traceparent_is_the_header_of_the_standard() -> None:
    assert traceparent(TRACE, SPAN, True) == f"00-{TRACE}-{SPAN}-01"
    assert traceparent(TRACE, SPAN, False) == f"00-{TRACE}-{SPAN}-00"


@given(IDS, SPAN_IDS, st.booleans())
def test_traceparent_comes_back(trace: str, span: str, sampled: bool) -> None:
    assert parse_traceparent(traceparent(trace, span, sampled)) == TraceParent(trace, span, sampled)


@given(st.integers(0, 2**63), st.integers(0, 2**64 - 1), st.integers(0, 1000))
def test_a_run_s_own_ids_make_a_traceparent_and_every_service_decides_alike(
    seed: int, owner: int, index: int
) -> None:
    trace = trace_id(seed, owner)
    sampled = keeps_at_start(Ratio(0.5), trace)
    told = parse_traceparent(traceparent(trace, span_id(trace, index), sampled))
    assert told.sampled is keeps_at_start(Ratio(0.5), told.trace_id)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"00-{TRACE}-{SPAN}-03", True),  # its second bit says that the id is random
        (f"00-{TRACE}-{SPAN}-fe", False),
        (f"01-{TRACE}-{SPAN}-01-what-comes", True),
        (f"cc-{TRACE}-{SPAN}-01", True),
    ],
)
def test_other_flags_and_later_versions_are_read_as_far_as_they_are_known(text: str, told: bool) -> None:
    assert parse_traceparent(text) == TraceParent(TRACE, SPAN, told)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "version ``: it takes 2 digits of lower-case hex"),
        ("00", "version 00 has 4 parts between dashes, not 1"),
        (f"00-{TRACE}-{SPAN}", "version 00 has 4 parts between dashes, not 3"),
        (f"00-{TRACE}-{SPAN}-01-more", "version 00 has 4 parts between dashes, not 5"),
        (f"ff-{TRACE}-{SPAN}-01", "version `ff` does not exist"),
        (f"0-{TRACE}-{SPAN}-01", "version `0`: it takes 2 digits of lower-case hex"),
        (
            f"00-{TRACE.upper()}-{SPAN}-01",
            f"trace id `{TRACE.upper()}`: it takes 32 digits of lower-case hex",
        ),
        (f"00-{TRACE[1:]}-{SPAN}-01", f"trace id `{TRACE[1:]}`: it takes 32 digits of lower-case hex"),
        (f"00-{TRACE}-{SPAN}0-01", f"span id `{SPAN}0`: it takes 16 digits of lower-case hex"),
        (f"00-{TRACE}-{'x' * 16}-01", f"span id `{'x' * 16}`: it takes 16 digits of lower-case hex"),
        (f"00-{'0' * 32}-{SPAN}-01", "a trace id of zeros alone names nothing"),
        (f"00-{TRACE}-{'0' * 16}-01", "a span id of zeros alone names nothing"),
        (f"00-{TRACE}-{SPAN}-1", "flags `1`: it takes 2 digits of lower-case hex"),
        (
            f"00-{TRACE}-{SPAN}-01\n",
            "flags `01\N{REPLACEMENT CHARACTER}`: it takes 2 digits of lower-case hex",
        ),
        (f" 00-{TRACE}-{SPAN}-01", "version ` 00`: it takes 2 digits of lower-case hex"),
    ],
)
def test_a_wrong_traceparent_is_refused_with_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011 - its whole text is compared
        parse_traceparent(text)
    assert str(error.value) == says


@pytest.mark.parametrize(
    ("trace", "span", "says"),
    [
        ("0" * 32, SPAN, "a trace id of zeros alone"),
        (TRACE, "0" * 16, "a span id of zeros alone"),
        (TRACE[:31], SPAN, "trace id"),
        (f"{TRACE}-{SPAN}", SPAN, "4 parts"),
    ],
)
def test_no_wrong_traceparent_is_sent(trace: str, span: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        traceparent(trace, span, True)
