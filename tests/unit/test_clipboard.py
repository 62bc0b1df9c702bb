"""The clipboard: real programs in a folder of their own, and the sequence that asks the terminal."""

from __future__ import annotations

import asyncio
import base64
import os
import re
from pathlib import Path

import pytest

from tui.clipboard import BY_HAND, OSC52_MOST, Copied, copy, native_tools, osc52

posix = pytest.mark.skipif(os.name != "posix", reason="the tools here are shell scripts")
TEXT = "p95 3,694 ms\nund Grüße – ✓\n"
WAYLAND, X11, SSH = {"WAYLAND_DISPLAY": "wayland-0"}, {"DISPLAY": ":0"}, {"SSH_TTY": "/dev/pts/3"}
TMUX_IN = {"TMUX": "/tmp/tmux-0/default,1,0"}


class Desk:
    """A folder of tools, and a terminal that remembers what was written to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written: list[str] = []

    def tool(self, name: str, script: str = 'cat > "$OUT"') -> None:
        """Put a tool there; what it does is a line of shell."""
        path = self.folder / name
        path.write_text(
            f"#!/bin/sh\nPATH=/usr/bin:/bin\nOUT='{self.folder}/{name}.out'\n{script}\n", encoding="utf-8"
        )
        path.chmod(0o755)

    def got(self, name: str) -> bytes:
        return (self.folder / f"{name}.out").read_bytes()

    def copy(
        self,
        environment: dict[str, str],
        text: str = TEXT,
        platform: str = "linux",
        patience_s: float = 20.0,
    ) -> Copied:
        return asyncio.run(
            copy(
                text,
                self.written.append,
                environment={"TERM": "xterm-256color", "PATH": str(self.folder)} | environment,
                platform=platform,
                patience_s=patience_s,
            )
        )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@posix
@pytest.mark.parametrize(
    ("name", "environment", "platform"),
    [
        ("pbcopy", {}, "darwin"),
        ("wl-copy", WAYLAND, "linux"),
        ("wl-copy", WAYLAND | X11, "linux"),
        ("xclip", X11, "linux"),
        ("powershell.exe", {"WSL_DISTRO_NAME": "Ubuntu"}, "linux"),
    ],
)
def test_the_native_tool_gets_the_text_and_is_named(
    desk: Desk, name: str, environment: dict[str, str], platform: str
) -> None:
    desk.tool(name)
    done = desk.copy(environment, platform=platform)
    assert done == Copied(name, f"Copied 2 lines with {name}.")
    assert desk.got(name).decode() == TEXT
    assert desk.written == []


@posix
def test_windows_gets_utf16_with_a_byte_order_mark(desk: Desk) -> None:
    desk.tool("clip.exe")
    assert desk.copy({"WSL_INTEROP": "/run/x"}).by == "clip.exe"
    assert desk.got("clip.exe").decode("utf-16") == TEXT
    assert desk.got("clip.exe")[:2] in {b"\xff\xfe", b"\xfe\xff"}


@posix
def test_a_tool_that_fails_is_passed_over(desk: Desk) -> None:
    desk.tool("xclip", "exit 1")
    desk.tool("xsel")
    assert desk.copy(X11).by == "xsel"
    assert desk.got("xsel").decode() == TEXT


@posix
def test_a_tool_that_hangs_is_ended_with_what_it_started(desk: Desk) -> None:
    desk.tool("xclip", 'sleep 600 & echo "$$ $!" > "$OUT"; wait')
    done = desk.copy(X11, patience_s=1.0)
    assert done.by == "OSC 52"
    for pid in map(int, desk.got("xclip").split()):
        while _runs(pid):  # it was sent its end; whoever buries it may take a moment
            pass


def _runs(pid: int) -> bool:
    """Tell whether a process runs: it is there, and does not only wait to be buried."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@posix
def test_a_tool_that_reads_nothing_and_ends_well_is_no_failure_of_ours(desk: Desk) -> None:
    desk.tool("xclip", "exit 0")
    assert desk.copy(X11, "x" * 1_000_000).by == "xclip"


@posix
def test_a_tool_that_stays_behind_to_serve_does_not_hold_us(desk: Desk) -> None:
    desk.tool("xclip", 'cat > "$OUT"; (sleep 30) &\necho $! > "$OUT.pid"')
    assert desk.copy(X11, patience_s=15.0).by == "xclip"
    os.kill(int((desk.folder / "xclip.out.pid").read_text()), 9)


