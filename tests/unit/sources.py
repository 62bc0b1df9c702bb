"""Handlers made up by hypothesis: every kind of statement, nested, written in every way a file can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

SIMPLE = (
    "ride_{n} = await get_ride(user, {n})",
    "record(price(rider({n})))  # größe",
    "'ä🦄'.join(names_{n}())",
    "x: 'list[int]' = [step(i) for i in range({n})]",
    "answer = call(\n  {n},\n\n# note\n\tother({n}),\n)  # type: ignore",
    "late = \\\n  later({n})",
    "text = f'{{one({n})}} {{two({n})}}'",
    "context.http.post(url, json={{'User': {n}}});",
    "return done({n})",
    "x_{n} = {n}",
    "pass",
)
REFUSED = (
    "one({n}); two({n})",
    "key = lambda ride: cost(ride, {n})",
    "show('''a\n  {n}\n''')",
    "if ready({n}): go({n})",
)
BY_HAND = (
    "context.mark.start('s{n}')",
    "context.mark.end('s{n}')",
    "context.mark.start('t'); early({n}); context.mark.end('t')",
    "with context.mark('u{n}'): early({n})  # short",
)
HEADERS = (
    ("if ready({n}):", "else:"),
    ("for ride in rides({n}):",),
    ("while busy({n}):", "else:"),
    ("try:", "except fault({n}):", "finally:"),
    ("try:", "except* ValueError:"),
    ("with lock({n}) as held:",),
    ("async with asyncio.timeout({n}):",),
    ("def inner_{n}(a, b=made({n})):",),
    ("@cached({n})\nasync def inner_{n}(context):",),
    ("class Kind_{n}:",),
)
MARKED_BY_HAND = (
    ("with context.mark('m{n}'):  # why",),
    ("with lock({n}), context.mark('m{n}'), context.mark('k'):",),
    ("with (\n  context.mark('m{n}'), # one\n  lock({n}),\n):",),
)


@st.composite
def handlers(draw: Callable, *, by_hand: bool = False) -> str:
    """A source that parses: helpers' calls at several depths in one handler; with marks by hand where asked for."""
    unit = draw(st.sampled_from(("    ", "  ", "\t")))
    end = draw(st.sampled_from(("\n", "\r\n")))
    simple = SIMPLE + REFUSED + (BY_HAND if by_hand else ())
    headers = HEADERS + (MARKED_BY_HAND if by_hand else ())
    count = iter(range(1, 10_000))

    def block(level: int) -> list[str]:
        lines = []
        for _ in range(draw(st.integers(1, 4))):
            between = draw(st.sampled_from(("", "", "", "blank", "comment", "deep")))
            if level < 4 and draw(st.integers(0, 2)) == 0:
                n = next(count)
                for header in draw(st.sampled_from(headers)):
                    lines += [unit * level + part for part in header.format(n=n).split("\n")]
                    lines += block(level + 1)
            else:
                text = draw(st.sampled_from(simple)).format(n=next(count))
                lines += (unit * level + text).split("\n")
            if between:
                deeper = level + (2 if between == "deep" else 0)
                lines.append(
                    unit * deeper + "# comment"
                    if between != "blank"
                    else draw(st.sampled_from(("", "\f", "  ")))
                )
        return lines

    lines = ["# made up", "x = made(0)", "async def handler(event, context):", *block(1)]
    return end.join(lines) + draw(st.sampled_from(("", end)))
