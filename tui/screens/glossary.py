"""The glossary as a part of the help: terms from A to Z, a search, and one definition at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.commands import Command, Commanded, bindings
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from lessons.glossary import Glossary, Term

NONE: Final = "This course has no glossary."
GAP: Final = 2


class TermList(Commanded, PagedList):
    """Terms to choose from, one a line: each with the beginning of its definition, as far as there is room."""

    COMMANDS: ClassVar[tuple[Command, ...]] = (
        Command(
            "cursor_down",
            ("j", "down"),
            "move",
            "Go to the next term.",
            shown="j/k",
            rank=2,
            both="Go to the next term, or to the one before.",
        ),
        Command("cursor_up", ("k", "up"), "up", "Go to the term before."),
        Command(
            "first",
            ("g", "home"),
            "first",
            "Go to the first term.",
            both="Go to the first term, or to the last.",
        ),
        Command("last", ("G", "end"), "last", "Go to the last term."),
    )
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(COMMANDS))

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.terms: tuple[Term, ...] = ()

    def show(self, terms: Sequence[Term]) -> None:
        """Show these terms, the cursor on the first."""
        self.terms = tuple(terms)
        self._write(0)

    @property
    def term(self) -> Term | None:
        """The term under the cursor."""
        at = self.highlighted
        return self.terms[at] if at is not None and at < len(self.terms) else None

    def on_resize(self) -> None:
        """Write the lines anew for another width."""
        self._write(self.highlighted or 0)

    def _write(self, chosen: int) -> None:
        names = max((len(term.term) for term in self.terms), default=0)
        room = self.content_size.width - names - GAP - 2
        self.set_options([Option(_line(term, names, room), id=term.term) for term in self.terms])
        self.highlighted = min(chosen, len(self.terms) - 1) if self.terms else None


def _line(term: Term, names: int, room: int) -> Content:
    text = " ".join(term.text.split())
    if len(text) > room:
        text = text[: max(0, room - 1)].rsplit(" ", 1)[0].rstrip(",;:.") + "…" if room > 8 else ""
    return Content.assemble((f"{term.term:<{names}}", "bold"), " " * GAP, (text, "$text-muted"))


class GlossaryPart(Vertical):
    """A list, and over it the definition that was opened; one can follow what it points at, and come back."""

    def __init__(self, glossary: Glossary, *, error: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._glossary = glossary
        self._error = error
        self._path: list[Term] = []
        self._offered = False

    def compose(self) -> ComposeResult:
        """Put the search above the list; the definition takes the place of both."""
        yield Input(placeholder="a word", id="glossary-search", compact=True)
        yield Static(self._error or NONE, id="glossary-none", markup=False)
        yield TermList(id="terms")
        with VerticalScroll(id="definition"):
            yield Static(id="definition-text")
            yield TermList(id="see")

    def on_mount(self) -> None:
        """Begin with all terms."""
        self.query_one("#terms", TermList).show(self._glossary.terms)
        self._arrange()

    @property
    def opened(self) -> Term | None:
        """The term whose definition is open."""
        return self._path[-1] if self._path else None

    @property
    def narrowed(self) -> bool:
        """Whether the list holds but some of the terms: a `back` brings the others."""
        return self._offered or bool(self.search.value)

    @property
    def search(self) -> Input:
        """Where one types what to look for."""
        return self.query_one("#glossary-search", Input)

    def take_focus(self) -> None:
        """Give the keys to what is shown."""
        if self.opened is None:
            self.query_one("#terms").focus()
        elif self.opened.see:
            self.query_one("#see").focus()
        else:
            self.query_one("#definition").focus()

    def open(self, word: str) -> None:
        """Open a term by any of its forms; one that is not there is searched for."""
        term = self._glossary.find(word)
        if term is None:
            self.search.value = word
            self._arrange()
        elif term is not self.opened:
            self._path.append(term)
            self._arrange()
        self.take_focus()

    def offer(self, words: Sequence[str]) -> None:
        """Put these words before the reader: a single one is opened, several are listed. The rest is a `back` away."""
        found = (self._glossary.find(word) for word in words)
        terms = list({term.term: term for term in found if term is not None}.values())
        if len(terms) == 1:
            self.open(terms[0].term)
        elif terms:
            self._offered = True
            self.query_one("#terms", TermList).show(terms)
            self._arrange()
            self.take_focus()

    def look_for(self) -> None:
        """Begin a search."""
        self._path.clear()
        self._show_all()
        self.search.display = True
        self._arrange()
        self.search.focus()

    def back(self) -> bool:
        """Go back: to the definition before, to the list, out of the search. False where there is no way back."""
        if self._path:
            self._path.pop()
        elif self._offered:
            self._show_all()
        elif self.search.value or self.search.has_focus:
            self.search.value = ""
            self.query_one("#terms").focus()
        else:
            return False
        self._arrange()
        self.take_focus()
        return True

    def _show_all(self) -> None:
        """List all terms again, where only some were offered."""
        if self._offered:
            self._offered = False
            self.query_one("#terms", TermList).show(self._glossary.terms)

    def _arrange(self) -> None:
        term, terms = self.opened, self.query_one("#terms", TermList)
        found = bool(terms.terms)
        self.search.display = term is None and bool(self.search.value or self.search.has_focus)
        terms.display = term is None and found
        self.query_one("#glossary-none").display = term is None and not found
        self.query_one("#definition").display = term is not None
        if term is not None:
            self._show(term)
        self.screen.refresh_bindings()

    def _show(self, term: Term) -> None:
        parts: list[Content | tuple[str, str]] = [(term.term, "bold $primary")]
        if term.also:
            parts.append((f"   also: {', '.join(term.also)}", "$text-muted"))
        parts += [Content("\n\n"), Content(" ".join(term.text.split()))]
        if term.source:
            parts.append((f"\n\nSource: {term.source}.", "$text-muted"))
        if term.lesson is not None:
            parts.append((f"\n\nMore in lesson {_number(term.lesson)}.", "$text-muted"))
        if term.see:
            parts.append(("\n\nSee also", "bold"))
        self.query_one("#definition-text", Static).update(Content.assemble(*parts))
        see = self.query_one("#see", TermList)
        others = [found for word in term.see if (found := self._glossary.find(word)) is not None]
        see.show(others)
        see.display = bool(others)
        self.query_one("#definition").scroll_home(animate=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Leave what the search means."""
        event.stop()
        found = self._glossary.search(event.value)
        self.query_one("#terms", TermList).show(found)
        if self._glossary.terms:
            none = f"No term is like “{event.value}”."
            self.query_one("#glossary-none", Static).update(none)
        self._arrange()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Open the one that was found, or choose among several."""
        event.stop()
        found = self.query_one("#terms", TermList).terms
        if len(found) == 1 or (found and self._glossary.find(event.value) is found[0]):
            self.open(found[0].term)
        elif found:
            self.query_one("#terms").focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open a term."""
        event.stop()
        if event.option.id is not None:
            self.open(event.option.id)


def _number(lesson: str) -> str:
    digits = lesson.partition("-")[0]
    return str(int(digits)) if digits.isdecimal() else lesson
