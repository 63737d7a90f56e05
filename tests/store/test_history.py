"""What earlier runs tell: shape, epochs and phases, also of runs from before reports held them."""

from __future__ import annotations

import json
import shutil

import pytest

from core.estimating import history
from core.store import runs
from core.use_cases import all_use_cases
from core.use_cases import use_case as use_case_named

DECLARED = [u for u in all_use_cases() if u.industry != "testing"]


@pytest.mark.parametrize("declared", DECLARED, ids=lambda u: u.name)
def test_every_use_case_has_a_shape_in_every_variant_from_the_shipped_runs(declared, tmp_path) -> None:
    for name in [v.name for v in declared.variants] or [""]:
        varied = declared.with_variant({"variant": name} if name else {})
        told = history.of_runs(varied, runs.of_variant(runs.list_runs(tmp_path, declared.name), varied))
        assert told.shape is not None
        assert told.shape.num_numeric >= 1 or declared.arrays
        assert told.shape.outputs == len(varied.task.outputs)
        assert told.known
        assert told.baselines_are_kept, "the simple methods of every variant ship"


def test_a_damaged_report_or_preprocessing_tells_nothing_and_raises_nothing(tmp_path) -> None:
    declared = use_case_named("retail/coupon_response")
    recorded, source = runs.read(runs.RECORDED / "retail-coupon_response-quick", recorded=True), tmp_path / "whole"
    source.mkdir()
    shutil.copy(recorded.folder / "config.json", source)
    for name in recorded.end["files"]:
        (source / name).write_bytes(recorded.content(name))
    (source / "end.json").write_text(json.dumps({k: v for k, v in recorded.end.items() if k != "files"}))
    for place, (name, text) in enumerate(
        [
            ("report.json", "{"),
            ("report.json", json.dumps({**json.loads((source / "report.json").read_text()), "best_epoch": "many"})),
            ("report.json", json.dumps({**json.loads((source / "report.json").read_text()), "shape": {"rows": -1}})),
            ("preprocessing.json", "[]"),
        ]
    ):
        folder = tmp_path / str(place)
        shutil.copytree(source, folder)
        (folder / name).write_text(text)
        told = history.of_runs(declared, [runs.read(folder)])
        assert told.shape is None
        assert len(told.known) == (0 if name == "report.json" else 1)
