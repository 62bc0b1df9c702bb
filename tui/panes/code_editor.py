"""Writing freely: a text area with the colors of the Code pane, and the learner's own editor in its place."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.style import Style
from textual.message import Message
from textual.visual import Visual
from textual.widgets import TextArea

from tui.commands import Command, Commanded, bindings
from tui.panes.code_source import highlighted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.text import Text
    from textual import events
    from textual.binding import BindingType
    from textual.content import Content

INDENT = "    "
MOST_COLORED = 200_000
"""Characters; what is longer is not colored: it would be read anew with each key."""


class SourceEditor(Commanded, TextArea, inherit_css=True):
    """Letters are text here. Escape leaves, and the text stays; enter keeps the indentation."""

    WHERE = "source-editor"
    COMMANDS: ClassVar[tuple[Command, ...]] = (
        Command("done", ("escape",), "done", "Leave the editor; the text stays as a draft.", rank=5),
        Command("undo", ("ctrl+z",), "undo", "Undo what was typed last.", rank=6),
        Command("redo", ("ctrl+y",), "redo", "Do again what was undone.", rank=7),
    )
    BINDINGS: ClassVar[list[BindingType]] = list(bindings(COMMANDS))
    DEFAULT_CSS = """
    SourceEditor {
        border: none;
        padding: 0;
        height: 1fr;
        background: $background;
        scrollbar-size: 0 1;
        &:focus { border: none; }
    }
    """

    class Left(Message):
        """The editor was left."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        self._colored: list[Content] = []
        self._styles: dict[int, list[tuple[int, int, Style]]] = {}
        super().__init__(
            id=id,
            soft_wrap=False,
            show_line_numbers=True,
            tab_behavior="indent",
            theme="css",
            highlight_cursor_line=False,
        )

    def take(self, text: str, line: int) -> None:
        """Begin with a text, the cursor at the first letter of a line (from 0)."""
        self.load_text(text)
        line = min(line, self.document.line_count - 1)
        written = self.document.get_line(line)
        self.move_cursor((line, len(written) - len(written.lstrip())), center=True)
        self.call_after_refresh(self.scroll_to, x=0, animate=False)  # the indentation is worth seeing

    def action_done(self) -> None:
        """Leave the editor."""
        self.post_message(self.Left())

    async def _on_key(self, event: events.Key) -> None:
        """Take escape from Textual, which would go to the next widget, and let enter indent."""
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self.action_done()
        elif event.key == "enter" and not self.read_only:
            event.stop()
            event.prevent_default()
            row, column = self.selection.start if self.selection.is_empty else min(self.selection)
            before = self.document.get_line(row)[:column]
            deeper = INDENT if before.rstrip().endswith(":") else ""
            start, end = self.selection
            self.replace(f"\n{before[: len(before) - len(before.lstrip())]}{deeper}", start, end)

    # colors

    def _build_highlight_map(self) -> None:
        """Color the text anew: with each edit."""
        super()._build_highlight_map()
        self._styles = {}
        text = "\n".join(self.document.lines)
        self._colored = highlighted(text) if len(text) <= MOST_COLORED else []

    def notify_style_update(self) -> None:
        """Color anew when the theme changed."""
        self._styles = {}
        super().notify_style_update()

    def get_line(self, line_index: int) -> Text:
        """Give a line in its colors."""
        line = super().get_line(line_index)
        if line_index not in self._styles:
            self._styles[line_index] = self._spans(line_index, line.plain)
        for start, end, style in self._styles[line_index]:
            line.stylize(style, start, end)
        return line

    def _spans(self, index: int, plain: str) -> list[tuple[int, int, Style]]:
        if index >= len(self._colored) or not plain or self._colored[index].plain != plain:
            return []
        colored, spans, at = self._colored[index], [], 0
        for text, style, _ in Visual.to_strips(self, colored, colored.cell_length, 1, self.visual_style)[0]:
            if style is not None:
                ink = Style(
                    color=style.color, bold=style.bold, italic=style.italic, underline=style.underline
                )
                spans.append((at, at + len(text), ink))
            at += len(text)
        return spans


class Outside(NamedTuple):
    """What came back from the learner's own editor: the text, or why there is none."""

    text: str | None
    trouble: str = ""


def edit_outside(text: str, name: str, environment: Mapping[str, str]) -> Outside:
    """Open a text in $VISUAL or $EDITOR, as a file called `name`, and wait until it is closed.

    The terminal must be free. Never raises: what went wrong is said in one line.
    """
    editor = environment.get("VISUAL") or environment.get("EDITOR") or ""
    try:
        command = shlex.split(editor)
    except ValueError as error:
        return Outside(None, f"`{editor}` cannot be read as a command ({error}): set VISUAL anew")
    if not command:
        return Outside(None, "neither VISUAL nor EDITOR says which editor is yours")
    with TemporaryDirectory(prefix="ridelab-") as folder:
        path = Path(folder) / name
        path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
        try:
            code = subprocess.run([*command, str(path)], check=False).returncode  # noqa: S603 - the learner's editor
        except OSError as error:
            return Outside(None, f"`{command[0]}` cannot be started: {error.strerror}")
        if code:
            return Outside(None, f"`{command[0]}` ended with code {code}: the text is as it was")
        try:
            return Outside(path.read_bytes().decode("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            return Outside(None, f"what `{command[0]}` left cannot be read: {error}")
