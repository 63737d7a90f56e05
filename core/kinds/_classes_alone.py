"""What one column tells of classes by itself."""

from __future__ import annotations

from core.contracts import HeldOutRows, Task
from core.kinds import ColumnCodes
from core.kinds._class_metrics import roc_auc


def class_auc(task: Task, column: ColumnCodes, *, leave_out_first: bool) -> float:
    """The ROC AUC of each class against the others, weighted by its share; NaN where there is none. leave_out_first: of
    two classes one tells all."""
    import numpy as np

    classes = np.unique(column.train_target[:, 0])[1 if leave_out_first else 0 :]
    each = []
    for one in classes:
        of_class = HeldOutRows(target=(column.target[:, :1] == one).astype(np.float64))
        predicted = column.mean((column.train_target[:, 0] == one).astype(np.float64))[column.codes][:, None]
        each.append((of_class.target.mean(), float(roc_auc(of_class, predicted, task)[0])))
    share, auc = np.array(each).T
    known = np.isfinite(auc)
    return float(np.average(auc[known], weights=share[known])) if known.any() else float("nan")
