"""Over a store whose disk cannot be written: a folder of the system's temporary one that its processes write into,
beside links to the store's finalized runs."""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=8)
def overlay_of(store: Path) -> Path:
    """The store itself where it can be written; else a folder of this account's that stands for it, with the runs that
    had ended when this process began."""
    if _can_be_written(store):
        return store
    owner = str(os.getuid()) if hasattr(os, "getuid") else ""
    name = f"proving-ground-{owner}-{hashlib.sha256(os.fsencode(store)).hexdigest()[:16]}"
    overlay = Path(tempfile.gettempdir()).resolve() / name
    if not _is_ours(overlay, owner):  # somebody else was there first
        overlay = Path(tempfile.mkdtemp(prefix=f"{name}-")).resolve()
    runs = overlay / "runs"
    runs.mkdir(exist_ok=True)
    for gone in [link for link in runs.iterdir() if link.is_symlink() and not link.exists()]:
        gone.unlink(missing_ok=True)
    with suppress(OSError):  # a store that is not there has no runs
        for folder in (store / "runs").iterdir():
            if (folder / "end.json").is_file():
                with suppress(FileExistsError):
                    (runs / folder.name).symlink_to(folder, target_is_directory=True)
    return overlay


def _is_ours(overlay: Path, owner: str) -> bool:
    """Whether the folder is this account's; made where there is nothing."""
    try:
        overlay.mkdir(mode=0o700, exist_ok=True)
    except FileExistsError:  # a file, or a link that leads nowhere
        return False
    return not overlay.is_symlink() and (not owner or str(overlay.stat().st_uid) == owner)


def _can_be_written(store: Path) -> bool:
    try:
        store.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=store):
            return True
    except OSError:
        return False
