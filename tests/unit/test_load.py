"""Load plans: what is understood of Artillery's YAML, and one line with its place for everything that is not."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from simulator.document import DocumentError
from simulator.errors import RidelabError, UsageError
from simulator.load import Flow, Loop, Phase, Plan, Request, Think, load_plan, plan_names

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WHOLE = """\
config:
  target: "https://{{ host }}/prod"
  phases:
    - {duration: 60, arrivalRate: 1}
    - {duration: 5m, arrivalRate: 1, rampTo: 20.5, name: ramp, maxVusers: 50}
    - {pause: 500ms}
    - {duration: "1.5h", arrivalCount: 10, mode: poisson}
  payload:
    path: users.csv
    fields: [host, token]
    order: sequence
    skipHeader: true
    delimiter: ";"
  variables:
    city: [Boston, "no", 1:30]
    country: US
  defaults:
    headers: {Authorization: "{{ token }}"}
  http: {timeout: 10}
  ensure: {p95: 1000, maxErrorRate: 1}
scenarios:
  - name: rider
    weight: 3
    flow:
      - post:
          url: /ride
          headers: {X-City: "{{ city }}"}
          json: {Where: {City: "{{ city }}", Seats: 2, Pets: no, At: [1.5, null]}}
          capture: {json: $.RideId, as: ride}
      - think: 2
      - loop:
          - get: {url: "/ride/{{ ride }}"}
          - think: 250ms
        count: 3
  - flow:
      - put: {url: /a, body: "{{ country }}"}
      - patch: {url: /a}
      - delete: {url: /a, capture: [{json: "$.a[0].b", as: x}, {json: $.c, as: y}]}
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write(text: str, users: str | None = "host;token\napi.example;t-1\n\napi.example; t-2 \n") -> Path:
        if users is not None:
            (tmp_path / "users.csv").write_text(users, encoding="utf-8")
        path = tmp_path / "plan.yml"
        path.write_text(dedent(text), encoding="utf-8")
        return path

    return write


def test_every_key_is_understood(write: Callable[..., Path]) -> None:
    assert load_plan(write(WHOLE)) == Plan(
        name="plan.yml",
        target="https://{{ host }}/prod",
        phases=(
            Phase(60.0, 1.0),
            Phase(300.0, 1.0, 20.5, name="ramp", max_users=50, written="5m"),
            Phase(0.5, pause=True),
            Phase(5400.0, count=10, mode="poisson", written="1.5h"),
        ),
        flows=(
            Flow(
                (
                    Request(
                        "POST",
                        "/ride",
                        {"X-City": "{{ city }}"},
                        json={"Where": {"City": "{{ city }}", "Seats": 2, "Pets": "no", "At": [1.5, None]}},
                        captures=(("$.RideId", "ride"),),
                    ),
                    Think(2.0),
                    Loop(3, (Request("GET", "/ride/{{ ride }}", {}), Think(0.25))),
                ),
                3.0,
                "rider",
            ),
            Flow(
                (
                    Request("PUT", "/a", {}, body="{{ country }}"),
                    Request("PATCH", "/a", {}),
                    Request("DELETE", "/a", {}, captures=(("$.a[0].b", "x"), ("$.c", "y"))),
                )
            ),
        ),
        headers={"Authorization": "{{ token }}"},
        fields=("host", "token"),
        rows=(("api.example", "t-1"), ("api.example", "t-2")),
        order="sequence",
        variables={"city": ("Boston", "no", "1:30"), "country": ("US",)},
        timeout_s=10.0,
        ensure={"p95": 1000.0, "max_error_rate": 1.0},
    )


def test_the_module_s_own_plan_is_in_the_package_with_its_payload() -> None:
    assert "artillery-slowness.yml" in plan_names()
    plan = load_plan("artillery-slowness.yml")
    assert plan.phases == (Phase(60.0, 1.0),)
    assert plan.fields == ("wild_rydes_site", "wild_rydes_auth")
    assert len(plan.rows) == 1
    assert plan.timeout_s == 120.0


