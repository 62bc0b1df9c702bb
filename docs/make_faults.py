"""Make docs/faults.md, the catalog of faults for readers, from the classes themselves: `python docs/make_faults.py`."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

from msgspec import NODEFAULT
from msgspec import inspect as mi

from simulator.document_types import described
from simulator.faults import CATALOG
from simulator.scenario import load_scenario, scenario_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.fault import Fault

PAGE = Path(__file__).parent / "faults.md"
WIDTH = 120
UNITS = {
    "per_mb": "ms of a whole processor per MB",
    "ms": "milliseconds",
    "s": "seconds",
    "mb": "MB",
    "kb": "KB",
    "units": "writes of 1 KB a second",
}
GROUPS = {
    "fault_function": "A function and its platform",
    "fault_table": "The rides table",
    "fault_way": "The way to another function",
    "fault_container": "A container",
    "fault_fleet": "The fleet's look-up",
    "fault_gateway": "The gateway",
}
PARTS = {"Models": "Models", "Mechanism": "Mechanism", "Trace": "In a trace", "Remedies": "Remedies"}
PARTS |= {
    "Switch": "Switch",
    "Default": "Where the defaults come from",
    "Defaults": "Where the defaults come from",
}
HEAD = """\
# The faults of the lab

<!-- Made by docs/make_faults.py from the classes in simulator/fault_*.py: change those, then run it. -->

A fault is a mechanism that really contends - a queue, a lock, a pool, a container - and never a number added to a
latency. Faults combine, each draws chance of its own, and switching one off restores every byte.

On the command line, once for each fault (`on`, `off` and `none` are words there):

    ridelab run --fault lock-contention:hold_ms=40,stripes=10 --fault cron-job

In a scenario's YAML, where a mistake is named with its line and column (`true`, `false` and `null` are the words):

    extends: module-4
    name: mine
    faults:
      - {fault: lock-contention, hold_ms: 40, stripes: 10}
      - {fault: sporadic-delay, service: promo-discount}

`service` is the function that a fault strikes. Where a table gives it no default, YAML must name it, and the command
line takes `promo-discount`.
"""


def page() -> str:
    """Give the whole page."""
    lines = [HEAD, "## Scenarios that combine them", "", *_scenarios()]
    for module, title in GROUPS.items():
        kinds = {name: kind for name, kind in CATALOG.items() if kind.__module__ == f"simulator.{module}"}
        lines += ["", f"## {title}"]
        for name, kind in kinds.items():
            lines += ["", *_fault(name, kind)]
    return "\n".join(lines) + "\n"


def _scenarios() -> Iterator[str]:
    yield "| `ridelab run NAME` | what it is | its faults |"
    yield "|---|---|---|"
    for name in scenario_names():
        scenario = load_scenario(name)
        if scenario.faults:
            faults = ", ".join(_link(str(fault.__struct_config__.tag)) for fault in scenario.faults)
            yield f"| `{name}` | {scenario.summary} | {faults} |"


def _link(name: str) -> str:
    return f"[{name}](#{name})"


def _fault(name: str, kind: type[Fault]) -> Iterator[str]:
    summary, _, rest = inspect.cleandoc(kind.__doc__ or "").partition("\n")
    yield f"### {name}"
    yield ""
    yield summary
    yield ""
    yield "| parameter | unit | takes | default |"
    yield "|---|---|---|---|"
    info = mi.type_info(kind)
    assert isinstance(info, mi.StructType)
    for field in info.fields:
        default = "" if field.default is NODEFAULT else f"`{_value(field.default)}`"
        takes = "the name of a function" if field.name == "service" else described(field.type)
        yield f"| `{field.encode_name}` | {_unit(field.name)} | {takes} | {default} |"
    for part, text in parts(rest):
        yield ""
        yield fill(f"**{PARTS[part]}:** {text}", WIDTH, break_long_words=False, break_on_hyphens=False)


def parts(text: str) -> list[tuple[str, str]]:
    """Cut a docstring's text into its named parts: ``Models ...`` without a colon, the others with one."""
    text = " ".join(text.split())
    words = "|".join(word for word in PARTS if word != "Models")
    cut = re.split(rf"(?:^|(?<=\s))(?:(Models)\s|({words}):\s)", text)
    assert not cut[0].strip(), f"this stands in no part: {cut[0]}"
    found = [
        (models or word, said.strip())
        for models, word, said in zip(cut[1::3], cut[2::3], cut[3::3], strict=True)
    ]
    return [(part, said[0].upper() + said[1:] if said[0] != "`" else said) for part, said in found]


def _unit(name: str) -> str:
    return next((unit for suffix, unit in UNITS.items() if name.endswith(f"_{suffix}")), "")


def _value(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE}\n")
