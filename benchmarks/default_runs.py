"""How long the default run of every use case trains, beside an earlier version of the code: before and after.

    git worktree add /tmp/before 901885a
    .venv/bin/python benchmarks/default_runs.py --before /tmp/before --json default_runs.json

Both versions prepare the same use case with the settings that docs/results.md measures and train its networks, nothing
else, in turns, a process each, on one thread. Seconds are the processor's, which other work on the machine disturbs
less than the clock. The validation score says whether the quality has stayed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from core.publish.results import subjects
from core.use_cases import all_use_cases

HERE = Path(__file__).parents[1]
# Runs in either version, so it may use only what both have.
ONE = """
import inspect, json, sys, time
import torch
torch.set_num_threads(1)
from core import pipeline
from core.settings import resolve
try:
    from core.settings.use_case import settings_of
except ImportError:
    from core.use_case_settings import settings_of
from core.use_cases import use_case
what = use_case(sys.argv[1])
settings = dict(resolve(settings_of(what), json.loads(sys.argv[2])))
what = what.with_variant(settings)
examples = pipeline.load_examples(what)
try:
    from core.pipeline.prepare import headline_of, prepare
except ImportError:
    try:
        from core.prepare import headline_of, prepare
    except ImportError:
        prepare, headline_of = pipeline._prepare, None
prepared = prepare(what, examples, what.plan(examples), settings)
events = []
options = {"device": torch.device("cpu"), "progress": events.append, "stop_requested": lambda: False}
parameters = inspect.signature(pipeline._train).parameters
name = next((n for n in ("configs", "sheet") if n in parameters), "")  # of this version and an earlier one
options |= {name: [settings]} if name else {"settings": settings}
options |= {"score": headline_of(what, prepared)} if "score" in parameters else {}
options |= {"checkpoints": None} if "checkpoints" in parameters else {}
began = time.process_time()
pipeline._train(what, prepared, **options)
took = time.process_time() - began
epochs = [e for e in events if e.get("event") == "epoch"]
best = min(epochs, key=lambda e: e["validation_loss"])
print(json.dumps({"cpu_s": took, "epochs": len(epochs), "validation_score": best["validation_score"]}))
"""


def one(checkout: Path, use_case: str, given: dict[str, Any]) -> dict[str, Any]:
    """Train once in a process of that version; raises CalledProcessError with its words."""
    done = subprocess.run(
        [sys.executable, "-c", ONE, use_case, json.dumps(given)],
        cwd=checkout,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(checkout)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", type=Path, required=True, help="a checkout of the earlier version")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    results = []
    for use_case in all_use_cases():
        for variant, preset in subjects(use_case):
            given = dict(preset.values)
            runs: dict[str, list[dict[str, Any]]] = {"before": [], "after": []}
            for _ in range(options.rounds):
                runs["before"].append(one(options.before.resolve(), use_case.name, given))
                runs["after"].append(one(HERE, use_case.name, given))
            least = {name: min(found, key=lambda run: run["cpu_s"]) for name, found in runs.items()}
            ratio = round(least["before"]["cpu_s"] / least["after"]["cpu_s"], 2)
            results.append({"use_case": use_case.name, "variant": variant and variant.name, **least, "times": ratio})
            print(json.dumps(results[-1]), flush=True)
    if options.json:
        options.json.write_text(json.dumps({"rounds": options.rounds, "results": results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