def test_a_name_of_the_package_is_not_overridden_by_a_file_that_lies_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[..., Path]
) -> None:
    write(WHOLE).rename(tmp_path / "artillery-slowness.yml")
    monkeypatch.chdir(tmp_path)
    assert load_plan("artillery-slowness.yml").phases == (Phase(60.0, 1.0),)
    assert len(load_plan(tmp_path / "artillery-slowness.yml").phases) == 4


# what is wrong, with its place

BASE = """\
config:
  target: https://api.example
  phases:
    - {PHASE}
scenarios:
  - flow:
      - {STEP}
"""


def problems(path: Path) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        load_plan(path)
    folder = f"{path.parent}/"
    return [line.removeprefix(folder) for line in str(caught.value).splitlines()]


@pytest.mark.parametrize(
    ("phase", "what"),
    [
        ("arrivalRate: 1", "plan.yml:4:7: a phase needs a `duration` (or is a `pause`)"),
        ("duration: 60", "plan.yml:4:7: a phase needs either `arrivalRate` or `arrivalCount`"),
        ("duration: 1, arrivalRate: 1, arrivalCount: 1", "plan.yml:4:7: a phase needs either"),
        ("duration: 1, arrivalCount: 1, rampTo: 2", "plan.yml:4:46: `rampTo` needs an `arrivalRate`"),
        ("pause: 5, arrivalRate: 1", "plan.yml:4:7: a pause is nothing but a `pause`"),
        ("pause: 5, maxVusers: 1", "plan.yml:4:7: a pause is nothing but a `pause`"),
        (
            "duration: soon, arrivalRate: 1",
            "plan.yml:4:18: `soon` is no duration: write seconds, or text such as 5m",
        ),
        ("duration: -1, arrivalRate: 1", "plan.yml:4:18: `-1` is no duration"),
        ("duration: 1w, arrivalRate: 1", "plan.yml:4:18: `1w` is no duration"),
        ("duration: 31d, arrivalRate: 1", "plan.yml:4:18: `31d` is too long: at most 30d"),
        ("duration: 30d, arrivalRate: 1000", "plan.yml:4:7: more virtual users than the 100,000,000"),
        ("duration: 1, arrivalRate: -1", "plan.yml:4:34: expected a number, from 0"),
        ("duration: 1, arrivalRate: fast", "plan.yml:4:34: expected a number"),
        ("duration: 1, arrivalCount: 1.5", "plan.yml:4:35: expected a whole number"),
        (
            "duration: 1, arrivalRate: 1, maxVusers: 0",
            "plan.yml:4:48: expected a whole number, at least 1",
        ),
        (
            "duration: 1, arrivalrate: 1",
            "plan.yml:4:21: unknown key `arrivalrate`; did you mean `arrivalRate`?",
        ),
        (
            "duration: 1, arrivalRate: 1, mode: random",
            "plan.yml:4:43: expected one of `poisson`, `uniform`, found `random`",
        ),
    ],
)
def test_a_wrong_phase_is_named_with_its_place(write: Callable[..., Path], phase: str, what: str) -> None:
    text = BASE.replace("PHASE", phase).replace("STEP", "think: 1")
    found = problems(write(text))
    assert any(line.startswith(what) for line in found), found


