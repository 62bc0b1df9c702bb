"""A Python of our own that can be ended at any moment: the only place that starts a process or reads the wall clock.

Frames go both ways through pipes: four bytes of length, then MessagePack. What comes is read by a thread, so that
whoever waits can stop waiting; the same on every platform.
"""

from __future__ import annotations

import os
import queue
import struct
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, TextIO

from simulator.errors import RidelabError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LENGTH: Final = struct.Struct(">I")
MOST_BYTES: Final = 1 << 30
ENDED: Final = object()
ENDS_WITHIN_S: Final = 0.5
READ_AT_ONCE: Final = 65_536
MOST_SAID: Final = 65_536
ROOT: Final = Path(__file__).resolve().parents[1]


class ChildEndedError(RidelabError):
    """The child is gone: it ended by itself, was ended, or wrote what is no frame."""


class ChildSilentError(RidelabError):
    """The child did not answer in time; it is still there."""


class Child:
    """A child process that runs one module of ours."""

    def __init__(self, module: str) -> None:
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("PYTHON") and name != "COLUMNS"
        }
        environment |= {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            close_fds=True,
            start_new_session=True,
            env=environment,
        )
        self._came: queue.SimpleQueue[bytes | object] = queue.SimpleQueue()
        self._said = b""
        for read, stream in ((self._read, self._process.stdout), (self._hear, self._process.stderr)):
            assert stream is not None
            threading.Thread(target=read, args=(stream,), daemon=True).start()

    def _read(self, stream: IO[bytes]) -> None:
        try:
            while len(head := _exactly(stream, LENGTH.size)) == LENGTH.size:
                (length,) = LENGTH.unpack(head)
                if length > MOST_BYTES or len(body := _exactly(stream, length)) < length:
                    break
                self._came.put(body)
        except (OSError, ValueError):  # closed meanwhile
            pass
        self._came.put(ENDED)

    def _hear(self, stream: IO[bytes]) -> None:
        with suppress(OSError, ValueError):
            while part := stream.read1(READ_AT_ONCE):  # type: ignore[attr-defined]
                self._said = (self._said + part)[-MOST_SAID:]

    @property
    def said(self) -> str:
        """What the process said beside its pipe: a traceback of where it stands, or of what ended it."""
        return self._said.decode("utf-8", "replace")

    def send(self, body: bytes) -> None:
        """Send a frame. Raises ChildEndedError."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(LENGTH.pack(len(body)) + body)
            self._process.stdin.flush()
        except (OSError, ValueError):
            raise ChildEndedError("the process has ended") from None

    def receive(self, within_s: float) -> bytes:
        """Wait for the next frame. Raises ChildSilentError after that time, ChildEndedError where none can come."""
        try:
            body = self._came.get(timeout=within_s) if within_s > 0 else self._came.get_nowait()
        except queue.Empty:
            raise ChildSilentError(f"no answer within {within_s:g} s") from None
        if body is ENDED:
            self._came.put(ENDED)
            raise ChildEndedError("the process has ended")
        assert isinstance(body, bytes)
        return body

    def ended(self) -> int | None:
        """Tell how it ended by itself: its code, negative for a signal; None where it is there still."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(ENDS_WITHIN_S)
        return self._process.returncode

    def end(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                with suppress(OSError):  # what was not flushed has nowhere to go
                    stream.close()


def now_s() -> float:
    """Tell the wall clock's time, for the patience one has with a child."""
    return time.monotonic()


def _exactly(stream: IO[bytes], length: int) -> bytes:
    parts = b""
    while len(parts) < length and (part := stream.read(length - len(parts))):
        parts += part
    return parts


def serve(answer: Callable[[bytes], Iterable[bytes]], confine: Callable[[TextIO], None]) -> None:
    """Be the child: hand every frame to `answer` and send what it gives.

    What the code that is run here writes or reads goes nowhere: the pipes are moved away from descriptors 0 to 2.
    `confine` is called once that is done, before the first frame, with where a traceback may be written.
    """
    inbox, outbox, said = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb"), os.fdopen(os.dup(2), "w")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    confine(said)
    while len(head := _exactly(inbox, LENGTH.size)) == LENGTH.size:
        (length,) = LENGTH.unpack(head)
        for body in answer(_exactly(inbox, length)):
            outbox.write(LENGTH.pack(len(body)) + body)
            outbox.flush()
    os._exit(0)
