"""The glossary: its terms are found by any form, its mistakes by their place, and its figures have a source."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from lessons.glossary import Glossary, Term, load_glossary
from lessons.loader import MODULE_4
from simulator.document import DocumentError
from tui.cli_check import check

if TYPE_CHECKING:
    from pathlib import Path

WORDS = (
    "latency, percentile, p50, median, p95, p99, tail, rank, sample size, confidence interval, bootstrap, A/A test, "
    "invocation, handler, function, container, cold start, warm, concurrency, throttling, gateway, authorizer, 401, "
    "502, 504, load plan, phase, virtual user, arrival rate, open load, closed load, in flight, run, seed, "
    "virtual time, monitoring agent, token, dormant, alert, rule, window, matching, slow group, mark, span, trace, "
    "root, critical path, unmarked time, coverage, sampling, head sampling, tail sampling, traceparent, deploy, "
    "version, rollback, smoke test, fault, timeout, retry, retry storm, hedging, process CPU time, idle share, "
    "duration, client's clock, function's clock, histogram, heatmap, log scale, outlier, coordinated omission, "
    "enriched, explained share, triage, mystery, remedy, mitigation"
)
NAMES_WITH_DIGITS = re.compile(r"\b(?:p50|p95|p99|401|502|504|95 %|99 %)(?!\w)")
SENTENCE = re.compile(r"[.!?](?=\s|$)")


@pytest.fixture(scope="module")
def glossary() -> Glossary:
    return load_glossary(MODULE_4)


def folder_with(tmp_path: Path, text: str) -> Path:
    (tmp_path / "glossary.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("word", WORDS.split(", "))
def test_every_word_of_the_course_is_in_it(glossary: Glossary, word: str) -> None:
    assert glossary.find(word) is not None


@pytest.mark.parametrize("word", ["p95", "P95", "p95s", "  Cold   Start ", "cold starts", "VUs"])
def test_a_term_is_found_by_any_form_in_any_case(glossary: Glossary, word: str) -> None:
    found = glossary.find(word)
    assert found is not None
    assert found.term in {"p95", "cold start", "virtual user"}


def test_what_is_not_a_term_is_not_found(glossary: Glossary) -> None:
    assert glossary.find("unicorn") is None
    assert glossary.find("") is None


def test_terms_stand_from_a_to_z(glossary: Glossary) -> None:
    names = [term.term for term in glossary.terms]
    assert names[:4] == ["401", "502", "504", "A/A test"]
    assert names.index("client's clock") < names.index("closed load") < names.index("cold start")


def test_a_search_finds_names_before_texts(glossary: Glossary) -> None:
    names = [term.term for term in glossary.search("trace")]
    assert names[0] == "trace"
    assert names.index("traceparent") < names.index("head sampling")
    assert glossary.search("   ") == glossary.terms
    assert glossary.search("zzz") == ()


def test_a_definition_is_one_to_three_sentences(glossary: Glossary) -> None:
    for term in glossary.terms:
        sentences = len(SENTENCE.findall(term.text))
        assert 1 <= sentences <= 3, f"{term.term}: {sentences} sentences"
        assert term.text.endswith(".")


def test_a_definition_with_a_figure_names_its_source(glossary: Glossary) -> None:
    for term in glossary.terms:
        rest = NAMES_WITH_DIGITS.sub("", term.text)
        assert not re.search(r"\d", rest) or term.source, f"{term.term}: a figure without a source"


def test_the_figures_of_p95_and_p99_are_those_of_the_lab(glossary: Glossary) -> None:
    from simulator.metrics import needed_samples

    for name, p in (("p95", 0.95), ("p99", 0.99)):
        term = glossary.find(name)
        assert term is not None
        assert str(needed_samples(p)) in term.text
        n = needed_samples(p)
        assert f"{p}^{n} is below 0.05, {p}^{n - 1} is not" in term.source
        assert p**n < 0.05 <= p ** (n - 1)


def test_the_gateway_waits_as_long_as_its_definition_says(glossary: Glossary) -> None:
    from simulator.scenario import load_scenario

    term = glossary.find("gateway")
    assert term is not None
    assert f"{load_scenario('module-4').gateway.timeout_s:g} seconds" in term.text


def test_a_course_without_a_glossary_has_an_empty_one(tmp_path: Path) -> None:
    assert load_glossary(tmp_path).terms == ()


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("terms: []\n", "1:8", "at least 1"),
        ("terms:\n  - {term: a}\n", "2:5", "text"),
        ("terms:\n  - {term: a, text: T., twin: b}\n", "2:25", "twin"),
        ("terms:\n  - {term: a, text: T.}\n  - {term: a, text: U.}\n", "3:12", "two terms `a`"),
        ("terms:\n  - {term: a, text: T.}\n  - {term: b, also: [A], text: U.}\n", "3:22", "stands for `a` already"),
        ("terms:\n  - {term: a, also: [A], text: T.}\n", "2:22", "twice"),
        ("terms:\n  - {term: span, text: T., see: [sapn]}\n", "2:34", "no term `sapn`"),
        ("terms:\n  - {term: a, text: T., see: [A]}\n", "2:31", "this term itself"),
        ("terms:\n  - {term: a, text: T., lesson: 99-none}\n", "2:33", "no lesson `99-none`"),
        ("terms: {a: b\n", "", ""),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, where: str, what: str) -> None:
    with pytest.raises(DocumentError) as told:
        load_glossary(folder_with(tmp_path, text), name="glossary.yaml")
    message = str(told.value)
    assert message.startswith(f"glossary.yaml:{where}")
    assert what in message


def test_several_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = "terms:\n  - {term: a, text: T., see: [x, y]}\n  - {term: a, text: T.}\n"
    with pytest.raises(DocumentError) as told:
        load_glossary(folder_with(tmp_path, text))
    assert [problem.line for problem in told.value.problems] == [2, 2, 3]


def test_ridelab_check_reads_the_glossary_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "course.yaml").write_text(
        "title: T\nsummary: S\nscenario: module-4\n"
        "lessons:\n  - {id: 01-x, title: X, minutes: 1, summary: S}\n",
        encoding="utf-8",
    )
    path = folder_with(tmp_path, "terms:\n  - {term: a, text: T., see: [b]}\n") / "glossary.yaml"
    assert check([path]) == 2
    assert f"{path}:2:31: there is no term `b`" in capsys.readouterr().err
    path.write_text("terms:\n  - {term: a, text: T.}\n", encoding="utf-8")
    assert check([path]) == 0
    assert capsys.readouterr().out == "glossary.yaml: 1 term\n"


def test_forms_are_the_term_and_its_others() -> None:
    assert Term(term="span", also=("spans",), text="T.").forms == ("span", "spans")
