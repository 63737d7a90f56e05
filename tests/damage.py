"""Damage to the files of a store: bytes, values, tables and tensors, by a generator with a seed."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

VALUES: tuple[Any, ...] = (None, "x", "", -1, 0, 3, 0.5, 1e-300, 1e299, 10**30, True, [], ["a"], {}, {"a": 1}, "\ud800")
LITERALS = ("NaN", "Infinity", "1e999", "1" + "0" * 5000, "[" * 40 + "]" * 40, "[" * 100_000 + "]" * 100_000)


def flip(path: Path, rng: random.Random) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(rng.choice((1, 1, 3, 30))):
        if content:
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    path.write_bytes(content)


def truncate(path: Path, rng: random.Random) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: rng.randrange(len(content) + 1)])


def empty(path: Path, rng: random.Random) -> None:
    path.write_bytes(b"")


def delete(path: Path, rng: random.Random) -> None:
    path.unlink()


def folder_instead(path: Path, rng: random.Random) -> None:
    path.unlink()
    path.mkdir()


def garbage(path: Path, rng: random.Random) -> None:
    path.write_bytes(rng.randbytes(rng.choice((1, 100, 5000))))


def another_file(path: Path, rng: random.Random) -> None:
    others = [p for p in path.parent.iterdir() if p != path and p.is_file()]
    if others:
        shutil.copy(rng.choice(sorted(others)), path)


def other_value(path: Path, rng: random.Random) -> None:
    """One value of the JSON, anywhere in it, becomes another one, or goes."""
    lines = path.suffix == ".jsonl"
    text = path.read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()] if lines else [json.loads(text)]
    places = [(holder, key) for row in rows for holder, key in _places(row)]
    holder, key = rng.choice(places)
    chosen = rng.choice((*VALUES, "literal", "gone", "renamed", "deep"))
    mark = "a literal stands here"
    if chosen == "gone":
        del holder[key]
    elif chosen == "renamed" and isinstance(holder, dict):
        holder[f"{key}x"] = holder.pop(key)
    elif chosen == "deep":
        holder[key] = _deep(rng.choice((15, 60, 400)))
    elif chosen == "literal":
        holder[key] = mark
    else:
        holder[key] = chosen
    written = "\n".join(json.dumps(row) for row in rows) + "\n" * lines
    path.write_text(written.replace(json.dumps(mark), rng.choice(LITERALS)), encoding="utf-8")


def _deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


def _places(value: Any) -> list[tuple[Any, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, inside in items for place in ((value, key), *_places(inside))]


def other_table(path: Path, rng: random.Random) -> None:
    import pandas as pd

    table = pd.read_parquet(path)
    name = rng.choice(list(table.columns))
    change = rng.choice(("drop", "rename", "text", "missing", "half", "none", "ids", "shuffle", "part", "twice"))
    if change == "drop":
        table = table.drop(columns=name)
    elif change == "rename":
        table = table.rename(columns={name: f"{name}x"})
    elif change == "text":
        table[name] = "x"
    elif change == "missing":
        table[name] = None
    elif change == "half":
        table = table.iloc[: len(table) // 2]
    elif change == "none":
        table = table.iloc[:0]
    elif change == "ids" and "row" in table:
        table["row"] += rng.choice((10**6, -(10**6)))
    elif change == "shuffle":
        table = table.sample(frac=1.0, random_state=rng.randrange(1000))
    elif change == "part":
        table["part"] = "test"
    else:
        table = pd.concat([table, table], ignore_index=True)
    table.to_parquet(path, index=False)


def other_tensors(path: Path, rng: random.Random) -> None:
    import numpy as np
    from safetensors.numpy import load, save

    arrays = load(path.read_bytes()) or {"x": np.arange(3.0)}  # some files hold facts alone
    name = rng.choice(sorted(arrays))
    change = rng.choice(("drop", "rename", "cut", "type", "none", "not a number"))
    array = arrays.pop(name)
    if change == "rename":
        arrays[f"{name}x"] = array
    elif change == "cut":
        arrays[name] = np.ascontiguousarray(array[:-1])
    elif change == "type":
        arrays[name] = array.astype(np.int64)
    elif change == "none":
        arrays[name] = array[:0]
    elif change == "not a number":
        arrays[name] = np.full_like(array, np.nan)
    path.write_bytes(save(arrays))


BYTES = (flip, flip, truncate, empty, delete, folder_instead, garbage, another_file)
_MORE: dict[str, tuple[Callable[[Path, random.Random], None], ...]] = {
    ".json": (other_value,) * 12,
    ".jsonl": (other_value,) * 12,
    ".parquet": (other_table,) * 6,
    ".safetensors": (other_tensors,) * 6,
}


def damage(path: Path, rng: random.Random) -> str:
    """Damage a file in one of many ways; what was done, in words."""
    how = rng.choice((*BYTES, *_MORE.get(path.suffix, ())))
    how(path, rng)
    again = how not in BYTES and rng.random() < 0.7 and _finalize_again(path)
    return f"{how.__name__} of {path.name}{', as an older version might have written it' if again else ''}"


def _finalize_again(path: Path) -> bool:
    """Make end.json say that the file is what was written: what is then told is told by the file's form alone."""
    end = path.parent / "end.json"
    if path.name == end.name or not end.is_file():
        return False
    told = json.loads(end.read_text())
    if path.name in told.get("files", {}):
        told["files"][path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
        end.write_text(json.dumps(told))
    return True
