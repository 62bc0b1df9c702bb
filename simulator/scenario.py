"""Scenarios from YAML: a built-in name or a file. Every error names file:line:column."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from simulator.deploying import read_version
from simulator.document import DocumentError, Problem, read
from simulator.errors import UsageError, nearest
from simulator.load import plan_names
from simulator.settings import Scenario
from simulator.system.gateway import local_path

if TYPE_CHECKING:
    from simulator.document import Document

SCENARIOS = Path(__file__).parent / "scenarios"


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
    document = read(file, Scenario, name=shown)
    problems = _problems(document, file.parent)
    if problems:
        raise DocumentError(sorted(problems, key=lambda problem: (problem.line, problem.column)))
    scenario = document.value
    if scenario.plan is not None and scenario.plan not in plan_names():
        scenario = msgspec.structs.replace(scenario, plan=str(file.parent / scenario.plan))
    return scenario


def _problems(document: Document[Scenario], folder: Path) -> list[Problem]:
    """Find what is well typed and makes no sense: an address that is none, names of what does not exist."""
    scenario, found = document.value, []
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
    return found
