"""Markdown as text, drawn by Rich in the theme's colors: three times as quick as Textual's widget for each block.

Words of the glossary, `[[p95]]`, are underlined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.markdown import Markdown
from rich.segment import Segment
from rich.theme import Theme
from textual.widgets import Static

from lessons.prose import marked

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderResult
    from rich.style import Style


class Prose(Static):
    """Shows Markdown; setting the same text again costs nothing."""

    DEFAULT_CSS = """
    Prose {
        height: auto;
        & > .prose--code { color: $text-primary; text-style: bold; }
        & > .prose--quote { color: $text-secondary; text-style: italic; }
        & > .prose--heading { color: $foreground; text-style: bold; }
        & > .prose--strong { color: $foreground; text-style: bold; }
        & > .prose--mark { color: $foreground 60%; }
        & > .prose--term { text-style: underline; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "prose--code",
        "prose--quote",
        "prose--heading",
        "prose--strong",
        "prose--mark",
        "prose--term",
    }

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.text = ""
        self.show(text)

    def show(self, text: str) -> None:
        """Show another text."""
        if text != self.text:
            self.text = text
            self.update(self.markdown(text) if text else "")

    def markdown(self, text: str) -> ConsoleRenderable:
        """Make Markdown in this widget's colors, for a part of something larger."""
        return _Themed(self, text)

    def theme(self) -> Theme:
        """Give Rich's names for the parts of Markdown the styles they have here."""

        def style(name: str) -> Style:
            return self.get_component_rich_style(f"prose--{name}", partial=True)

        code, quote, heading = style("code"), style("quote"), style("heading")
        headings = {f"markdown.h{level}": heading for level in range(1, 7)}
        return Theme(
            {
                **headings,
                "markdown.code": code,
                "markdown.code_block": code,
                "markdown.strong": style("strong"),
                "markdown.s": style("term"),
                "markdown.block_quote": quote,
                "markdown.item.bullet": style("mark"),
                "markdown.item.number": style("mark"),
                "markdown.hr": style("mark"),
                "markdown.table.border": style("mark"),
                "markdown.table.header": heading,
            }
        )


class _Themed:
    """Markdown that looks its styles up when it is drawn, so that a change of theme is seen."""

    def __init__(self, widget: Prose, text: str) -> None:
        self._widget = widget
        # Markdown has no sign for a term; the one for what is struck out is free: `ridelab check` refuses it.
        self._markdown = Markdown(marked(text, lambda term: f"~~{term.words}~~"), hyperlinks=False)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        dark = self._widget.app.current_theme.dark
        self._markdown.code_theme = "ansi_dark" if dark else "ansi_light"
        with console.use_theme(self._widget.theme()):
            lines = console.render_lines(self._markdown, options, pad=False)
        for line in lines:
            yield from line
            yield Segment.line()
