"""Words of the glossary in a lesson: marked ones lead to a term, and watch-words are marked where they first appear."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from lessons.prose import HIDDEN, loose_marks, mentions, prose
from simulator.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lessons.glossary import Glossary
    from lessons.model import Step
    from lessons.reading import Text


class Trouble(NamedTuple):
    """What is wrong, and the piece of the text that it is about."""

    what: str
    start: int
    length: int


def term_problems(text: Text, glossary: Glossary) -> Iterator[Trouble]:
    """Find marks that lead nowhere, are not closed, or stand where they cannot be seen."""
    for mention in mentions(text.text):
        length = mention.end - mention.start
        if not text.prose:
            what = "words of the glossary are not marked here: only in texts, questions and hints"
            yield Trouble(what, mention.start, length)
        elif not mention.words.strip():
            yield Trouble("there are no words in this mark", mention.start, length)
        elif glossary.find(mention.term) is None:
            forms = [form for term in glossary.terms for form in term.forms]
            near = nearest(mention.term, forms) or nearest(mention.term.casefold(), forms)
            what = f"no term `{mention.term}` in the glossary{near or ': add it to glossary.yaml'}"
            yield Trouble(what, mention.start, length)
    for start in loose_marks(text.text):
        what = r"half a mark: write `[[term]]`, or `\[[` for two plain brackets"
        yield Trouble(what, start, 2)


class Reader:
    """Somebody who reads a course from its beginning, and knows a watch-word once it was marked."""

    def __init__(self, glossary: Glossary) -> None:
        self._glossary = glossary
        self.known: set[str] = set()

    @cached_property
    def _watched(self) -> re.Pattern[str] | None:
        forms = [form for term in self._glossary.terms if term.watch for form in term.forms]
        forms.sort(key=len, reverse=True)
        words = "|".join(r"\s+".join(map(re.escape, form.split())) for form in forms)
        return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE) if forms else None

    def introduce(self, text: Text) -> None:
        """Read a text for its marks alone."""
        for mention in mentions(text.text) if text.prose else ():
            if (term := self._glossary.find(mention.term)) is not None:
                self.known.add(term.term)

    def unexplained(self, text: Text) -> Iterator[Trouble]:
        """Read a text; gives each watch-word that is used for the first time and not marked."""
        if not text.prose or self._watched is None:
            return
        marks = list(mentions(text.text))
        plain = prose(text.text)
        for mark in marks:
            plain = plain[: mark.start] + HIDDEN * (mark.end - mark.start) + plain[mark.end :]
        uses = [(found.start(), found.group(), False) for found in self._watched.finditer(plain)]
        uses += [(mark.start, mark.term, True) for mark in marks]
        for start, words, is_marked in sorted(uses):
            term = self._glossary.find(words)
            if term is None or term.term in self.known:
                continue
            self.known.add(term.term)
            if not is_marked:
                word = " ".join(words.split())
                what = f"`{word}` is used for the first time: write `[[{word}]]`"
                yield Trouble(what, start, len(words))


def words_of(step: Step) -> tuple[str, ...]:
    """List the words that a step marks, in the order in which they are read, each once."""
    found = (mention.term for text in _shown(step) for mention in mentions(text))
    return tuple(dict.fromkeys(found))


def _shown(step: Step) -> Iterator[str]:
    yield step.text
    for question in (step.predict, step.question):
        if question is not None:
            yield question.ask
            yield from (choice.text for choice in question.choices)
    yield from (step.do, step.afterwards, *step.hints, *(clause.hint for clause in step.check))
