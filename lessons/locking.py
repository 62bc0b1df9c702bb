"""The lock by which one window owns a data folder: the one place where the operating systems differ.

The lock is the kernel's (flock on POSIX, a locked byte on Windows), so it ends with the process that holds
it, however that ends; the file itself stays where it is and means nothing.
"""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_UNSUPPORTED: Final = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP})

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError:  # how Windows says that somebody else has it
            return False
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class FolderLock:
    """A held lock; `enforced` is false where the file system cannot lock, so that nobody else is kept out."""

    def __init__(self, descriptor: int, *, enforced: bool) -> None:
        self._descriptor = descriptor
        self.enforced = enforced

    @classmethod
    def take(cls, path: Path) -> FolderLock | None:
        """Take the lock at once, or return None when another window has it; raises OSError for a bad path."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)  # not inherited by children (PEP 446)
        try:
            held, enforced = _lock(descriptor), True
        except OSError as error:
            if error.errno not in _UNSUPPORTED:
                os.close(descriptor)
                raise
            held, enforced = True, False
        if held:
            return cls(descriptor, enforced=enforced)
        os.close(descriptor)
        return None

    def release(self) -> None:
        """Let the lock go; a second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
