"""The folder of one person: listed, read and changed file by file, never through a link and never half.

A write goes to a new file in the same folder, is forced to the disk and takes the old file's place in one step. The
folder itself is locked meanwhile (`flock`), against a second guardian; against other programs the file is compared once
more right before it is replaced.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import secrets
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from guardian.errors import AccessLost, NotSupported, OutcomeUnknown, PreconditionFailed, ProviderDown
from guardian.providers.ics.source import LARGEST_FILE

TEMPORARY = ".guardian-"
HASHED_SIZE = 4 * 1024 * 1024
"""Folders up to this many bytes are compared by content, larger ones by size, time and inode of each file."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the folder; `regular` is false for links, pipes and the like, which are never opened."""

    name: str
    regular: bool
    size: int
    stamp: tuple[int, int, int]

    @property
    def shown(self) -> str:
        """The name for people and databases, which take no broken UTF-8."""
        return self.name.encode("utf-8", "replace").decode()


class Folder:
    """An open folder; use as a context manager. Raises AccessLost when there is none for this person."""

    def __init__(self, root: Path, mailbox: str) -> None:
        if mailbox in ("", ".", "..") or mailbox.startswith(".") or any(c in mailbox for c in "/\\\x00"):
            raise AccessLost(f"'{mailbox}' cannot be the name of a folder", credentials=False)
        self.mailbox = mailbox
        self._path = root / mailbox
        self._handle = -1

    def __enter__(self) -> "Folder":
        try:
            self._handle = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise AccessLost(f"there is no folder {self._path}", credentials=False) from error
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise AccessLost(f"{self._path} is a link; links are not followed", credentials=False) from error
            raise ProviderDown(f"{self._path} cannot be opened: {error.strerror}") from error
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)

    def entries(self) -> list[Entry]:
        """The `.ics` files by name."""
        try:
            with os.scandir(self._handle) as found:
                return sorted((_entry(e) for e in found if _is_calendar(e)), key=lambda e: e.name)
        except OSError as error:
            raise ProviderDown(f"{self._path} cannot be listed: {error.strerror}") from error

    def writable(self) -> bool:
        """Whether files may be made in the folder."""
        return os.access(self._path, os.W_OK | os.X_OK)

    def state(self) -> str:
        """A digest that changes when any file does."""
        entries = self.entries()
        digest = hashlib.sha256()
        by_content = sum(e.size for e in entries) <= HASHED_SIZE
        for entry in entries:
            digest.update(repr((entry.name, entry.size, entry.regular)).encode())
            digest.update(self.read(entry.name) if by_content and entry.regular else repr(entry.stamp).encode())
        return digest.hexdigest()

    def read(self, name: str) -> bytes:
        """The whole file. Raises ProviderDown when it cannot be read now: half a calendar is no calendar."""
        try:
            handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=self._handle)
            with os.fdopen(handle, "rb") as file:
                if os.fstat(handle).st_size > LARGEST_FILE:
                    raise ProviderDown(f"{self._path / name} is larger than {LARGEST_FILE // 2**20} MiB; split it")
                return file.read()
        except OSError as error:
            raise ProviderDown(f"{self._path / name} cannot be read: {error.strerror}") from error

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Alone among guardians; what an interrupted write left behind is cleared away."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ProviderDown(f"{self._path} is locked by another program") from error
        try:
            self._clear()
            yield
        finally:
            fcntl.flock(self._handle, fcntl.LOCK_UN)

    def _clear(self) -> None:
        with contextlib.suppress(OSError), os.scandir(self._handle) as found:
            for entry in found:
                if entry.name.startswith(TEMPORARY) and entry.name.endswith(".tmp"):
                    os.unlink(entry.name, dir_fd=self._handle)

    def replace(self, name: str, old: bytes, new: bytes) -> None:
        """Put `new` where `old` stands. Raises PreconditionFailed when something else stands there by now."""
        mode = self._mode(name)
        temporary = self._written(new, mode)
        try:
            if self._now(name) != old:
                raise PreconditionFailed(f"{name} was changed by another program")
            os.replace(temporary, name, src_dir_fd=self._handle, dst_dir_fd=self._handle)
        except OSError as error:
            raise _refused(error, name) from error
        finally:
            self._drop(temporary)
        self._settle(name)

    def create(self, name: str, data: bytes) -> None:
        """A new file. Raises PreconditionFailed when one of that name exists."""
        temporary = self._written(data, None)
        try:
            os.link(temporary, name, src_dir_fd=self._handle, dst_dir_fd=self._handle, follow_symlinks=False)
        except FileExistsError as error:
            raise PreconditionFailed(f"{name} exists already") from error
        except OSError as error:
            raise _refused(error, name) from error
        finally:
            self._drop(temporary)
        self._settle(name)

    def remove(self, name: str, old: bytes) -> None:
        """Delete the file, if it still is what was read."""
        if self._now(name) != old:
            raise PreconditionFailed(f"{name} was changed by another program")
        try:
            os.unlink(name, dir_fd=self._handle)
        except OSError as error:
            raise _refused(error, name) from error
        self._settle(name)

    def _now(self, name: str) -> bytes | None:
        try:
            return self.read(name)
        except ProviderDown as error:
            if isinstance(error.__cause__, FileNotFoundError):
                return None
            raise

    def _mode(self, name: str) -> int:
        try:
            mode = stat.S_IMODE(os.stat(name, dir_fd=self._handle, follow_symlinks=False).st_mode)
        except FileNotFoundError as error:
            raise PreconditionFailed(f"{name} is gone") from error
        if not mode & 0o222:
            raise NotSupported(f"{self._path / name} is read-only")
        return mode

    def _written(self, data: bytes, mode: int | None) -> str:
        """The name of a new file with these bytes, safe on the disk; without a mode the usual one of new files."""
        name = f"{TEMPORARY}{secrets.token_hex(8)}.tmp"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            with os.fdopen(os.open(name, flags, 0o666 if mode is None else 0o600, dir_fd=self._handle), "wb") as file:
                file.write(data)
                file.flush()
                if mode is not None:
                    os.fchmod(file.fileno(), mode)
                os.fsync(file.fileno())
        except OSError as error:
            self._drop(name)
            raise _refused(error, name) from error
        return name

    def _drop(self, name: str) -> None:
        with contextlib.suppress(OSError):
            os.unlink(name, dir_fd=self._handle)

    def _settle(self, name: str) -> None:
        """The change of the folder itself goes to the disk; until then a power cut may take it back."""
        try:
            os.fsync(self._handle)
        except OSError as error:
            raise OutcomeUnknown(f"{self._path / name} was changed, but the disk did not confirm it") from error


def _refused(error: OSError, name: str) -> ProviderDown:
    """What a failed write means: nothing was changed."""
    return ProviderDown(f"{name} cannot be written: {error.strerror}")


def _is_calendar(entry: "os.DirEntry[str]") -> bool:
    name = entry.name.lower()
    return name.endswith(".ics") and not name.startswith(".") and not entry.is_dir(follow_symlinks=False)


def _entry(entry: "os.DirEntry[str]") -> Entry:
    seen = entry.stat(follow_symlinks=False)
    stamp = (seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino)
    return Entry(entry.name, stat.S_ISREG(seen.st_mode), seen.st_size, stamp)
