"""Marks: what they measure, whose child each is, and how they end when something else does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.system.recorder import ERROR_FLAG, LEFT_OPEN_FLAG, MOST_NAMES, OTHER, Recorder

if TYPE_CHECKING:
    from tests.unit.conftest import Bench

OK = "return {'statusCode': 200}"


def marks(bench: Bench, number: int = 0) -> list[tuple[str, str, float, int]]:
    """Of an invocation: (name, the parent's name, length, flags) in the order of opening."""
    data = bench.data
    mine = data.spans["invocation"] == number
    table = {name: column[mine] for name, column in data.spans.items()}
    names = [data.names[i] for i in table["name"]]
    return [
        (
            names[i],
            names[above] if (above := int(table["parent"][i])) >= 0 else "",
            round(float(b - a), 9),
            int(flags),
        )
        for i, (a, b, flags) in enumerate(zip(table["start_s"], table["end_s"], table["flags"], strict=True))
    ]


def test_a_mark_measures_what_is_waited_for_inside_it(bench: Bench) -> None:
    bench.ride("""
        with context.mark('outer'):
            await asyncio.sleep(1)
            with context.mark('inner'):
                await asyncio.sleep(0.5)
        with context.mark('after'):
            pass
        return {'statusCode': 200}
    """).ask()
    assert marks(bench) == [("outer", "", 1.5, 0), ("inner", "outer", 0.5, 0), ("after", "", 0.0, 0)]
    assert bench.data.invocations["marks"].tolist() == [3]


def test_start_and_end_are_a_mark_too(bench: Bench) -> None:
    bench.ride("""
        context.mark.start('outer')
        with context.mark('inner'):
            await asyncio.sleep(0.5)
        await asyncio.sleep(1)
        context.mark.end('outer')
        return {'statusCode': 200}
    """).ask()
    assert marks(bench) == [("outer", "", 1.5, 0), ("inner", "outer", 0.5, 0)]


def test_a_mark_measures_computing_too(bench: Bench) -> None:
    bench.ride("with context.mark('compute'):\n    context.work(128)\n" + OK).ask()
    assert marks(bench) == [("compute", "", 1.769, 0)]


def test_a_mark_s_own_cost_lies_half_before_it_and_half_after(real: Bench) -> None:
    real.ride("with context.mark('empty'):\n    pass\n" + OK).ask()
    [(_, _, length, _)] = marks(real)
    assert length == 0.0
    started = float(real.data.invocations["start_s"][0])
    assert float(real.data.spans["start_s"][0]) - started == pytest.approx(4e-6 * 1769 / 128)
    assert real.data.invocations["cpu_s"] == pytest.approx([8e-6])


def test_parents_belong_to_the_process_not_to_a_stack(bench: Bench) -> None:
    bench.ride("""
        async def work(name, seconds):
            with context.mark(name):
                await asyncio.sleep(seconds)
                with context.mark(name + ' inner'):
                    await asyncio.sleep(seconds)

        with context.mark('both'):
            await asyncio.gather(work('a', 1), work('b', 2))
        return {'statusCode': 200}
    """).ask()
    assert marks(bench) == [
        ("both", "", 4.0, 0),
        ("a", "both", 2.0, 0),
        ("b", "both", 4.0, 0),
        ("a inner", "a", 1.0, 0),
        ("b inner", "b", 2.0, 0),
    ]


def test_marks_of_one_name_are_told_apart(bench: Bench) -> None:
    bench.ride("""
        with context.mark('x'):
            context.mark.start('x')
            await asyncio.sleep(1)
        await asyncio.sleep(1)
        context.mark.end('x')
        return {'statusCode': 200}
    """).ask()
    assert marks(bench) == [("x", "", 1.0, 0), ("x", "x", 2.0, 0)]


def test_an_end_closes_the_mark_of_its_own_process_first(bench: Bench) -> None:
    bench.ride("""
        async def work(seconds):
            context.mark.start('x')
            await asyncio.sleep(seconds)
            context.mark.end('x')

        await asyncio.gather(work(3), work(1))
        return {'statusCode': 200}
    """).ask()
    assert marks(bench) == [("x", "", 3.0, 0), ("x", "", 1.0, 0)]


def test_an_exception_flags_the_marks_it_passes(bench: Bench) -> None:
    bench.ride("""
        with context.mark('outer'):
            try:
                with context.mark('inner'):
                    raise ValueError
            except ValueError:
                pass
        with context.mark('last'):
            raise KeyError
    """).ask()
    assert marks(bench) == [
        ("outer", "", 0.0, 0),
        ("inner", "outer", 0.0, ERROR_FLAG),
        ("last", "", 0.0, ERROR_FLAG),
    ]


def test_a_mark_left_open_is_cut_off_at_the_end_and_said(bench: Bench) -> None:
    bench.ride("context.mark.start('open')\nawait asyncio.sleep(2)\n" + OK).ask()
    assert marks(bench) == [("open", "", 2.0, LEFT_OPEN_FLAG)]
    assert bench.log() == ["mark 'open' was never closed: it is cut off at the end of the invocation"]


def test_a_timeout_of_the_function_cuts_off_the_mark_it_fell_into(bench: Bench) -> None:
    bench.settings("request-ride", timeout_s=1.5)
    bench.ride("context.mark.start('a')\nwith context.mark('b'):\n    await asyncio.sleep(9)").ask()
    assert marks(bench) == [("a", "", 1.5, LEFT_OPEN_FLAG), ("b", "a", 1.5, ERROR_FLAG)]


def test_an_end_without_its_start_is_noted_and_changes_nothing(bench: Bench) -> None:
    bench.ride("context.mark.end('never')\n" + OK)
    assert bench.ask().status == 200
    assert marks(bench) == []
    assert bench.log() == ["mark.end('never') without a mark.start('never') before it"]


def test_a_mark_s_name_is_text_whatever_is_given(bench: Bench) -> None:
    bench.ride("for name in (7, None, ('a', 1), ['x']):\n    with context.mark(name):\n        pass\n" + OK)
    assert bench.ask().status == 200
    assert [name for name, *_ in marks(bench)] == ["7", "None", "('a', 1)", "['x']"]


def test_marks_that_are_not_kept_cost_and_leave_nothing(real: Bench) -> None:
    real.lab.sample(0.0)
    real.ride("with context.mark('a'):\n    context.mark.start('b')\ncontext.mark.end('c')\n" + OK).ask()
    assert len(real.data.frozen_spans) == 0
    assert real.data.invocations["marks"].tolist() == [2]
    assert real.data.invocations["cpu_s"] == pytest.approx([4 * 1e-6])


def test_many_marks_in_one_invocation_keep_their_parents(bench: Bench) -> None:
    bench.ride("""
        for i in range(20_000):
            with context.mark('outer'):
                with context.mark('inner'):
                    pass
        return {'statusCode': 200}
    """).ask()
    parents = bench.data.spans["parent"]
    assert bench.data.invocations["marks"].tolist() == [40_000]
    assert (parents[0::2] == -1).all()
    assert parents[1::2].tolist() == list(range(0, 40_000, 2))


def test_when_names_run_out_the_rest_share_one() -> None:
    recorder = Recorder(("f",))
    for i in range(MOST_NAMES + 10):
        last = recorder.name(f"name {i}")
    assert last == MOST_NAMES
    assert tuple(recorder.names)[last] == OTHER
    assert recorder.name("name 5") == 6


def test_a_call_remembers_the_mark_it_was_made_in(bench: Bench) -> None:
    bench.ride("""
        url = PROMO
        async def first():
            with context.mark('a'):
                await context.http.get(url)
        async def second():
            with context.mark('b'):
                await asyncio.sleep(0.001)
                await context.http.get(url)
        await asyncio.gather(first(), second())
        await context.http.get(url)
        return {'statusCode': 200}
    """).ask()
    data = bench.data
    assert data.of_service("promo-discount")["mark"].tolist() == [0, 1, -1]
