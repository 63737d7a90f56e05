"""Files of recorded runs that are shipped small: packed, and once for all runs that have the same. Writes no run."""

from __future__ import annotations

import hashlib
import lzma
import os
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from core.keys.file_stamps import Stamp, stamp_of

_PLAIN, _PACKED, _PLANES = "", ".xz", ".planes.xz"
_OF_NUMBERS = ("model.safetensors",)
_WIDTH = 4
_MOST_MEMORY = 64_000_000
_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 22}]
_NAMED_BY = 16  # hexadecimal digits of the checksum


def checksum(content: bytes) -> str:
    """As end.json holds it."""
    return hashlib.sha256(content).hexdigest()


def name_of(name: str) -> str:
    """What a file is called once packed; of 32-bit numbers, those bytes lie together that are at the same place of
    theirs. Parquet is packed inside."""
    if name.endswith(".parquet"):
        return name
    return name + (_PLANES if name in _OF_NUMBERS else _PACKED)


def pack(content: bytes, name: str) -> bytes:
    """A file's content as it is shipped under `name_of(name)`."""
    suffix = name_of(name).removeprefix(name)
    if suffix == _PLAIN:
        return content
    planes = content if suffix == _PACKED else _by_place(content)
    return lzma.compress(planes, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC32, filters=_FILTERS)


def unpack(path: Path) -> bytes:
    """The content of a file, packed or not. Raises OSError, and ValueError for a packed one that is damaged."""
    stamp_of(path)  # refuses a pipe, which would never be read
    content = path.read_bytes()
    if not path.name.endswith(_PACKED):
        return content
    try:
        content = lzma.decompress(content, memlimit=_MOST_MEMORY)
    except (lzma.LZMAError, EOFError) as error:
        raise ValueError("it is not what was written when the run ended") from error
    return _in_order(content) if path.name.endswith(_PLANES) else content


def shared_folder(root: Path) -> Path:
    """Where the files lie that the runs of a folder have in common."""
    return root.with_name(f"{root.name}_shared")


def shared_name(name: str, digest: str) -> str:
    """What a file that runs have in common is called: by its checksum, so that it is never another."""
    return f"{digest[:_NAMED_BY]}-{name_of(name)}"


def find(folder: Path, name: str, digest: str | None, roots: tuple[Path, ...]) -> Path:
    """Where a run's file lies: in its folder, packed there, or, by the checksum in its end.json, with those that the
    runs of a root have in common. Where there is none, the path in its folder."""
    return Path(next((path for path in _places(folder, name, digest, roots) if os.path.isfile(path)), folder / name))


def stamp_where(folder: Path, name: str, digest: str | None, roots: tuple[Path, ...]) -> Stamp | None:
    """The stamp of that file, None where there is none. A page asks for those of a dozen files, several times."""
    for path in _places(folder, name, digest, roots):
        with suppress(OSError):
            return stamp_of(path)
    return None


def _places(folder: Path, name: str, digest: str | None, roots: tuple[Path, ...]) -> Iterator[str]:
    own = os.fspath(folder) + os.sep
    yield own + name
    yield own + name_of(name)
    if digest:
        named = shared_name(name, digest)
        for root in _shared_folders(folder.parent, roots):
            yield root + named


@lru_cache(maxsize=100)
def _shared_folders(root: Path, roots: tuple[Path, ...]) -> tuple[str, ...]:
    return tuple(os.fspath(shared_folder(one)) + os.sep for one in dict.fromkeys((root, *roots)))


def _by_place(content: bytes) -> bytes:
    rest = len(content) % _WIDTH
    whole, tail = content[: len(content) - rest], content[len(content) - rest :]
    return b"".join(whole[place::_WIDTH] for place in range(_WIDTH)) + tail


def _in_order(content: bytes) -> bytes:
    count = len(content) // _WIDTH
    whole = bytearray(count * _WIDTH)
    for place in range(_WIDTH):
        whole[place::_WIDTH] = content[place * count : (place + 1) * count]
    return bytes(whole) + content[count * _WIDTH :]
