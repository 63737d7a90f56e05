"""The calibration of this machine on disk, and what runs have taught it. A damaged file counts as none."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from filelock import Timeout

from core.environment.machine import available_cores, processor, worker_threads
from core.estimating.estimate import NOT_AVAILABLE, Calibration, DeviceCosts, Learned
from core.keys import fingerprint
from core.keys.file_stamps import read_once
from core.store.files import lock_at, read_json, write_json
from core.store.formats import CALIBRATION

log = logging.getLogger("proving_ground.calibration")

SCHEMA = 1
SHIPPED = Path(__file__).parents[2] / "data" / "calibration.json"
_LOCK_S = 10.0


def path_of(store: Path) -> Path:
    """Where a store keeps its calibration."""
    return store / "calibration.json"


@cache
def machine() -> dict[str, Any]:
    """What a calibration holds for: processor, cores, threads, torch, and the code of a training step."""
    try:
        torch = version("torch")
    except PackageNotFoundError:
        torch = "not installed"
    return {
        "processor": processor(),
        "cores": available_cores(),
        "threads": worker_threads(),
        "torch": torch,
        "code": fingerprint.of_step(),
    }


def load(store: Path) -> Calibration:
    """This machine's calibration, else the shipped one, which says that it is from another machine."""
    found = _read(path_of(store))
    if found is not None:
        return found
    shipped = _read(SHIPPED)
    if shipped is None:
        return Calibration(devices={}, own=False)
    return shipped


def described(calibration: Calibration) -> dict[str, Any]:
    """As a command prints it: the file's contents, and whether it is this machine's."""
    return _to_json(calibration, machine())


def is_current(store: Path) -> bool:
    """Whether the store's calibration was measured on this machine as it is, with today's code."""
    found = _read(path_of(store))
    return found is not None and found.own and _machine_in(path_of(store)) == machine()


def save(store: Path, measured: Mapping[str, DeviceCosts], auto: str) -> None:
    """Keep new measurements. What was learned against older ones is forgotten: it corrected those."""
    with lock_at(store / "calibration.lock").acquire(timeout=_LOCK_S):
        write_json(path_of(store), _to_json(Calibration(devices=measured, auto=auto), machine()))


def learn(
    store: Path,
    device: str,
    key: str,
    *,
    time: float | None = None,
    memory: float | None = None,
    contention: float | None = None,
    watts: float | None = None,
) -> None:
    """Take one run's log(actual / estimated) into the running corrections of its use case and of all together, and its
    watts. Without a calibration of its own the machine corrects the shipped one. Raises OSError."""

    def taught(calibration: Calibration) -> Calibration:
        on = calibration.devices.get(device)
        if on is None:
            return calibration
        power = on.watts if watts is None else watts if on.watts is None else 0.7 * on.watts + 0.3 * watts
        changed = DeviceCosts(
            described=on.described,
            date=on.date,
            costs=on.costs,
            spread=on.spread,
            watts=power,
            energy=on.energy,
            time=_with(on.time, key, time),
            memory=_with(on.memory, key, memory),
            contention=on.contention
            if contention is None or not math.isfinite(contention)
            else on.contention.after(max(0.0, contention)),
        )
        return Calibration(devices={**calibration.devices, device: changed}, auto=calibration.auto, own=calibration.own)

    _change(store, taught)


def _change(store: Path, change: Callable[[Calibration], Calibration]) -> None:
    try:
        with lock_at(store / "calibration.lock").acquire(timeout=_LOCK_S):
            known = load(store)
            write_json(path_of(store), _to_json(change(known), _machine_in(path_of(store))))
    except Timeout:
        log.warning("the calibration of %s is being written by another process; one run is not learned from", store)


def _machine_in(path: Path) -> dict[str, Any]:
    """The machine that a file names; of none, the shipped file's: it is not this one's, and is measured when idle."""
    for place in (path, SHIPPED):
        if _read(place) is not None:
            return dict(read_json(place, CALIBRATION)["machine"])
    return {}


def _with(known: Mapping[str, Learned], key: str, log_ratio: float | None) -> dict[str, Learned]:
    if log_ratio is None or not math.isfinite(log_ratio):
        return dict(known)
    return {**known, **{k: known.get(k, Learned()).after(log_ratio) for k in (key, "*")}}


def now() -> str:
    """The date of a measurement."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _read(path: Path) -> Calibration | None:
    try:
        return _parsed(path)
    except OSError:
        return None


@read_once(maxsize=16)
def _parsed(path: str) -> Calibration | None:
    """None for a file that is damaged, of another schema, or says what cannot be."""
    try:
        raw = read_json(path, CALIBRATION)
    except (OSError, ValueError) as error:
        log.warning("the calibration %s cannot be used (%s); it is measured anew", path, error)
        return None
    if not raw["devices"] or raw["schema"] != SCHEMA:
        return None
    devices = {name: _device(each) for name, each in raw["devices"].items()}
    return Calibration(devices=devices, auto=raw["auto"], own=raw["own"])


def _device(raw: Mapping[str, Any]) -> DeviceCosts:
    return DeviceCosts(
        described=raw["described"],
        date=raw["date"],
        costs=raw["costs"],
        spread=raw["spread"],
        watts=raw["watts"],
        energy=raw.get("energy", NOT_AVAILABLE),
        time={key: _learned(each) for key, each in raw["time"].items()},
        memory={key: _learned(each) for key, each in raw["memory"].items()},
        contention=_learned(raw["waits"]),
    )


def _learned(raw: Mapping[str, Any]) -> Learned:
    return Learned(log_ratio=raw["log_ratio"], spread=raw["spread"], runs=raw["runs"])


def _to_json(calibration: Calibration, whose: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "machine": dict(whose),
        "own": calibration.own,
        "auto": calibration.auto,
        "devices": {name: _device_to_json(on) for name, on in calibration.devices.items()},
    }


def _device_to_json(on: DeviceCosts) -> dict[str, Any]:
    def one(known: Learned) -> dict[str, Any]:
        return {"log_ratio": known.log_ratio, "spread": known.spread, "runs": known.runs}

    def learned(known: Mapping[str, Learned]) -> dict[str, Any]:
        return {key: one(each) for key, each in sorted(known.items())}

    return {
        "described": on.described,
        "date": on.date,
        "costs": dict(on.costs),
        "spread": on.spread,
        "watts": on.watts,
        "energy": on.energy,
        "time": learned(on.time),
        "memory": learned(on.memory),
        "waits": one(on.contention),
    }