@posix
def test_a_tool_that_cannot_be_started_is_passed_over(desk: Desk) -> None:
    desk.tool("xclip")
    (desk.folder / "xclip").write_bytes(b"\x7fELF nonsense")
    (desk.folder / "xclip").chmod(0o755)
    assert desk.copy(X11).by == "OSC 52"


@posix
def test_over_ssh_the_terminal_is_asked_because_a_tool_would_fill_the_wrong_clipboard(desk: Desk) -> None:
    desk.tool("xclip")
    done = desk.copy(X11 | SSH)
    assert done.by == "OSC 52"
    assert BY_HAND in done.said
    assert not (desk.folder / "xclip.out").exists()


@posix
def test_tmux_hands_on_what_it_is_given(desk: Desk) -> None:
    desk.tool("tmux", 'echo "$@" > "$OUT"; cat >> "$OUT"')
    done = desk.copy(TMUX_IN | SSH)
    assert done.by == "tmux"
    assert "unless `set-clipboard` is off" in done.said
    assert desk.got("tmux").decode() == f"load-buffer -w -\n{TEXT}"


def test_without_a_tool_the_terminal_is_asked(desk: Desk) -> None:
    done = desk.copy({})
    assert done.by == "OSC 52"
    assert done.said == f"Asked the terminal to copy 2 lines (OSC 52). If it does not paste: {BY_HAND}."
    [sequence] = desk.written
    found = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", sequence)
    assert found is not None
    assert base64.b64decode(found[1]).decode() == TEXT


def test_what_is_too_long_for_a_terminal_is_not_sent(desk: Desk) -> None:
    assert desk.copy({}, "x" * OSC52_MOST).by == "OSC 52"
    desk.written.clear()
    done = desk.copy({}, "x" * (OSC52_MOST + 1))
    assert done.by == ""
    assert "74,995 bytes are too many" in done.said
    assert BY_HAND in done.said
    assert desk.written == []


@posix
@pytest.mark.parametrize("environment", [{"TERM": "linux"}, {"TERM_PROGRAM": "Apple_Terminal"}])
def test_where_nothing_works_one_line_says_what_to_do(desk: Desk, environment: dict[str, str]) -> None:
    desk.tool("xclip", "exit 3")
    done = desk.copy(X11 | environment)
    assert done.by == ""
    assert done.said == (
        f"Nothing was copied (xclip failed with 3; this terminal takes no copies from programs): {BY_HAND}."
    )
    assert desk.written == []


def test_through_tmux_the_sequence_is_sent_plain_and_passed_through() -> None:
    plain = osc52(TEXT, {})
    assert osc52(TEXT, TMUX_IN) == plain + "\x1bPtmux;" + plain.replace("\x1b", "\x1b\x1b") + "\x1b\\"


def test_through_screen_it_is_cut_into_pieces() -> None:
    pieces = re.findall(r"\x1bP(.*?)\x1b\\", osc52("x" * 400, {"STY": "1.pts"}), flags=re.DOTALL)
    assert len(pieces) > 1
    assert "".join(pieces) == osc52("x" * 400, {})


def test_half_a_character_is_no_crash(desk: Desk) -> None:
    assert desk.copy({}, "broken \ud800").by == "OSC 52"


@pytest.mark.parametrize(
    ("environment", "platform", "names"),
    [
        ({}, "linux", []),
        ({}, "darwin", ["pbcopy"]),
        ({}, "win32", ["clip.exe", "powershell.exe"]),
        (WAYLAND | X11, "linux", ["wl-copy", "xclip", "xsel"]),
        (WAYLAND | SSH, "linux", []),
        (SSH | TMUX_IN, "darwin", ["tmux"]),
    ],
)
def test_only_what_can_work_is_tried(environment: dict[str, str], platform: str, names: list[str]) -> None:
    assert [tool.name for tool in native_tools(environment, platform)] == names


@posix
def test_the_event_loop_goes_on_while_a_tool_works(desk: Desk) -> None:
    desk.tool("xclip", f'while [ ! -e "{desk.folder}/go" ]; do sleep 0.05; done; cat > "$OUT"')

    async def work() -> Copied:
        environment = {"PATH": str(desk.folder), "TERM": "xterm", **X11}
        copying = asyncio.create_task(
            copy(TEXT, desk.written.append, environment=environment, platform="linux", patience_s=20.0)
        )
        await asyncio.sleep(0)
        (desk.folder / "go").touch()  # only a loop that is free comes here before the tool has ended
        return await copying

    assert asyncio.run(work()).by == "xclip"
