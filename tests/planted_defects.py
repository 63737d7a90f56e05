"""Twenty defects, one an area, planted one at a time in a copy. `python -m tests.planted_defects [AREA ...]`
says of each which test went red; it ends with exit code 1 where no test did."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
_LEFT_OUT = shutil.ignore_patterns(".git", ".venv*", "__pycache__", ".*_cache", "screenshots")
_MOST_S = 1200


@dataclass(frozen=True, kw_only=True, slots=True)
class Defect:
    """In `file`, `old` becomes `new` wherever it stands (`times`); `tests`, a part of make test, must go red."""

    area: str
    file: str
    old: str
    new: str
    tests: str
    times: int = 1


DEFECTS = (
    Defect(
        area="gradient of a loss",
        file="core/training/losses/binary_cross_entropy.py",
        old=".sub_(target_KBT[..., :1]).mul_(share_KB1)",
        new=".sub_(target_KBT[..., :1]).mul_(share_KB1.mean())",
        tests="tests/training/test_losses.py",
    ),
    Defect(
        area="step of an optimiser",
        file="core/training/optimisers.py",
        old="self.second.mul_(_RMS_DECAY).addcmul_(gradient, gradient, value=1 - _RMS_DECAY)",
        new="self.second.mul_(_RMS_DECAY).addcmul_(gradient, gradient, value=1 - _BETA2)",
        tests="tests/training/test_optimisers.py",
    ),
    Defect(
        area="early stopping",
        file="core/training/members.py",
        old="running = epoch - self.best_epoch[self.active] < self.patience[self.active]",
        new="running = epoch - self.best_epoch[self.active] <= self.patience[self.active]",
        tests="tests/training/test_loop.py",
    ),
    Defect(
        area="leak of test rows into preprocessing",
        file="core/pipeline/prepare.py",
        old="            examples.features.iloc[f.train],\n",
        new="            examples.features,\n",
        tests="tests/test_pipeline.py",
    ),
    Defect(
        area="metric",
        file="core/kinds/_amount_metrics.py",
        old="np.minimum(error, 0.0, out=error)",
        new="np.maximum(error, 0.0, out=error)",
        tests="tests/evaluation/test_metrics.py",
    ),
    Defect(
        area="interval",
        file="core/evaluation/intervals.py",
        old="tail = (1 - _CONFIDENCE) / 2",
        new="tail = 1 - _CONFIDENCE",
        tests="tests/evaluation/test_intervals.py",
    ),
    Defect(
        area="rounding of money",
        file="core/formatting/numbers.py",
        old="ROUND_HALF_UP",
        new="ROUND_HALF_EVEN",
        times=2,
        tests="tests/test_numbers.py",
    ),
    Defect(
        area="format of a share",
        file="core/formatting/numbers.py",
        old="(shown < 100 or size >= 1)",
        new="(shown <= 100 or size >= 1)",
        tests="tests/test_numbers.py",
    ),
    Defect(
        area="key of a cache",
        file="core/keys/declared.py",
        old="parts = [*described.parts, *code_files.digests(code_files.behind(described.files))]",
        new="parts = [*described.parts]",
        tests="tests/test_declared.py tests/store/test_caches.py",
    ),
    Defect(
        area="end of a run",
        file="core/store/runs.py",
        old="not in (None, packed.checksum(content)):",
        new='== "":',
        tests="tests/store/test_runs.py tests/store/test_shapes.py",
    ),
    Defect(
        area="order of the queue",
        file="core/queue/queue.py",
        old='"ORDER BY place LIMIT 1)',
        new='"ORDER BY place DESC LIMIT 1)',
        tests="tests/jobs/test_queue.py",
    ),
    Defect(
        area="cap of a shared server",
        file="core/jobs/caps.py",
        old="    if training_s > room_s:\n",
        new="    if training_s > 100 * room_s:\n",
        tests="tests/jobs/test_rules.py",
    ),
    Defect(
        area="request to stop",
        file="core/training/loop.py",
        old="        if stop_requested():\n            way.stopped = True\n",
        new="        if place == last and stop_requested():\n            way.stopped = True\n",
        tests="tests/training/test_loop.py",
    ),
    Defect(
        area="precision of an answer",
        file="core/answering/answers.py",
        old="    mean = each.mean(0).tolist()\n",
        new="    mean = each.mean(0).round(2).tolist()\n",
        tests="tests/test_answers.py",
    ),
    Defect(
        area="pace of the monitor",
        file="pages/components/feed.py",
        old="return max(least_s, len(self._seen) / _MOST_PER_S)",
        new="return least_s",
        tests="tests/pages/test_feed.py",
    ),
    Defect(
        area="reading of a link",
        file="pages/components/state.py",
        old="    if low <= value <= high:\n",
        new="    if low <= value:\n",
        tests="tests/pages/test_state.py",
    ),
    Defect(
        area="text of others",
        file="core/formatting/text.py",
        old='r"[\\\\`*_\\[\\]<>$~&]',
        new='r"[\\\\`*_\\[\\]<>~&]',
        tests="tests/test_plain_text.py",
    ),
    Defect(
        area="nearest stop in the browser",
        file="pages/components/panel_geometry.js",
        old="target - ordered[after - 1] <= ordered[after] - target ? after - 1 : after;",
        new="after;",
        tests="tests/browser/test_javascript.py",
    ),
    Defect(
        area="threshold of the run doctor",
        file="core/diagnosis/doctor.py",
        old="_LONGEST_GRADIENT = 100.0",
        new="_LONGEST_GRADIENT = 10_000.0",
        tests="tests/training/test_doctor.py",
    ),
    Defect(
        area="estimate",
        file="core/estimating/epochs.py",
        old="return mean + fixed_share * (max(ends) - mean)",
        new="return mean",
        tests="tests/test_estimate.py",
    ),
)


def planted(code: Path, defect: Defect) -> str:
    """The text of the defect's file with the defect in it; raises ValueError where the code has moved."""
    text = (code / defect.file).read_text(encoding="utf-8")
    if text.count(defect.old) != defect.times:
        raise ValueError(f"{defect.area}: {defect.file} has {defect.old!r} {text.count(defect.old)} times")
    return text.replace(defect.old, defect.new)


