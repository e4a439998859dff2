"""The content-addressed store: issued letters, attachments and results lie here under the SHA-256 of their bytes.

The address is the content, so the same bytes are stored once, never change, and can be proved by reading them again.
The store is a folder (``var/files``) or, when several machines share it, any place that fsspec can reach. The database
keeps the hashes.
"""
from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, cast

import fsspec
from fsspec.implementations.local import LocalFileSystem

from core.errors import NotFound, Refusal
from core.words import gettext as _

CHUNK = 1 << 20
_HASH = re.compile(r"[0-9a-f]{64}\Z")


class Readable(Protocol):
    """Anything that hands out bytes piece by piece: an upload, an open file, a response."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class FileRef:
    """What the database keeps of a stored file: its hash (64 hexadecimal digits) and its size in bytes."""

    sha256: str
    size: int


class FileStore:
    """A store of immutable files below one root.

    Half-written files are never seen: bytes go to a temporary name below the same root, are flushed to the disk, and
    only then get their address. A process killed in between leaves a temporary file, which :meth:`sweep_temporary`
    removes.
    """

    def __init__(self, root: Path | str) -> None:
        """``root`` is a folder or an fsspec address such as ``s3://bucket/files``; a folder is made when it is missing.
        """
        address = str(root.resolve()) if isinstance(root, Path) else root
        self._fs, self._root = fsspec.core.url_to_fs(address)
        self._local = isinstance(self._fs, LocalFileSystem)
        self._fs.makedirs(f"{self._root}/tmp", exist_ok=True)

    def put(self, stream: Readable, limit: int) -> FileRef:
        """Store all of ``stream`` and return its address; bytes that are there already are not written twice.

        At most ``limit`` bytes are accepted: a longer stream is a :class:`Refusal`, and nothing of it is kept.
        """
        temporary = f"{self._root}/tmp/{uuid.uuid4().hex}"
        digest, size = hashlib.sha256(), 0
        try:
            with self._create(temporary) as out:
                while chunk := stream.read(CHUNK):
                    size += len(chunk)
                    if size > limit:
                        raise Refusal(_("The file is larger than %(limit)s MB; please make it smaller or split it.",
                                        limit=round(limit / 1e6, 1)), limit=limit)
                    digest.update(chunk)
                    out.write(chunk)
            ref = FileRef(digest.hexdigest(), size)
            self._publish(temporary, ref.sha256)
        finally:
            if self._fs.exists(temporary):
                self._fs.rm_file(temporary)
        return ref

    def open(self, sha256: str) -> BinaryIO:
        """The stored bytes as a stream, to be closed by the caller; :class:`NotFound` when there are none."""
        try:
            return cast(BinaryIO, self._fs.open(self._path(sha256), "rb"))
        except FileNotFoundError:
            raise NotFound(_("The file is not in the store: %(sha256)s", sha256=sha256[:64])) from None

    def exists(self, sha256: str) -> bool:
        """Is something stored under this address?"""
        return bool(self._fs.exists(self._path(sha256)))

    def verify(self, sha256: str) -> bool:
        """Read the file again: are these still the bytes that were stored?"""
        with self.open(sha256) as stream:
            digest = hashlib.sha256()
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
            return digest.hexdigest() == sha256

    def sweep_temporary(self, before: float) -> int:
        """Remove what killed writers left: temporary files last written before ``before`` (seconds since 1970)."""
        stale = [path for path in self._fs.ls(f"{self._root}/tmp", detail=False)
                 if self._fs.modified(path).timestamp() < before]
        for path in stale:
            self._fs.rm_file(path)
        return len(stale)

    def discard_before(self, before: float) -> int:
        """Remove what was last written before ``before``: for stores of files that only wait; returns how many."""
        stale = [path for folder in self._fs.ls(self._root, detail=False) if not folder.endswith("/tmp")
                 for path in self._fs.find(folder) if self._fs.modified(path).timestamp() < before]
        for path in stale:
            self._fs.rm_file(path)
        return len(stale) + self.sweep_temporary(before)

    def _path(self, sha256: str) -> str:
        """The place of an address. Only a hash is an address, so no name can lead out of the root."""
        if not _HASH.match(sha256):
            raise NotFound(_("The file is not in the store: %(sha256)s", sha256=sha256[:64]))
        return f"{self._root}/{sha256[:2]}/{sha256}"

    @contextmanager
    def _create(self, path: str) -> Iterator[BinaryIO]:
        """A new file for writing; on a local disk it is on the disk itself when the block ends."""
        if not self._local:
            with self._fs.open(path, "wb") as out:
                yield out
            return
        with Path(path).open("xb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())

    def _publish(self, temporary: str, sha256: str) -> None:
        """Give the finished file its address, at once and for good."""
        target = self._path(sha256)
        if self._fs.exists(target):
            return
        if not self._local:
            self._fs.mv(temporary, target)
            return
        folder = Path(target).parent
        folder.mkdir(exist_ok=True)
        Path(temporary).replace(target)
        for changed in (folder, folder.parent):  # the new names must survive a power cut too, not only the bytes
            descriptor = os.open(changed, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
