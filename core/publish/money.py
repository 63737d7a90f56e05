"""The money of a recorded run counted again from its kept predictions; and differences that it has not kept, by the
draws of rows and members that its training was judged by. Trains nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from core.checks import examples_check
from core.contracts import Examples, Plan, UseCase
from core.contracts.report import End, StoredReport, Summary, ValueReport
from core.errors import UserError
from core.evaluation import intervals, plan_rows
from core.formatting.as_json import as_json, without_nan
from core.pipeline.report import HeldOutPredictions, with_value
from core.pipeline.report import summary as summary_of
from core.store import packed
from core.store.ensembles import load_ensemble
from core.store.files import write_atomically, write_json
from core.store.held_out import HeldOut, read_held_out
from core.store.predictions import NETWORK
from core.store.runs import Run
from core.value.summary import Forecasts, recount
from core.value.summary import HeldOut as Priced


@dataclass(frozen=True, kw_only=True, slots=True)
class Redrawn:
    """members (M, N, O) on the test rows; how often each row was drawn (R, N), and each member's share (R, M)."""

    members: np.ndarray
    weight: np.ndarray
    shares: np.ndarray


def lacks_differences(value: ValueReport) -> bool:
    """Whether some baseline or reference has no paired difference yet."""
    return not all("network_minus_this" in entry for entry in (*value["baselines"], *value["references"]))


def redrawn(run: Run, use_case: UseCase, examples: Examples, plan: Plan, found: HeldOut) -> Redrawn:
    """Draw again, with the run's own seed; the members are asked by the weights that ship. use_case: in the run's
    variant. Raises UserError, and RunError where there are no weights."""
    test, ids = plan_rows.test_set(use_case.task, plan, examples)
    if not np.array_equal(ids, found.rows):
        raise UserError("The test rows of {run} are not those of its plan now. Record it again.", run=run.id)
    draws = intervals.draw(test, run.report()["headline"]["members"], seed=int(run.settings["seed"]))
    members = HeldOutPredictions.of(load_ensemble(run, use_case), examples, plan).test
    return Redrawn(members=members, weight=draws.rows, shares=draws.members)


def count_again(run: Run, use_case: UseCase, load: Callable[[UseCase], Examples] | None = None) -> ValueReport:
    """Count a run's money again from its kept predictions, under its own assumptions, and put it into its report and
    its summary. load: the examples of a use case, checked; with it, a run that keeps its weights and no differences is
    given these, and intervals of the same draws. Returns the money section."""
    report, found = run.report(), read_held_out(run)
    varied, drawn = use_case.with_variant(run.config["settings"]), None
    if load and report["value"] and run.has_weights and lacks_differences(report["value"]):
        examples = load(varied)
        drawn = redrawn(run, varied, examples, examples_check.plan_of(varied, examples), found)
    value = money_again(varied, report, found, run.id, drawn)
    _put_report(run, with_value(report, value))
    return value


def tell_again(run: Run) -> None:
    """Write a run's summary anew from its report."""
    _put_report(run, run.report())


def _put_report(run: Run, report: StoredReport) -> None:
    if run.end is None:
        raise UserError(
            "The money of a finished run is counted again; {run} is not finalized. Train it again.", run=run.id
        )
    content = as_text(report)
    put(run.place_of("report.json"), content, "report.json")
    summary: Summary = {**run.summary, **summary_of(cast(StoredReport, without_nan(report)))}
    end: End = {**run.end, "summary": summary}
    if "files" in end:
        end["files"] = {**end["files"], "report.json": packed.checksum(content)}
    write_json(run.folder / "end.json", end)


def money_again(
    use_case: UseCase, report: StoredReport, found: HeldOut, name: str, drawn: Redrawn | None = None
) -> ValueReport:
    """A report's money from kept predictions. name: of the run, for whoever is told that it has none."""
    model = use_case.value
    if model is None or not report["value"]:
        raise UserError("Money is counted where a run has some; {run} has none.", run=name)
    held_out = Priced(
        validation_target=found.validation_target,
        validation_info=found.validation_info,
        test_target=found.target,
        test_info=found.info,
        weight=drawn.weight if drawn else np.empty((0, len(found.rows))),
        shares=drawn.shares if drawn else np.empty((0, len(found.members))),
    )
    network = Forecasts(
        name=NETWORK,
        title="Network",
        validation=found.validation,
        test=drawn.members if drawn else found.members,
        ensemble=found.ensemble,
    )
    others = [
        Forecasts(
            name=b["name"],
            title=b["title"],
            validation=found.validation_baselines[b["name"]],
            test=found.baselines[b["name"]][None],
        )
        for b in report["value"]["baselines"]
    ]
    return recount(model, held_out, network, others, report["value"])


def as_text(value: Any) -> bytes:
    """JSON as a run's file has it."""
    return as_json(value, indent=1).encode()


def put(path: Path, content: bytes, name: str) -> None:
    """Write a file whose content has changed, packed where its name says so."""
    try:
        if packed.unpack(path) == content:
            return
    except (OSError, ValueError):
        pass  # none yet, or a damaged one
    told = packed.pack(content, name) if path.name != name else content
    write_atomically(path, lambda p: p.write_bytes(told))
