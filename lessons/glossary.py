"""The glossary of a course: its terms from `glossary.yaml`, cross-checked, found by any form they are written in."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Annotated

import msgspec

from lessons.outline import Part, StepId
from simulator.document import DocumentError, read
from simulator.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from simulator.document import Document, Problem

FILE = "glossary.yaml"
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]


class Term(Part, frozen=True, kw_only=True):
    """One term. `also` are its other forms, such as a plural; `see` names other terms, `lesson` where it is met.

    `source` says where a fact in the text was read; it is empty where the text only says what a word means.
    `watch`: a lesson's text must mark it where the course first uses it.
    """

    term: Word
    also: tuple[Word, ...] = ()
    text: Text
    see: tuple[Word, ...] = ()
    lesson: StepId | None = None
    source: str = ""
    watch: bool = False

    @property
    def forms(self) -> tuple[str, ...]:
        """The term and its other forms."""
        return (self.term, *self.also)


class GlossaryFile(Part, frozen=True, kw_only=True):
    """What stands in `glossary.yaml`: the terms, in any order."""

    terms: Annotated[list[Term], msgspec.Meta(min_length=1)]


class Glossary:
    """Terms from A to Z, whatever their case."""

    def __init__(self, terms: tuple[Term, ...] = ()) -> None:
        self.terms = tuple(sorted(terms, key=lambda term: (_letters(term.term), term.term)))

    @cached_property
    def _by_form(self) -> dict[str, Term]:
        return {_plain(form): term for term in self.terms for form in term.forms}

    def find(self, word: str) -> Term | None:
        """Find a term by any of its forms, in upper or lower case; None where there is no such term."""
        return self._by_form.get(_plain(word))

    def search(self, words: str) -> tuple[Term, ...]:
        """List the terms that a search means: those whose form begins with it, then contains it, then whose text does.

        An empty search means all of them.
        """
        wanted = _plain(words)
        if not wanted:
            return self.terms
        ranked = [(rank, term) for term in self.terms if (rank := _rank(term, wanted)) is not None]
        return tuple(term for _, term in sorted(ranked, key=lambda one: one[0]))


def load_glossary(course_folder: Path, *, name: str | None = None) -> Glossary:
    """Read the glossary of a course; one that has none gets an empty one.

    `name` is what errors call the file. Raises DocumentError with everything that is wrong, each at its
    file:line:column: two terms of one form, a `see` that leads nowhere, a lesson that is not there.
    """
    path = course_folder / FILE
    if not path.exists():
        return Glossary()
    document = read(path, GlossaryFile, name=name)
    if problems := sorted(_problems(document, course_folder), key=lambda one: (one.line, one.column)):
        raise DocumentError(problems)
    return Glossary(tuple(document.value.terms))


def _problems(document: Document[GlossaryFile], folder: Path) -> Iterator[Problem]:
    terms = document.value.terms
    known: dict[str, str] = {}
    for i, term in enumerate(terms):
        for j, form in enumerate(term.forms):
            at: tuple[str | int, ...] = ("terms", i, "term") if j == 0 else ("terms", i, "also", j - 1)
            if (other := known.setdefault(_plain(form), term.term)) != term.term:
                yield document.problem(at, f"`{form}` stands for `{other}` already")
            elif _plain(form) in {_plain(earlier) for earlier in term.forms[:j]}:
                yield document.problem(at, f"`{form}` stands here twice")
    named: set[str] = set()
    for i, term in enumerate(terms):
        if term.term in named:
            yield document.problem(("terms", i, "term"), f"there are two terms `{term.term}`")
        named.add(term.term)
        for j, other in enumerate(term.see):
            if _plain(other) not in known:
                near = nearest(_plain(other), known)
                yield document.problem(("terms", i, "see", j), f"there is no term `{other}`{near}")
            elif known[_plain(other)] == term.term:
                yield document.problem(("terms", i, "see", j), f"`{other}` is this term itself")
        if term.lesson is not None and not (folder / term.lesson / "lesson.yaml").exists():
            yield document.problem(("terms", i, "lesson"), f"there is no lesson `{term.lesson}`")


def _plain(word: str) -> str:
    """A form without what does not tell two apart: case, and how many blanks."""
    return " ".join(word.casefold().split())


def _letters(word: str) -> str:
    """What a term is sorted by: its letters and digits."""
    return "".join(letter for letter in word.casefold() if letter.isalnum())


def _rank(term: Term, wanted: str) -> int | None:
    forms = [_plain(form) for form in term.forms]
    if wanted in forms:
        return 0
    if any(form.startswith(wanted) for form in forms):
        return 1
    if any(wanted in form for form in forms):
        return 2
    return 3 if wanted in _plain(term.text) else None
