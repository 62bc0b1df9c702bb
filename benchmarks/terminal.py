"""A program in a pseudo-terminal: its output as it comes, keys to it, and what it costs in time and memory.

Only for systems with pseudo-terminals and /proc. Every wait is bounded, and only what was started here is ended.
"""

from __future__ import annotations

import fcntl
import os
import re
import signal
import struct
import termios
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

ROOT = Path(__file__).parents[1]
COLUMNS, ROWS = 120, 30
LONGEST_S = 60.0
ESCAPES = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|P[^\x1b]*\x1b\\|[ -/]*[0-~])"
)
ASKED_SYNCHRONIZED, SYNCHRONIZED = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
"""May frames be wrapped as one? Most terminals of today say so when asked, and so does this one."""
OTHERS_TERMINAL = ("NO_COLOR", "COLUMNS", "LINES", "SSH_CONNECTION", "SSH_TTY", "TMUX", "LC_ALL")


def supported() -> bool:
    """Tell whether this system has what is needed here."""
    return Path("/proc/self/statm").exists() and hasattr(os, "forkpty")


def environment() -> dict[str, str]:
    """Give the environment of a program: a terminal of 16 million colors that knows UTF-8, whatever ours is."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in OTHERS_TERMINAL and not name.startswith(("TEXTUAL", "PYTEST"))
    }
    return kept | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}


class Terminal:
    """A program in a terminal of 120 by 30; a context manager that ends it.

    `started_s` is when it was started, in seconds of `time.perf_counter`. Raises TimeoutError, with what was last
    written, where a wait takes longer than allowed or the program ends meanwhile.
    """

    def __init__(self, command: Sequence[str], *, columns: int = COLUMNS, rows: int = ROWS) -> None:
        size = struct.pack("HHHH", rows, columns, 0, 0)
        variables = environment()
        self.started_s = time.perf_counter()
        self.pid, self._fd = os.forkpty()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, size)
                os.chdir(ROOT)
                os.execvpe(command[0], list(command), variables)
            finally:
                os._exit(127)
        self._written = bytearray()
        self._stamps: list[tuple[int, float]] = []
        self._news = threading.Condition()
        self._ended = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self) -> None:
        while True:
            try:
                some = os.read(self._fd, 1 << 16)
            except OSError:  # the program has ended
                some = b""
            now = time.perf_counter()
            if ASKED_SYNCHRONIZED in some:
                self.keys(SYNCHRONIZED)
            with self._news:
                self._written += some
                self._stamps.append((len(self._written), now))
                self._ended = not some
                self._news.notify_all()
            if not some:
                return

    # to it and from it

    def keys(self, keys: bytes | str) -> float:
        """Type keys; gives when."""
        data = keys.encode() if isinstance(keys, str) else keys
        now = time.perf_counter()
        os.write(self._fd, data)
        return now

    @property
    def place(self) -> int:
        """How many bytes have come so far: a place to look from."""
        with self._news:
            return len(self._written)

    def text(self, since: int = 0) -> str:
        """Give what was written since a place, without its escape sequences."""
        with self._news:
            written = bytes(self._written[since:])
        return ESCAPES.sub(b"", written).decode(errors="replace")

    def seen(self, *texts: str, since: int = 0, within_s: float = LONGEST_S) -> float:
        """Wait until all these have been written since a place; gives when the last of them came."""
        return self.when(lambda text: all(one in text for one in texts), since, within_s, repr(texts))

    def anything(self, since: int, within_s: float = LONGEST_S) -> float:
        """Wait until anything has been written since a place; gives when."""
        return self.when(bool, since, within_s, "anything")

    def when(self, holds: Callable[[str], bool], since: int, within_s: float, what: str) -> float:
        """Wait until something holds for the text since a place; gives when what made it true came."""
        until = time.perf_counter() + within_s
        looked = -1
        with self._news:
            while True:
                if len(self._written) != looked:
                    looked = len(self._written)
                    if holds(ESCAPES.sub(b"", bytes(self._written[since:])).decode(errors="replace")):
                        return self._stamps[-1][1]
                left = until - time.perf_counter()
                if left <= 0 or self._ended:
                    last = ESCAPES.sub(b"", bytes(self._written[-4000:])).decode(errors="replace")
                    raise TimeoutError(f"waited for {what} and saw: {last[-1500:]}")
                self._news.wait(left)

    def quiet(self, for_s: float = 0.3) -> None:
        """Wait until nothing has been written for a while."""
        place = -1
        while place != self.place:
            place = self.place
            time.sleep(for_s)

    def ended(self, within_s: float = LONGEST_S) -> None:
        """Wait until the program has ended. Raises TimeoutError."""
        with self._news:
            if not self._news.wait_for(lambda: self._ended, within_s):
                raise TimeoutError("the program goes on")

    # what it costs

    def cpu_s(self) -> float:
        """Give its processor time so far, in seconds: all of its threads, user and system."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident(self) -> int:
        """Give its resident memory, in bytes."""
        pages = Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def load(self, seconds: float) -> float:
        """Watch it for some seconds; gives the share of a core that it took."""
        begun, before = time.perf_counter(), self.cpu_s()
        time.sleep(seconds)
        after, ended = self.cpu_s(), time.perf_counter()
        return (after - before) / (ended - begun)

    def close(self) -> None:
        """End the program, kindly and then for certain."""
        for sign, wait_s in ((signal.SIGTERM, 3.0), (signal.SIGKILL, 10.0)):
            if self._gone():
                break
            os.kill(self.pid, sign)
            until = time.perf_counter() + wait_s
            while not self._gone() and time.perf_counter() < until:
                time.sleep(0.01)
        self._reader.join(2.0)
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _gone(self) -> bool:
        if self.pid > 0:
            pid, _ = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = -1
        return self.pid < 0
