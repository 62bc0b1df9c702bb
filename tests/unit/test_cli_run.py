"""`ridelab run` keeps its contract: formats, the same bytes anywhere, exit codes, and one line for bad input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from simulator import Lab, load_plan, load_scenario
from simulator.report import artillery1, artillery2
from simulator.scenario import SCENARIOS
from tui.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable

PLAN = """\
config:
  target: https://api.wildrydes.example/prod
  phases:
    - duration: 5
      arrivalRate: 2
  defaults:
    headers:
      Authorization: eyJraWQiOiJyaWRlbGFiIn0.d2lsZC1yeWRlcw.unicorn
scenarios:
  - flow:
      - post: {url: /ride, json: {PickupLocation: here}}
"""

Run = "Callable[..., tuple[int, str, str]]"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run the command in this process; gives its exit code and what it wrote to both outputs."""

    def command(*arguments: object) -> tuple[int, str, str]:
        try:
            code = main(["run", *map(str, arguments)])
        except SystemExit as stop:
            code = int(stop.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.yml"
    path.write_text(PLAN, encoding="utf-8")
    return path


# formats


def test_the_report_of_2018_is_printed_to_the_letter(run: Run) -> None:
    lab = Lab(load_scenario("module-4"))
    assert run("--format", "artillery1") == (0, lab.finish(lab.load()).report(), "")


def test_the_report_of_today_is_printed(run: Run) -> None:
    lab = Lab(load_scenario("module-4"))
    data = lab.finish(lab.load(seed=3)).data()
    assert run("--format", "artillery2", "--seed", 3) == (0, artillery2(data.traffic()), "")


def test_json_is_one_object_a_line_in_the_contract_s_form(run: Run) -> None:
    code, out, _ = run("--format", "json", "--seed", 1)
    [line] = out.splitlines()
    found = json.loads(line)
    assert code == 0
    assert list(found) == [
        "scenario", "seed", "versions", "requests", "latency_ms", "codes", "start", "cold_starts", "alerts"
    ]  # fmt: skip
    assert found["scenario"] == "module-4"
    assert found["versions"] == {"request-ride": "launch", "promo-discount": "launch"}
    assert (found["requests"], found["seed"], found["start"]) == (60, 1, "cold")
    assert list(found["latency_ms"]) == ["min", "max", "mean", "median", "p95", "p99"]
    assert sum(found["codes"].values()) == 60
    assert set(found["cold_starts"]) == {"request-ride", "promo-discount"}
    assert [list(alert) for alert in found["alerts"]] == [["rule", "at_s", "matching"]]
    assert all(round(value, 3) == value for value in found["latency_ms"].values())


def test_latencies_come_in_the_order_of_sending(run: Run) -> None:
    lab = Lab(load_scenario("module-4"))
    data = lab.finish(lab.load()).data()
    found = json.loads(run("--format", "json", "--latencies")[1])["latencies_ms"]
    assert found == [round(float(value) * 1000, 3) for value in data.requests["latency_s"]]
    assert max(found) == json.loads(run("--format", "json")[1])["latency_ms"]["max"]


def test_the_first_rides_of_seed_1_are_what_they_have_always_been(run: Run) -> None:
    """Written down once: a change here changes every stored run and every proof."""
    found = json.loads(run("--format", "json", "--latencies")[1])["latencies_ms"]
    assert found[:6] == [4046.847, 2603.337, 2863.45, 2734.673, 377.791, 545.873]


def test_where_there_is_no_number_json_has_null(run: Run, plan: Path) -> None:
    plan.write_text(PLAN.replace("arrivalRate: 2", "arrivalCount: 0"), encoding="utf-8")
    found = json.loads(run("--load", plan, "--format", "json")[1])
    assert set(found["latency_ms"].values()) == {None}
    assert (found["requests"], found["codes"], found["alerts"]) == (0, {}, [])


def test_a_client_that_gave_up_is_an_error_and_a_null(run: Run, plan: Path) -> None:
    plan.write_text(PLAN.replace("scenarios:", "  http: {timeout: 0.5}\nscenarios:"), encoding="utf-8")
    found = json.loads(run("--load", plan, "--format", "json", "--latencies")[1])
    assert found["errors"]["ETIMEDOUT"] == found["latencies_ms"].count(None) > 0


def test_the_summary_says_what_can_be_said(run: Run) -> None:
    code, out, err = run("--seed", 1)
    assert (code, err) == (0, "")
    assert "module-4: request-ride@launch, promo-discount@launch" in out
    assert "seed 1, start cold, artillery-slowness.yml: 60 requests in" in out
    [p99] = [line for line in out.splitlines() if line.startswith("  p99  ")]
    assert p99.split() == ["p99", "cannot", "tell", "cannot", "tell"]
    assert "p99 needs 299 requests" in out
    assert "all   no cold start" in out
    assert "duration-gt-1000 at 60 s" in out


def test_repeat_runs_the_seeds_that_follow(run: Run) -> None:
    lines = run("--seed", 5, "--repeat", 3, "--format", "json")[1].splitlines()
    assert [json.loads(line)["seed"] for line in lines] == [5, 6, 7]
    assert lines[2] + "\n" == run("--seed", 7, "--format", "json")[1]


# options


def test_deploy_fault_warm_sampling_and_monitoring_do_what_they_say(run: Run, plan: Path) -> None:
    def found(*options: object) -> dict[str, object]:
        result: dict[str, object] = json.loads(run("--load", plan, "--format", "json", *options)[1])
        return result

    assert found("--deploy", "request-ride@plain", "--deploy", "promo-discount@fixed")["versions"] == {
        "request-ride": "plain", "promo-discount": "fixed"
    }  # fmt: skip
    assert found("--fault", "error-rate:service=request-ride,share=1")["codes"] == {"502": 10}
    assert found("--warm", 9)["start"] == "warm 9"
    assert found("--warm", 9)["cold_starts"] == {"request-ride": 0, "promo-discount": 0}
    assert found("--fault", "sporadic-delay:share=1", "--no-monitoring")["alerts"] == []
    assert found("--fault", "sporadic-delay:share=1")["alerts"] != []


def test_traces_are_written_one_document_a_line(run: Run, plan: Path, tmp_path: Path) -> None:
    file = tmp_path / "traces.json"
    assert run("--load", plan, "--traces", file, "--deploy", "request-ride@traced", "--repeat", 2)[0] == 0
    lines = file.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 20
    assert all(json.loads(line)["resourceSpans"] for line in lines)
    run("--load", plan, "--traces", file, "--sampling", 0)
    assert file.read_bytes() == b""


def test_a_plan_of_the_package_is_found_by_its_name_and_a_file_before_it(
    run: Run, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plan.rename(tmp_path / "artillery-slowness.yml")
    assert json.loads(run("--format", "json")[1])["requests"] == 60
    assert json.loads(run("--format", "json", "--load", "artillery-slowness.yml")[1])["requests"] == 10
    (tmp_path / "artillery-slowness.yml").unlink()
    assert json.loads(run("--format", "json", "--load", "artillery-slowness.yml")[1])["requests"] == 60


def test_a_threshold_that_is_missed_is_named_and_ends_with_1(run: Run, plan: Path) -> None:
    ensure = "  ensure: {p95: 100, max: 1000000, maxErrorRate: 0}\nscenarios:"
    plan.write_text(PLAN.replace("scenarios:", ensure), encoding="utf-8")
    code, out, err = run("--load", plan, "--format", "json", "--seed", 4)
    assert code == 1
    assert json.loads(out)["seed"] == 4
    [line] = err.splitlines()
    assert line.startswith("ridelab: seed 4: p95: ")
    assert line.endswith(" ms, at most 100 ms is allowed")
    plan.write_text(PLAN.replace("scenarios:", ensure.replace("p95: 100", "p95: 100000")), encoding="utf-8")
    assert run("--load", plan, "--format", "json")[0] == 0


def test_virtual_users_without_an_answer_count_against_max_error_rate(run: Run, plan: Path) -> None:
    text = PLAN.replace("scenarios:", "  http: {timeout: 0.2}\n  ensure: {maxErrorRate: 50}\nscenarios:")
    plan.write_text(text, encoding="utf-8")
    code, _, err = run("--load", plan)
    assert code == 1
    assert "maxErrorRate: 100.0 % of virtual users failed, at most 50 % may" in err


# the same bytes anywhere


@pytest.mark.parametrize("form", ["json", "artillery1", "artillery2", "summary"])
def test_the_same_bytes_in_any_process_under_any_locale_hash_seed_and_time_zone(
    form: str, tmp_path: Path, plan: Path
) -> None:
    text = (SCENARIOS / "module-4.yaml").read_text(encoding="utf-8")
    scenario = tmp_path / "mine.yaml"
    scenario.write_text(text.replace("name: module-4", "name: modulé-4"), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "tui.cli",
        "run",
        str(scenario),
        "--load",
        str(plan),
        "--traces",
        "traces.json",
    ]
    command += [] if form == "summary" else ["--format", form]
    found = []
    for i, machine in enumerate(
        (
            {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "UTC", "PYTHONIOENCODING": "ascii"},
            {"PYTHONHASHSEED": "2", "LC_ALL": "de_DE.ISO-8859-1", "TZ": "Asia/Tokyo", "PYTHONUTF8": "0"},
        )
    ):
        folder = tmp_path / str(i)
        folder.mkdir()
        path = str(Path(__file__).resolve().parents[2])
        ended = subprocess.run(
            command,
            cwd=folder,
            env=os.environ | machine | {"PYTHONPATH": path},
            capture_output=True,
            check=True,
        )
        found.append((ended.stdout, ended.stderr, (folder / "traces.json").read_bytes()))
    assert found[0] == found[1]
    assert found[0][0].decode("utf-8")
    assert found[0][1] == b""


# bad input


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["module-5"], "ridelab: no scenario `module-5`; did you mean `module-4`? (or give a YAML file)"),
        (["none.yaml"], "ridelab: none.yaml:1:1: there is no such file"),
        (
            ["--deploy", "request-ride@lunch"],
            "ridelab: no version `request-ride@lunch`; did you mean `request-ride@launch`?",
        ),
        (
            ["--deploy", "launch"],
            "ridelab: `launch` is no version: write SERVICE@VERSION; there are promo-discount@fixed",
        ),
        (["--fault", "error-rates"], "ridelab: no fault `error-rates`; did you mean `error-rate`?"),
        (
            ["--fault", "error-rate:shar=1"],
            "ridelab: fault `error-rate` has no `shar`; did you mean `share`?",
        ),
        (
            ["--fault", "error-rate:share=2"],
            "ridelab: fault `error-rate`: `share=2`: give at most 1",
        ),
        (["--fault", "error-rate:service=promo"], "ridelab: no function `promo`"),
        (["--load", "zz.yml"], "ridelab: no load plan `zz.yml`: give a YAML file that exists"),
        (["--sampling", "1.5"], "ridelab: sampling `1.5`: a share is a number from 0 to 1"),
        (["--sampling", "nan"], "ridelab: no sampling `nan`"),
        (
            ["--sampling", "half"],
            "ridelab: no sampling `half`",
        ),
        (["--seed", "-1"], "ridelab: argument --seed: "),
        (
            ["--seed", "x"],
            "ridelab: argument --seed: `x` is no whole number of 0 or more (see `ridelab run --help`)",
        ),
        (["--repeat", "0"], "ridelab: argument --repeat: `0` is no whole number of 1 or more"),
        (["--warm", "many"], "ridelab: argument --warm: `many` is no whole number of 0 or more"),
        (["--format", "jsno"], "ridelab: "),
        (["--latencies"], "ridelab: --latencies needs --format json"),
        (["--traces", "/"], "ridelab: /: cannot write traces: is a directory"),
        (
            ["--traces", "no/such/folder/t.json"],
            "ridelab: no/such/folder/t.json: cannot write traces: no such file",
        ),
        (["--bogus"], "ridelab: unrecognized arguments: --bogus"),
    ],
)
def test_bad_input_is_one_readable_line_and_2(run: Run, arguments: list[str], said: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert err.startswith(said)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("arrivalRate", "arrivalrate", ":5:7: unknown key `arrivalrate`; did you mean `arrivalRate`?"),
        ("arrivalRate: 2", "arrivalRate: fast", ":5:20: expected a number"),
        ("arrivalRate: 2", "arrivalRate: -2", ":5:20: expected a number"),
        ("duration: 5", "duration: 5 bananas", ":4:17: `5 bananas` is no duration"),
        (
            "  defaults:",
            "  payload: {path: none.csv, fields: [a]}\n  defaults:",
            ":6:19: payload file `none.csv` cannot be read: ",
        ),
        ("scenarios:", "scenarios: {", ""),
    ],
)
def test_a_wrong_plan_is_named_with_its_line(run: Run, plan: Path, old: str, new: str, said: str) -> None:
    plan.write_text(PLAN.replace(old, new, 1), encoding="utf-8")
    code, out, err = run("--load", plan)
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    lines = err.splitlines()
    assert all(line.startswith(f"ridelab: {plan}:") for line in lines)
    assert any(said in line for line in lines)


