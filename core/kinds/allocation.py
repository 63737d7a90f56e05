"""Allocation: weights over assets in each period, paid by what the assets earn. Target columns: each asset's return."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.checks.column_check import must_be
from core.contracts import Examples, HeldOutRows, Metric, Task
from core.errors import UserError
from core.formatting import numbers
from core.formatting.messages import message
from core.kinds import TaskKind
from core.kinds._paths import allocation_of, net_returns, path_order
from core.kinds._weighted import average, ones
from core.kinds._written import SHARE
from core.kinds.forms import Weights

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_PERCENT = 100.0


def _moments(rows: HeldOutRows, weight_NA: np.ndarray, task: Task) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of the net return of a period, (R,) each. A drawn row is what it earned on the real path."""
    import numpy as np

    net, drawn = net_returns(rows, weight_NA, task), ones(rows)
    mean = average(net, drawn)
    return mean, np.maximum(average(net**2, drawn) - mean**2, 0.0)


def utility(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Mean-variance utility of a year in percent (Markowitz, 1952): mean return less half the risk aversion times the
    variance."""
    asked, (mean, variance) = allocation_of(task), _moments(rows, prediction, task)
    return _PERCENT * asked.periods * (mean - asked.risk_aversion / 2 * variance)


def mean_return(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Mean net return, times the periods of a year, in percent."""
    return _PERCENT * allocation_of(task).periods * _moments(rows, prediction, task)[0]


def log_growth(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Mean log of one plus the net return, times the periods of a year, in percent (Kelly, 1956)."""
    import numpy as np

    net = net_returns(rows, prediction, task)
    return _PERCENT * allocation_of(task).periods * average(np.log1p(np.maximum(net, -1 + 1e-6)), ones(rows))


def sharpe(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Mean net return over its standard deviation, of a year (Sharpe, 1966); NaN where nothing varies."""
    import numpy as np

    mean, variance = _moments(rows, prediction, task)
    varies = variance > 1e-18
    spread = np.sqrt(variance, out=np.ones(len(variance)), where=varies)
    return np.where(varies, mean / spread * math.sqrt(allocation_of(task).periods), np.nan)


def moments(task: Task, info: pd.DataFrame) -> np.ndarray:
    """The moment of each of some rows, (N,)."""
    found: np.ndarray = info[allocation_of(task).when].to_numpy()
    return found


def earned(task: Task, target: np.ndarray, info: pd.DataFrame, weight_NA: np.ndarray) -> np.ndarray:
    """The net return of each of some rows, (N,), from a run's files."""
    import pandas as pd

    group = pd.factorize(info[task.group])[0] if task.group else None
    return net_returns(HeldOutRows(target=target, group=group, table=info), weight_NA, task)


UTILITY = Metric(
    name="utility",
    label="Return less risk",
    short="utility",
    higher_is_better=True,
    perfect=None,
    compute=utility,
    unit="% a year",
    help="The yearly return after costs, less a price for how much it swings: what a careful saver gets out of it.",
)
MEAN_RETURN = Metric(
    name="mean_return",
    label="Return",
    short="return",
    higher_is_better=True,
    perfect=None,
    compute=mean_return,
    unit="% a year",
    help="What a year earns on average, after the costs of trading.",
)
LOG_GROWTH = Metric(
    name="log_growth",
    label="Growth",
    short="growth",
    higher_is_better=True,
    perfect=None,
    compute=log_growth,
    unit="% a year",
    help="How fast money that stays invested grows, after costs: large losses weigh more than large gains.",
)
SHARPE = Metric(
    name="sharpe",
    label="Sharpe ratio",
    short="Sharpe",
    higher_is_better=True,
    perfect=None,
    compute=sharpe,
    undefined="It divides by how much the return swings, and on these rows it never does.",
    help="The return of a year, in units of how much it swings. Above 1 is rare for long.",
)


def _check_task(task: Task) -> None:
    asked = allocation_of(task)
    if len(task.outputs) < 2 or len(task.outputs) != len(task.target_columns):
        raise UserError(
            "Each asset has a weight and a return, and there are two or more; here are {outputs} outputs and {columns} "
            "target columns. Name the assets in `outputs`, and their returns in `target_columns`, in the same order.",
            outputs=len(task.outputs),
            columns=len(task.target_columns),
        )
    if not 0 <= asked.cost < 1 or asked.risk_aversion < 0 or asked.periods <= 0:
        raise UserError("A cost is a share from 0 to 1, a risk aversion 0 or more, and a year has periods. Mend them.")
    if asked.cost and not task.group:
        raise UserError(
            "Trading costs depend on what was held before; the task names no `group`. Name an info column: rows of one "
            "value are one path through time."
        )


def _check_info(task: Task, info: pd.DataFrame) -> None:
    when = allocation_of(task).when
    if when not in info.columns or info[when].isna().any():
        raise UserError(
            "Every period has its moment; the info column {when!r} is not there, or is missing in some rows. Give it, "
            "or mend `Allocation.when`.",
            when=when,
        )


def _check_labels(task: Task, labels: Mapping[str, np.ndarray]) -> None:
    rule = message("A return is above -1, which is the loss of everything")
    advice = message("Give returns as shares: 0.01 is one percent.")
    for name in task.target_columns:
        must_be(message("the target {name!r}", name=name), labels[name], lambda x: x > -1, rule, advice)


def _learned(task: Task, examples: Examples) -> np.ndarray:
    """The returns, then path and place in the order of paths and time, (N, A + 2): costs depend on the row before."""
    import numpy as np
    import pandas as pd

    earned = examples.target.to_numpy(dtype=np.float64)
    path = pd.factorize(examples.info[task.group])[0] if task.group else np.arange(len(examples))
    place = np.empty(len(path))
    place[path_order(path, examples.info[allocation_of(task).when].to_numpy())] = np.arange(len(path))
    return np.c_[earned, path, place]


def _weights(task: Task, examples: Examples) -> np.ndarray:
    import numpy as np

    return np.ones(len(examples))


def _blocks(task: Task, rows: HeldOutRows) -> np.ndarray:
    """A path stays together in a batch."""
    import numpy as np

    return np.arange(len(rows)) if rows.group is None else np.asarray(rows.group)


def _happened(task: Task, target: Mapping[str, float]) -> str:
    best = max(task.target_columns, key=lambda name: target[name])
    earned = numbers.percent(target[best], 1, sign=True)
    return message("{asset} earned most, {earned}", asset=task.outputs[task.target_columns.index(best)], earned=earned)


def _shown(task: Task, mean: list[float]) -> int:
    """The asset with the largest weight."""
    return max(range(len(mean)), key=mean.__getitem__)


KIND = TaskKind(
    name="allocation",
    title="Weights over assets",
    metrics=(UTILITY, MEAN_RETURN, LOG_GROWTH, SHARPE),
    loss="mean_variance",
    check_task=_check_task,
    check_info=_check_info,
    check_labels=_check_labels,
    learned=_learned,
    weights=_weights,
    blocks=_blocks,
    happened=_happened,
    form=Weights(),
    has_outcome=False,
    mean_tells=False,
    shown=_shown,
    written=SHARE,
    results="allocation",
    picture="growth",
    money="level",
)
