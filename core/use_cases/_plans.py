"""Plans of the common kinds: random tests, a group left out, a split in time, walking forward. Units stay whole."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from core.contracts import Examples, Fold, Plan
from core.errors import UserError

if TYPE_CHECKING:
    import numpy as np

Planner = Callable[[Examples], Plan]
Strata = Callable[[Examples], "np.ndarray"]


def random_folds(
    *, unit: str, sentence: str, test_share: float = 0.2, num_folds: int = 5, seed: int = 0, part: str = "part"
) -> Planner:
    """One random test set; random parts of the other units take turns as validation. unit: what a unit is called.
    sentence: what a visitor reads of it. part: what a fold is called."""

    def plan(examples: Examples) -> Plan:
        import numpy as np

        units, of_row = np.unique(examples.unit, return_inverse=True)
        drawn = np.random.default_rng(seed).permutation(len(units))
        num_test = round(test_share * len(units))
        known = np.sort(drawn[num_test:])
        turn = np.full(len(units), -1)  # of the tested
        turn[known] = np.random.default_rng(seed + 1).permutation(len(known)) % num_folds
        rows = turn[of_row]
        return Plan(
            folds=_take_turns(rows, np.flatnonzero(rows < 0), num_folds, part),
            unit=unit,
            separation="unit",
            sentence=sentence,
        )

    return plan


def random_tests(
    *, unit: str, sentence: str, num_tests: int = 5, num_folds: int = 5, seed: int = 0, strata: Strata | None = None
) -> Planner:
    """Random parts of the units are tested in turn; inside the others, random parts take turns as validation, and the
    headline is the mean over the tests. strata: what each row (N,) is like, as its class; each part gets an even share
    of each."""

    def plan(examples: Examples) -> Plan:
        import numpy as np

        rng = np.random.default_rng(seed)
        stratum, of_row = _units(examples, strata)
        part = stratified_parts(stratum, num_tests, rng)
        tests = {f"test {number + 1}": part == number for number in range(num_tests)}
        return _in_turn(tests, stratum, of_row, num_folds, rng, unit, sentence)

    return plan


def group_tests(
    group: str, *, unit: str, sentence: str, num_folds: int = 5, seed: int = 0, strata: Strata | None = None
) -> Planner:
    """Leave one group out: its units are tested by networks that saw none of them; inside the others, random parts take
    turns as validation. group: a column of the info table; a unit that is of more than one raises UserError. strata: as
    in `random_tests`."""

    def plan(examples: Examples) -> Plan:
        import numpy as np

        rng = np.random.default_rng(seed)
        stratum, of_row = _units(examples, strata)
        of_group = examples.info[group].to_numpy(dtype=object)
        of_unit = _first(of_group, of_row)
        if (of_unit[of_row] != of_group).any():
            raise UserError(
                "A group that is left out takes its units along; some {unit} is of more than one {group}.",
                unit=unit,
                group=group,
            )
        tests = {str(name): of_unit == name for name in sorted(set(of_unit))}
        return _in_turn(tests, stratum, of_row, num_folds, rng, unit, sentence)

    return plan


def time_split(
    *, test_from: str, unit: str, sentence: str, num_folds: int = 5, seed: int = 0, part: str = "part"
) -> Planner:
    """Rows from a moment on test, as in '2017-08-15'; inside the time before it random parts of the units take turns as
    validation. Raises UserError for examples without time."""

    def plan(examples: Examples) -> Plan:
        import numpy as np

        before = _time(examples) < np.datetime64(test_from)
        units, of_row = np.unique(examples.unit[before], return_inverse=True)
        turn = np.full(len(examples), -1)
        turn[before] = (np.random.default_rng(seed).permutation(len(units)) % num_folds)[of_row]
        return Plan(
            folds=_take_turns(turn, np.flatnonzero(~before), num_folds, part),
            unit=unit,
            separation="time",
            sentence=sentence,
        )

    return plan


def walk_forward(
    starts: Sequence[str], *, unit: str, sentence: str, trains: Callable[[Examples], np.ndarray] | None = None
) -> Planner:
    """Train up to a day, validate up to the next one, once for each but the last of `starts`; from the last one on all
    folds test. trains: the rows (N,) that may train, as booleans; None: all. Raises UserError for examples without
    time."""

    def plan(examples: Examples) -> Plan:
        import numpy as np

        time, days = _time(examples), [np.datetime64(day) for day in starts]
        may_train = np.ones(len(examples), dtype=bool) if trains is None else trains(examples)
        folds = tuple(
            Fold(
                name=f"up to {first - np.timedelta64(1, 'D')}",
                train=np.flatnonzero(may_train & (time < first)),
                validation=np.flatnonzero((time >= first) & (time < end)),
                test=np.flatnonzero(time >= days[-1]),
            )
            for first, end in itertools.pairwise(days)
        )
        return Plan(folds=folds, unit=unit, separation="time", sentence=sentence)

    return plan


def stratified_parts(stratum: np.ndarray, num_parts: int, rng: np.random.Generator) -> np.ndarray:
    """A part 0 .. num_parts-1 for each unit (U,), at random; each stratum is spread evenly."""
    import numpy as np

    order = rng.permutation(len(stratum))
    order = order[np.argsort(stratum[order], kind="stable")]
    part = np.empty(len(stratum), dtype=int)
    part[order] = np.arange(len(stratum)) % num_parts
    return part


def _in_turn(
    tests: Mapping[str, np.ndarray],
    stratum: np.ndarray,
    of_row: np.ndarray,
    num_folds: int,
    rng: np.random.Generator,
    unit: str,
    sentence: str,
) -> Plan:
    """By name, the units (U,) that are tested; for each, random parts of all others take turns as validation."""
    import numpy as np

    folds: list[Fold] = []
    for name, tested in tests.items():
        turn = np.full(len(tested), -1)
        turn[~tested] = stratified_parts(stratum[~tested], num_folds, rng)
        rows = turn[of_row]
        folds += _take_turns(rows, np.flatnonzero(rows < 0), num_folds, f"{name}, part", test_name=name)
    return Plan(folds=tuple(folds), unit=unit, separation="unit", aggregation="mean_of_tests", sentence=sentence)


def _take_turns(
    turn: np.ndarray, test: np.ndarray, num_folds: int, part: str, test_name: str = "test"
) -> tuple[Fold, ...]:
    """turn (N,): the fold that each row validates, -1 for a row that tests."""
    import numpy as np

    return tuple(
        Fold(
            name=f"{part} {i + 1}",
            train=np.flatnonzero((turn >= 0) & (turn != i)),
            validation=np.flatnonzero(turn == i),
            test=test,
            test_name=test_name,
        )
        for i in range(num_folds)
    )


def _units(examples: Examples, strata: Strata | None) -> tuple[np.ndarray, np.ndarray]:
    """The stratum of each unit (U,), that of its first row, and the unit of each row (N,)."""
    import numpy as np

    _, of_row = np.unique(examples.unit, return_inverse=True)
    stratum = np.zeros(len(examples)) if strata is None else strata(examples)
    return _first(stratum, of_row), of_row


def _first(values: np.ndarray, of_row: np.ndarray) -> np.ndarray:
    """The value (U,) of each unit's first row."""
    import numpy as np

    return values[np.unique(of_row, return_index=True)[1]]


def _time(examples: Examples) -> np.ndarray:
    if examples.time is None:
        raise UserError("A split in time needs a time for each row; the examples have none. Give `time` in `examples`.")
    return examples.time