def test_a_plan_that_aims_elsewhere_is_refused_before_anything_is_written(
    run: Run, plan: Path, tmp_path: Path
) -> None:
    plan.write_text(PLAN.replace("api.wildrydes", "prod.wildrydes"), encoding="utf-8")
    code, out, err = run("--load", plan, "--traces", tmp_path / "t.json")
    assert (code, out) == (2, "")
    assert err == (
        "ridelab: plan.yml: target `https://prod.wildrydes.example/prod` is not in the lab: "
        "it knows https://api.wildrydes.example/prod alone\n"
    )
    assert not (tmp_path / "t.json").exists()


def test_several_errors_of_one_file_are_several_lines(run: Run, plan: Path) -> None:
    plan.write_text(
        PLAN.replace("duration: 5", "duration: x").replace("url: /ride", "url: ride"), encoding="utf-8"
    )
    code, _, err = run("--load", plan)
    assert code == 2
    assert [line.split(": ")[1].rsplit(":", 2)[1] for line in err.splitlines()] == ["4", "11"]


def test_a_fault_of_our_own_is_70_and_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("simulator.run.Run.stretch", broken)
    code, out, err = run()
    assert (code, out) == (70, "")
    assert err.splitlines()[-1] == "ridelab: our own fault (ZeroDivisionError); please report the lines above"


def test_the_default_plan_is_the_module_s() -> None:
    assert load_plan("artillery-slowness.yml").phases[0].duration_s == 60.0
    assert artillery1 is not artillery2