@pytest.mark.parametrize(
    ("step", "what"),
    [
        ("think: 1, count: 2", "plan.yml:7:27: `count` belongs to `loop`"),
        (
            "count: 2",
            "plan.yml:7:9: a step does one thing (get, post, put, patch, delete, think, loop); this one names none",
        ),
        (
            "get: {url: /}, think: 1",
            "plan.yml:7:9: a step does one thing (get, post, put, patch, delete, think, loop); ",
        ),
        ("get: {url: ride}", "plan.yml:7:21: `ride` begins with none of /, http://, https://"),
        ("get: {url: '/{{ id }}'}", "plan.yml:7:21: no variable `id`; none are defined"),
        ("post: {url: /, json: {a: ['{{ id }}']}}", "plan.yml:7:31: no variable `id`"),
        ("post: {url: /, headers: {A: '{{ id }}'}}", "plan.yml:7:38: no variable `id`"),
        ("post: {url: /, body: '{{ id }}'}", "plan.yml:7:31: no variable `id`"),
        ("post: {url: /, json: {}, body: x}", "plan.yml:7:41: a request has `json` or `body`, not both"),
        (
            "get: {url: /, capture: {json: RideId, as: x}}",
            "plan.yml:7:33: `RideId` cannot be captured: write a path such as",
        ),
        ("get: {url: /, capture: {json: $.a}}", "plan.yml:7:33: missing key `as`"),
        ("think: a while", "plan.yml:7:17: `a while` is no duration"),
        ("fetch: {url: /}", "plan.yml:7:10: unknown key `fetch`"),
        ("get: {}", "plan.yml:7:15: missing key `url`"),
    ],
)
def test_a_wrong_step_is_named_with_its_place(write: Callable[..., Path], step: str, what: str) -> None:
    text = BASE.replace("PHASE", "duration: 1, arrivalRate: 1").replace("STEP", step)
    found = problems(write(text))
    assert any(line.startswith(what) for line in found), found


def test_several_errors_are_said_at_once_in_the_order_of_the_file(write: Callable[..., Path]) -> None:
    text = (
        WHOLE.replace("duration: 60, ", "duration: x, ")
        .replace("think: 2\n", "think: y\n")
        .replace("timeout: 10", "timeout: 0")
    )
    found = problems(write(text))
    assert [line.split(": ")[0] for line in found] == ["plan.yml:4:18", "plan.yml:19:19", "plan.yml:30:16"]
    assert "a timeout is longer than 0 seconds" in found[1]


@pytest.mark.parametrize(
    ("users", "what"),
    [
        (
            None,
            "payload file `users.csv` cannot be read: no such file or directory; paths count from the plan's folder",
        ),
        ("", "payload file `users.csv` holds no row"),
        ("host;token\n", "payload file `users.csv` holds no row"),
        ("host;token\na;b\nonly one\n", "payload file `users.csv`, line 3, has 1 fields; `fields` names 2"),
        ('host;token\n"a\nb";c\nshort\n', "payload file `users.csv`, line 4, has 1 fields"),
    ],
)
def test_a_payload_that_cannot_be_used_is_named_with_the_plan_s_line(
    write: Callable[..., Path], users: str | None, what: str
) -> None:
    [line] = problems(write(WHOLE, users))
    assert line.startswith(f"plan.yml:9:11: {what}")


def test_a_payload_that_is_no_text_is_named(write: Callable[..., Path], tmp_path: Path) -> None:
    path = write(WHOLE)
    (tmp_path / "users.csv").write_bytes(b"\xff\xfe\x00")
    assert problems(path) == ["plan.yml:9:11: payload file `users.csv` cannot be read: it is not UTF-8 text"]


def test_a_quoted_field_may_hold_delimiters_and_new_lines(write: Callable[..., Path]) -> None:
    plan = load_plan(write(WHOLE, 'h;t\n"a;b";"c\nd"\n'))
    assert plan.rows == (("a;b", "c\nd"),)


def test_a_variable_that_was_misspelled_is_named_with_the_nearest(write: Callable[..., Path]) -> None:
    [line] = problems(write(WHOLE.replace('X-City: "{{ city }}"', 'X-City: "{{ citty }}"')))
    assert line.endswith("no variable `citty`; did you mean `city`?")


def test_a_variable_without_values_is_refused(write: Callable[..., Path]) -> None:
    [line] = problems(write(WHOLE.replace("country: US", "country: []")))
    assert line == "plan.yml:16:14: variable `country` has no value to choose from"


def test_a_plan_that_does_not_exist_is_named_with_the_nearest() -> None:
    with pytest.raises(
        UsageError, match=r"no load plan `artillery-slownes.yml`; did you mean `artillery-slowness.yml`"
    ):
        load_plan("artillery-slownes.yml")


def test_a_folder_is_no_plan(tmp_path: Path) -> None:
    with pytest.raises(RidelabError, match="this is a directory"):
        load_plan(tmp_path)
