"""The clipboard: a native tool first, then the terminal itself (OSC 52), and one line that says which it was.

A native tool puts text into the clipboard of the machine it runs on. Over SSH that is the wrong machine; then the
terminal is asked, which sits in front of the learner.
"""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui.terminal import is_remote

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TOOL_S: Final = 2.0
"""How long a tool may take before it is ended."""
OSC52_MOST: Final = 74_994
"""Bytes of text that xterm takes (100,000 of base64 with the sequence around it); others take more, none says so."""
SCREEN_CHUNK: Final = 76
"""Bytes in one control string through GNU screen, which drops what is much longer."""
BY_HAND: Final = "hold shift and drag over the text, then copy with your terminal's own key"
WITHOUT_OSC52: Final = frozenset({"linux", "dumb", "unknown", "cons25", "vt220"})

_POWERSHELL = (
    "[Console]::InputEncoding = [Text.Encoding]::UTF8; Set-Clipboard -Value ([Console]::In.ReadToEnd())"
)


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that takes the clipboard's text on its standard input, in `encoding`; `where` says where it puts it."""

    name: str
    command: tuple[str, ...]
    encoding: str = "utf-8"
    where: str = ""


@dataclass(frozen=True, slots=True)
class Copied:
    """How a copy went: `by` names what took the text, and is empty where nothing did; `said` is one line about it."""

    by: str
    said: str


PBCOPY = Tool("pbcopy", ("pbcopy",))
WL_COPY = Tool("wl-copy", ("wl-copy",))
XCLIP = Tool("xclip", ("xclip", "-selection", "clipboard", "-in"))
XSEL = Tool("xsel", ("xsel", "--clipboard", "--input"))
CLIP = Tool("clip.exe", ("clip.exe",), "utf-16")  # with a byte order mark: without one it takes the code page
POWERSHELL = Tool(
    "powershell.exe", ("powershell.exe", "-NoProfile", "-NonInteractive", "-Command", _POWERSHELL)
)
TMUX = Tool(
    "tmux",
    ("tmux", "load-buffer", "-w", "-"),
    where=": into its buffer, and your terminal's clipboard unless `set-clipboard` is off",
)


def native_tools(environment: Mapping[str, str], platform: str = sys.platform) -> list[Tool]:
    """List the tools that can work here, in the order they are tried; whether they are installed is not asked.

    tmux hands its buffer on to the terminal that is attached, so it is right over SSH too.
    """
    found: list[Tool] = []
    if not is_remote(environment):
        if platform == "darwin":
            found.append(PBCOPY)
        elif platform in {"win32", "cygwin"}:
            found += [CLIP, POWERSHELL]
        if environment.get("WAYLAND_DISPLAY"):
            found.append(WL_COPY)
        if environment.get("DISPLAY"):
            found += [XCLIP, XSEL]
        if environment.get("WSL_DISTRO_NAME") or environment.get("WSL_INTEROP"):
            found += [CLIP, POWERSHELL]
    return [*found, TMUX] if environment.get("TMUX") else found


async def copy(
    text: str,
    write: Callable[[str], None],
    *,
    environment: Mapping[str, str] = os.environ,
    platform: str = sys.platform,
    patience_s: float = TOOL_S,
) -> Copied:
    """Copy a text; `write` writes to the terminal. Tools run beside the event loop, each at most `patience_s` seconds.

    A tool that is missing, fails or hangs is passed over, and named if nothing else worked either.
    """
    count = len(text.splitlines())
    lines = "1 line" if count == 1 else f"{count:,} lines"
    failed: list[str] = []
    for tool in native_tools(environment, platform):
        path = shutil.which(tool.command[0], path=environment.get("PATH"))
        if path is None:
            continue
        trouble = await run_tool(tool, path, text, environment, patience_s)
        if not trouble:
            return Copied(tool.name, f"Copied {lines} with {tool.name}{tool.where}.")
        failed.append(f"{tool.name} {trouble}")
    why = no_osc52(text, environment)
    if why:
        reasons = "; ".join([*failed, why])
        return Copied("", f"Nothing was copied ({reasons}): {BY_HAND}.")
    write(osc52(text, environment))
    return Copied(
        "OSC 52",
        f"Asked the terminal to copy {lines} (OSC 52). If it does not paste: {BY_HAND}.",
    )


async def run_tool(
    tool: Tool, path: str, text: str, environment: Mapping[str, str], patience_s: float
) -> str:
    """Hand a text to a tool; gives what went wrong in a few words, or an empty text.

    Its output goes nowhere: some tools stay behind to serve the clipboard, and would hold a pipe open.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            path,
            *tool.command[1:],
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env={**environment, "LC_CTYPE": "UTF-8"} if tool is PBCOPY else dict(environment),
            start_new_session=os.name == "posix",
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return f"cannot be started: {reason}"
    try:
        async with asyncio.timeout(patience_s):
            await process.communicate(text.encode(tool.encoding, "surrogatepass"))
    except TimeoutError:
        _end(process)
        await process.wait()
        return f"gave no answer in {patience_s:g} s"
    except asyncio.CancelledError:
        _end(process)
        raise
    return "" if process.returncode == 0 else f"failed with {process.returncode}"


def _end(process: asyncio.subprocess.Process) -> None:
    """End a tool and what it has started."""
    with suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def no_osc52(text: str, environment: Mapping[str, str]) -> str:
    """Say why a terminal cannot be asked to copy this text, or give an empty text."""
    if environment.get("TERM_PROGRAM") == "Apple_Terminal" or environment.get("TERM", "") in WITHOUT_OSC52:
        return "this terminal takes no copies from programs"
    size = len(text.encode("utf-8", "replace"))
    if size > OSC52_MOST:
        return f"{size:,} bytes are too many for a terminal: it takes {OSC52_MOST:,}"
    return ""


def osc52(text: str, environment: Mapping[str, str]) -> str:
    """Write the sequence that asks the terminal to copy a text, wrapped for tmux or screen where one is between.

    In tmux the plain one comes first (`set-clipboard on` takes it), then the one passed through (`allow-passthrough`).
    Inside of GNU screen the sequence is cut into pieces that it lets through.
    """
    plain = f"\x1b]52;c;{base64.b64encode(text.encode('utf-8', 'replace')).decode('ascii')}\x07"
    if environment.get("TMUX"):
        doubled = plain.replace("\x1b", "\x1b\x1b")
        return f"{plain}\x1bPtmux;{doubled}\x1b\\"
    if environment.get("STY"):
        pieces = [plain[i : i + SCREEN_CHUNK] for i in range(0, len(plain), SCREEN_CHUNK)]
        return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
    return plain
