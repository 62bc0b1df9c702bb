"""What a learner's version may not do in its process: start others, talk to the network, write files, eat memory.

Python tells an audit hook of such things before they happen, whoever asks for them. It keeps accidents in, not attacks:
it is the learner's own machine, and the learner's own code.
"""

from __future__ import annotations

import os
import sys
from typing import Any, Final

PROCESSES: Final = (
    "os.exec", "os.fork", "os.forkpty", "os.kill", "os.killpg", "os.posix_spawn", "os.spawn", "os.startfile",
    "os.system", "pty.spawn", "signal.pthread_kill", "subprocess.Popen", "_winapi.CreateProcess",
)  # fmt: skip
FILES: Final = (
    "os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.truncate",
    "os.utime", "shutil.", "sqlite3.connect", "tempfile.",
)  # fmt: skip
MEMORY: Final = 512 << 20
"""Bytes that a learner's version may take beyond what the process has at its start."""
WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Raise PermissionError for what a version may not do; for `sys.addaudithook`."""
    if event.startswith(PROCESSES):
        raise PermissionError(f"a version may not start or end processes ({event})")
    if event.startswith("socket."):
        raise PermissionError(f"a version may not use the network ({event}): call services with context.http")
    if event.startswith("ctypes."):
        raise PermissionError(f"a version may not use ctypes ({event})")
    if event.startswith(FILES) or (event == "open" and _writes(arguments)):
        raise PermissionError(f"a version may not write files ({event}): print and logging go into its log")


def _writes(arguments: tuple[Any, ...]) -> bool:
    """Tell whether an `open` is for writing: (path, mode, flags)."""
    _, mode, flags = (*arguments, None, None)[:3]
    return (isinstance(mode, str) and any(sign in mode for sign in "wax+")) or (
        isinstance(flags, int) and bool(flags & WRITING)
    )


def confine_process() -> None:
    """Refuse from now on what a version may not do, and more memory than `MEMORY`, where the system can tell."""
    try:
        import resource

        with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123
            now = int(statm.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + MEMORY, now + MEMORY))
    except (ImportError, OSError, ValueError):
        pass
    sys.addaudithook(refuse)
