"""`ridelab run`: one load run, or several seeds of it, headless and in virtual time."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING

from simulator import Lab, load_plan, load_scenario
from simulator.errors import UsageError
from simulator.faults import parse_fault
from simulator.load import DEFAULT_PLAN
from simulator.otlp import documents
from simulator.report import artillery1, artillery2
from simulator.run_summary import as_json, as_text, missed_thresholds
from simulator.sampling import parse_sampling
from simulator.users import check_target

if TYPE_CHECKING:
    import argparse

    from simulator.load import Plan
    from simulator.run_data import RunData
    from simulator.settings import Scenario


def run(options: argparse.Namespace) -> int:
    """Do it; gives the exit code: 1 where a threshold of the plan's `ensure` was missed.

    Raises RidelabError for what is wrong with the options or the files they name.
    """
    if options.latencies and options.format != "json":
        raise UsageError("--latencies needs --format json")
    scenario = load_scenario(options.scenario)
    plan = _plan(options.load, scenario)
    lab = _lab(scenario, options)
    check_target(plan, scenario.site.url)
    if isinstance(sys.stdout, io.TextIOWrapper):  # the same bytes under any locale, on any system
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    traces = _open(options.traces) if options.traces else None
    code = 0
    for number in range(options.repeat):
        data = lab.finish(lab.load(plan, seed=options.seed + number)).data()
        if number and options.format != "json":
            sys.stdout.write("\n")
        sys.stdout.write(_report(data, options))
        if traces is not None:
            _write(traces, data)
        code |= _threshold(data, plan)
    if traces is not None:
        traces.close()
    return code


def _plan(given: str | None, scenario: Scenario) -> Plan:
    """What `--load` names: a file, or one of the package's plans; else the scenario's."""
    if given is None:
        return load_plan(scenario.plan or DEFAULT_PLAN)
    return load_plan(Path(given) if Path(given).exists() else given)


def _lab(scenario: Scenario, options: argparse.Namespace) -> Lab:
    lab = Lab(scenario, seed=options.seed)
    for ref in options.deploy:
        lab.deploy(ref)
    for fault in options.fault:
        lab.inject(parse_fault(fault))
    if options.warm is not None:
        lab.warm(options.warm)
    if options.no_monitoring:
        lab.tokens = {}
    lab.sample(parse_sampling(options.sampling))
    return lab


def _report(data: RunData, options: argparse.Namespace) -> str:
    match options.format:
        case "artillery1":
            return artillery1(data.traffic())
        case "artillery2":
            return artillery2(data.traffic())
        case "json":
            return as_json(data, latencies=options.latencies) + "\n"
        case _:
            return as_text(data)


def _threshold(data: RunData, plan: Plan) -> int:
    missed = missed_thresholds(data, plan.ensure)
    for line in missed:
        print(f"ridelab: seed {data.settings.seed}: {line}", file=sys.stderr)
    return 1 if missed else 0


def _open(path: Path) -> IO[bytes]:
    try:
        return path.open("wb")
    except OSError as error:
        raise UsageError(f"{path}: cannot write traces: {(error.strerror or str(error)).lower()}") from None


def _write(file: IO[bytes], data: RunData) -> None:
    try:
        for document in documents(data):
            file.write(document + b"\n")
        file.flush()
    except OSError as error:
        raise UsageError(
            f"{file.name}: cannot write traces: {(error.strerror or str(error)).lower()}"
        ) from None