def red_test(code: Path, defect: Defect) -> str | None:
    """The first test that goes red with the defect; None where none does. Leaves the code as it was."""
    path = code / defect.file
    whole, text = path.read_text(encoding="utf-8"), planted(code, defect)
    path.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--tb=line", *defect.tests.split()]
    try:
        ran = subprocess.run(command, cwd=code, capture_output=True, text=True, timeout=_MOST_S)
    finally:
        path.write_text(whole, encoding="utf-8")
    if ran.returncode == 0:
        return None
    found = re.search(r"^(?:FAILED|ERROR) (\S.*?)(?: - .*)?$", ran.stdout, re.MULTILINE)
    if found is None or ran.returncode != 1:
        raise RuntimeError(
            f"{defect.area}: pytest ended with {ran.returncode}: {ran.stdout[-2000:]}{ran.stderr[-2000:]}"
        )
    return found[1]


def main(areas: list[str]) -> int:
    """Plant those of these areas, or all; 1 where a defect was not caught."""
    chosen = [d for d in DEFECTS if not areas or any(area in d.area for area in areas)]
    missed = 0
    with tempfile.TemporaryDirectory(prefix="planted-defects-") as folder:
        code = Path(folder) / "code"
        shutil.copytree(
            ROOT, code, ignore=lambda at, names: _LEFT_OUT(at, names) | ({"store"} if at == str(ROOT) else set())
        )
        for defect in chosen:
            began = time.monotonic()
            red = red_test(code, defect)
            missed += red is None
            print(f"{'MISSED' if red is None else 'caught'} | {defect.area} | {defect.file} | {red or defect.tests} | "
                  f"{time.monotonic() - began:.0f} s", flush=True)  # fmt: skip
    print(f"{len(chosen) - missed} of {len(chosen)} caught")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
