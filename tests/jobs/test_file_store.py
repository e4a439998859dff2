"""Files are stored under their own hash, whole or not at all."""
from __future__ import annotations

import hashlib
import io
import os
import uuid
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import NotFound, Refusal
from core.files import FileStore


class Torn:
    """An upload whose connection breaks."""

    def __init__(self) -> None:
        self.pieces = [b"first half"]

    def read(self, size: int = -1) -> bytes:
        if not self.pieces:
            raise ConnectionResetError
        return self.pieces.pop()


@pytest.fixture(params=["folder", "fsspec"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files" if request.param == "folder" else f"memory://store-{uuid.uuid4().hex}")


def files_of(store: FileStore) -> list[str]:
    return store._fs.find(store._root)


def test_what_is_stored_is_read_back_under_its_hash(store: FileStore) -> None:
    ref = store.put(io.BytesIO("红头文件".encode()), limit=100)
    assert ref.sha256 == hashlib.sha256("红头文件".encode()).hexdigest()
    assert ref.size == 12
    with store.open(ref.sha256) as stream:
        assert stream.read().decode() == "红头文件"
    assert store.exists(ref.sha256) and store.verify(ref.sha256)


def test_the_same_bytes_are_stored_once(store: FileStore) -> None:
    assert store.put(io.BytesIO(b"same"), 10) == store.put(io.BytesIO(b"same"), 10)
    assert len(files_of(store)) == 1


@pytest.mark.parametrize(("upload", "fault"), [(io.BytesIO(b"x" * 11), Refusal), (Torn(), ConnectionResetError)])
def test_a_file_too_large_or_cut_off_leaves_nothing(tmp_path: Path, upload: io.BytesIO, fault: type[Exception]) -> None:
    store = FileStore(tmp_path)
    with pytest.raises(fault):
        store.put(upload, limit=10)
    assert files_of(store) == []


@pytest.mark.parametrize("address", ["../../etc/passwd", "", "/etc/passwd", "A" * 64, "a" * 64 + "\n", "a" * 63, "a" * 64])
def test_only_a_hash_of_something_stored_is_an_address(store: FileStore, address: str) -> None:
    with pytest.raises(NotFound):
        store.open(address)


def test_an_altered_file_is_noticed(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    ref = store.put(io.BytesIO(b"letter"), 10)
    (tmp_path / ref.sha256[:2] / ref.sha256).write_bytes(b"forged")
    assert not store.verify(ref.sha256)


def test_what_killed_writers_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    ref = store.put(io.BytesIO(b"kept"), 10)
    for name, age in (("old", 1_000), ("being-written", 2_000)):
        (tmp_path / "tmp" / name).write_bytes(b"half")
        os.utime(tmp_path / "tmp" / name, (age, age))
    assert store.sweep_temporary(before=1_500) == 1
    assert store.exists(ref.sha256)
    assert (tmp_path / "tmp" / "being-written").exists()


@given(content=st.binary(max_size=5000))
def test_any_bytes_come_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    store = FileStore(tmp_path_factory.mktemp("files"))
    ref = store.put(io.BytesIO(content), 5000)
    with store.open(ref.sha256) as stream:
        assert stream.read() == content
