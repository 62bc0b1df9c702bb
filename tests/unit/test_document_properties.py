"""The YAML reader: no text breaks it, every problem has a place, and what is written comes back."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from simulator import document_nodes
from simulator.document import DocumentError, parse, read

LOADERS = [getattr(yaml, name) for name in ("SafeLoader", "CSafeLoader") if hasattr(yaml, name)]


class Get(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="get"):
    url: str
    body: Any = None


class Think(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="think"):
    seconds: Annotated[float, Meta(ge=0)]


class Sample(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A little of everything, with a type that holds itself."""

    title: str
    steps: list[Get | Think] = []
    retry_count: Annotated[int, Meta(ge=0)] = 0
    share: float = 1.0
    mode: Literal["uniform", "poisson"] = "uniform"
    warm: bool = False
    limit: int | float | str | None = None
    headers: dict[str, str] = {}
    inner: Sample | None = None

    def __post_init__(self) -> None:
        if self.title == "refused":
            raise ValueError("a title cannot be `refused`")


SAMPLE = """\
# A plan, as somebody would write it.
title: Requests to the unicorns
retryCount: 3
share: 0.25
mode: poisson
warm: true
limit: 5m
headers: {Authorization: "{{ token }}", 'X-Trace': on}
steps:
  - kind: get
    url: /ride
    body:
      PickupLocation: {Latitude: 42.35250862285574, Longitude: -71.05289904884849}
  - kind: think
    seconds: 1.5
inner:
  title: >-
    refusing
    nothing
  limit:
"""

loaders = st.sampled_from(LOADERS)


def read_with(loader: type[yaml.SafeLoader], text: str) -> Sample | DocumentError:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(document_nodes, "LOADER", loader)
        try:
            return parse(text, Sample, name="any.yml").value
        except DocumentError as error:
            return error


def check(text: str, loader: type[yaml.SafeLoader]) -> None:
    """Read the text; whatever is wrong must have a place in it, and be said in one printable line."""
    error = read_with(loader, text)
    if isinstance(error, Sample):
        return
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert error.problems
    for problem in error.problems:
        assert 1 <= problem.line <= len(lines) + 1
        assert problem.column >= 1
        assert str(problem).isprintable()
    places = [(problem.line, problem.column) for problem in error.problems]
    assert places == sorted(places)
    assert len(str(error).splitlines()) == min(len(places), 11)


def test_the_sample_is_fine() -> None:
    for loader in LOADERS:
        assert isinstance(read_with(loader, SAMPLE), Sample)


yaml_marks = st.text(
    st.sampled_from("abtitle0 \t\n\r-:?,[]{}#&*!|>'\"%@`\\~.<=…\0\x85\u2028\ufeff\ud800😀"), max_size=40
)


@given(text=st.one_of(st.text(), yaml_marks), loader=loaders)
def test_any_text_is_read_or_refused_with_a_place(text: str, loader: type[yaml.SafeLoader]) -> None:
    check(text, loader)


@given(data=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_with_a_place(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "any.yml"
        path.write_bytes(data)
        with pytest.raises(DocumentError) as caught:  # 60 bytes at random are never a Sample
            read(path, Sample)
    assert all(problem.line >= 1 and problem.column >= 1 for problem in caught.value.problems)


positions = st.integers(0, len(SAMPLE))
pieces = st.one_of(
    yaml_marks, st.sampled_from(["&a ", "*a", "!!int ", "<<: ", "---\n", "title: x\n", "{{ x }}"])
)


@given(
    changes=st.lists(st.tuples(positions, st.integers(0, 12), pieces), min_size=1, max_size=3), loader=loaders
)
def test_a_damaged_file_is_read_or_refused_with_a_place(
    changes: list[tuple[int, int, str]], loader: type[yaml.SafeLoader]
) -> None:
    text = SAMPLE
    for start, removed, piece in changes:
        text = text[:start] + piece + text[start + removed :]
    check(text, loader)


KEYED = [index for index, line in enumerate(SAMPLE.split("\n")) if ": " in line and line[-1] != "-"]


@given(index=st.sampled_from(KEYED), loader=loaders)
def test_a_key_written_twice_is_refused_at_the_second(index: int, loader: type[yaml.SafeLoader]) -> None:
    lines = SAMPLE.split("\n")
    key = lines[index].strip(" -").split(":")[0]
    indent = len(lines[index]) - len(lines[index].lstrip(" -"))
    lines.insert(index + 1, f"{' ' * indent}{key}: 1")
    error = read_with(loader, "\n".join(lines))
    assert isinstance(error, DocumentError)
    said = f"the key `{key}` is here twice; the first is on line {index + 1}"
    assert (index + 2, indent + 1, said) in [(one.line, one.column, one.what) for one in error.problems]


@given(index=st.sampled_from(KEYED), name=st.from_regex("[a-z]{1,12}", fullmatch=True), loader=loaders)
def test_a_renamed_key_is_read_or_refused_with_a_place(
    index: int, name: str, loader: type[yaml.SafeLoader]
) -> None:
    lines = SAMPLE.split("\n")
    key = lines[index].strip(" -").split(":")[0]
    lines[index] = lines[index].replace(f"{key}:", f"{name}:", 1)
    check("\n".join(lines), loader)


# What is written comes back

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
words = st.one_of(
    texts, st.sampled_from(["no", "null", "~", "", "1:30", "0755", "1e3", ".nan", "<<", "=", "- a"])
)
floats = st.floats(allow_nan=False, allow_infinity=False)
integers = st.integers(-(2**63) + 1, 2**63 - 1)
bodies = st.recursive(
    st.one_of(st.none(), st.booleans(), integers, floats, words),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)),
    max_leaves=8,
)
steps = st.one_of(st.builds(Get, words, bodies), st.builds(Think, floats.map(abs)))


def samples(inner: st.SearchStrategy[Sample | None]) -> st.SearchStrategy[Sample]:
    return st.builds(
        Sample,
        title=words.filter(lambda title: title != "refused"),
        steps=st.lists(steps, max_size=3),
        retry_count=st.integers(0, 2**63 - 1),
        share=floats,
        mode=st.sampled_from(["uniform", "poisson"]),
        warm=st.booleans(),
        limit=st.one_of(st.none(), integers, floats, words),
        headers=st.dictionaries(words, words, max_size=3),
        inner=inner,
    )


class Writer(yaml.SafeDumper):
    """Writes equal parts out each time, and quotes what only YAML 1.2 takes for a number, such as 0E0."""

    def ignore_aliases(self, data: object) -> bool:
        return True

    def represent_str(self, data: str) -> yaml.ScalarNode:
        style = '"' if any(character.isdigit() for character in data) else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


Writer.add_representer(str, Writer.represent_str)


@given(
    sample=samples(st.one_of(st.none(), samples(st.none()))),
    flow=st.sampled_from([True, False, None]),
    loader=loaders,
)
def test_what_is_written_as_yaml_is_read_back_equal(
    sample: Sample, flow: bool | None, loader: type[yaml.SafeLoader]
) -> None:
    text = yaml.dump(msgspec.to_builtins(sample), Dumper=Writer, default_flow_style=flow)
    assert read_with(loader, text) == sample
