"""Scenarios from YAML: a built-in name or a file. Every error names file:line:column.

A file that says `extends: NAME` has the keys of that built-in scenario, but for those that it gives itself, whole.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET

from simulator.deploying import read_version
from simulator.document import DocumentError, Problem, read
from simulator.errors import UsageError, nearest
from simulator.load import plan_names
from simulator.settings import Scenario, Settings
from simulator.system.gateway import local_path

if TYPE_CHECKING:
    from simulator.document import Document

SCENARIOS = Path(__file__).parent / "scenarios"
_FIELDS = [field for field in msgspec.structs.fields(Scenario) if field.name != "name"]


class _Kind(msgspec.Struct):
    """What tells a scenario of its own from one that extends another; everything else is for a later look."""

    extends: str | None = None


class _Named(Settings, frozen=True):
    extends: str
    name: str


# A scenario of which everything but the name may be missing.
_Extension = msgspec.defstruct(
    "_Extension", [(f.name, f.type, UNSET) for f in _FIELDS], bases=(_Named,), frozen=True, kw_only=True
)


def scenario_names() -> tuple[str, ...]:
    """List the built-in scenarios."""
    return tuple(sorted(p.stem for p in SCENARIOS.glob("*.yaml")))


def load_scenario(name: str | Path) -> Scenario:
    """Read a built-in scenario by name, or a YAML file. Raises DocumentError, UsageError."""
    file, shown = Path(name), str(name)
    if shown in scenario_names():
        file, shown = SCENARIOS / f"{name}.yaml", f"{name}.yaml"
    elif file.suffix not in {".yaml", ".yml"}:
        known = nearest(shown, scenario_names()) or "; there are " + ", ".join(scenario_names())
        raise UsageError(f"no scenario `{name}`{known} (or give a YAML file)")
    extends = read(file, _Kind, name=shown).value.extends
    document: Document[Any] = read(file, Scenario if extends is None else _Extension, name=shown)
    if extends is not None and extends not in scenario_names():
        what = f"no scenario `{extends}`{nearest(extends, scenario_names())}"
        raise DocumentError([document.problem(("extends",), what)])
    scenario = document.value if extends is None else _extended(load_scenario(extends), document.value)
    problems = _problems(document, scenario, file.parent)
    if problems:
        raise DocumentError(sorted(problems, key=lambda problem: (problem.line, problem.column)))
    if scenario.plan is not None and scenario.plan not in plan_names():
        scenario = msgspec.structs.replace(scenario, plan=str(file.parent / scenario.plan))
    return scenario


def _extended(base: Scenario, extension: Any) -> Scenario:
    """Give the base with the keys of the extension in place of its own."""
    given = {f.name: getattr(extension, f.name) for f in _FIELDS}
    changes = {name: value for name, value in given.items() if value is not UNSET}
    return msgspec.structs.replace(base, name=extension.name, **changes)


def _problems(document: Document[Any], scenario: Scenario, folder: Path) -> list[Problem]:
    """Find what is well typed and makes no sense: an address that is none, names of what does not exist."""
    found: list[Problem] = []
    url = scenario.site.url
    if not url.startswith(("http://", "https://")) or local_path(url, url) is None:
        found.append(document.problem(("site", "url"), f"`{url}` is no address: write https://HOST/STAGE"))
    if (
        scenario.plan is not None
        and scenario.plan not in plan_names()
        and not (folder / scenario.plan).is_file()
    ):
        what = f"no load plan `{scenario.plan}`{nearest(scenario.plan, plan_names())}"
        found.append(document.problem(("plan",), what))
    for i, route in enumerate(scenario.gateway.routes):
        if route.function not in scenario.functions:
            what = f"no function `{route.function}`{nearest(route.function, scenario.functions)}"
            found.append(document.problem(("gateway", "routes", i, "function"), what))
    hosts: set[str | None] = set()
    for name, function in scenario.functions.items():
        try:
            read_version(f"{name}@{function.version}")
        except UsageError as error:
            found.append(document.problem(("functions", name, "version"), str(error)))
        if function.host is not None and function.host in hosts:
            found.append(
                document.problem(("functions", name, "host"), f"`{function.host}` has two functions")
            )
        hosts.add(function.host)
    for i, name in enumerate(scenario.monitoring.watches):
        if name not in scenario.functions:
            what = f"no function `{name}`{nearest(name, scenario.functions)}"
            found.append(document.problem(("monitoring", "watches", i), what))
    for i, fault in enumerate(scenario.faults):
        if fault.service not in scenario.functions:
            what = f"no function `{fault.service}`{nearest(fault.service, scenario.functions)}"
            found.append(document.problem(("faults", i, "service"), what))
    return found
