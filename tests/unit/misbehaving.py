"""Handlers that misbehave, from the first call on or only on the seventh: what a smoke test and a host must contain."""

from __future__ import annotations

from simulator.deploying import Version, read_version

LAUNCH = read_version("request-ride@launch").source
ANCHOR = "    user = _get_user"
OS = "from collections import _sys; _sys.modules['os']"

LOOPS = {
    "endless loop": "while True: pass",
    "endless loop under a bare except": """
        while True:
            try:
                while True: pass
            except:
                pass""",
    "a loop in C": "sum(range(10**11))",
    "a loop that waits for nothing": """
        import asyncio
        while True: await asyncio.sleep(0)""",
}
ENDS = {"ends its process at once": f"{OS}._exit(1)"}
FAILS = {
    "sleeps for a minute": "import time; time.sleep(60)",
    "asks for input": "input()",
    "deep recursion": """
        def again(): again()
        again()""",
    "ends its process": "raise SystemExit(3)",
    "takes two gigabytes": "taken = bytearray(2 * 10**9)",
    "forks": f"{OS}.fork()",
    "forgets to await": "return _record_ride(context, {})",
    "waits for what is not ours": """
        class Foreign:
            def __await__(self): yield object()
        await Foreign()""",
}
HARMLESS = {
    "asyncio's timeout": """
        import asyncio
        async with asyncio.timeout(1.0): await asyncio.sleep(0.01)""",
    "asyncio's gather": """
        import asyncio
        await asyncio.gather(asyncio.sleep(0.01), asyncio.sleep(0.02))""",
    "swallows cancellation": """
        import asyncio
        try:
            async with asyncio.timeout(0.01): await asyncio.sleep(10)
        except BaseException: pass""",
    "writes to descriptor 1": f"{OS}.write(1, b'x' * 100_000)",
}
FLOODS = {"fifty megabytes of output": "print('x' * 50_000_000)"}

EVERY = LOOPS | ENDS | FAILS | HARMLESS | FLOODS


def misbehaving(body: str, *, from_call: int = 1, name: str = "mine") -> Version:
    """Launch, with lines that are reached from a call on; calls are counted over all containers of a process."""
    lines = f"""    import collections
    collections.calls = getattr(collections, 'calls', 0) + 1
    if collections.calls >= {from_call}:
        {body}
"""
    assert ANCHOR in LAUNCH
    return Version("request-ride", name, LAUNCH.replace(ANCHOR, lines + ANCHOR, 1))
