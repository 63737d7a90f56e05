"""`python -m core results | calibrate`: the results page, and what this machine needs for a training step."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.commands.following import follow
from core.commands.printing import print_json
from core.contracts import Report, State, UseCase
from core.errors import UserError
from core.formatting import numbers
from core.formatting.text import say
from core.jobs.backends import backend
from core.store import runs, store_folder
from core.use_cases import all_use_cases
from core.use_cases import use_case as use_case_named

if TYPE_CHECKING:
    from core.commands.parser import Parsers


def add(commands: Parsers) -> list[argparse.ArgumentParser]:
    """Add the commands' parsers, and return them."""
    measuring = commands.add_parser("results", help="train over several seeds, and write docs/results.md")
    measuring.add_argument("use_case", nargs="*")
    measuring.add_argument("--seeds", type=int, default=5, metavar="N")
    measuring.set_defaults(command=_results)
    curve = commands.add_parser("labels", help="measure what labels bring, and write data/learning_curves/")
    curve.add_argument("use_case")
    curve.set_defaults(command=_labels)
    calibrating = commands.add_parser("calibrate", help="measure this machine, for estimates of time and memory")
    calibrating.add_argument("--show", action="store_true", help="show what is known, and measure nothing")
    calibrating.set_defaults(command=_calibrate)
    return [measuring, curve, calibrating]


def _results(options: argparse.Namespace) -> int:
    """Resumable: seeds with a finished run of today's code, data and settings are not trained again."""
    if options.seeds < 1:
        raise UserError(
            "A measurement needs at least 1 seed; --seeds was {seeds}. The usual number is 5.", seeds=options.seeds
        )
    from core import pipeline  # torch: only this command waits for it
    from core.publish import results, results_page  # torch: only this command waits for it
    from core.store.caches import examples_loader

    store = store_folder()
    jobs, entries = backend(store), []
    load = examples_loader(store, pipeline.load_examples)
    for use_case in [use_case_named(name) for name in options.use_case] or all_use_cases():
        for variant, preset in results.subjects(use_case):
            made = []
            for seed in range(1, options.seeds + 1):
                settings = results.settings_of_seed(use_case, preset, seed)
                run = results.finished(store, use_case, settings)
                if run is None:
                    run = jobs.submit(use_case, settings, visitor="results", preset=preset.name)
                    say(f"run {run.id}, seed {seed}", error=True)
                    if follow(jobs, run) is not State.FINISHED:
                        raise UserError(
                            "Run {run} did not finish. {reason}", run=run.id, reason=jobs.status(run).reason
                        )
                made.append(runs.read(run.folder))
            varied = use_case.with_variant({"variant": variant.name} if variant else {})
            say(f"measuring {use_case.name} {varied.variant}", error=True)
            entries.append(results.measure(varied, load(varied), made))
            results_page.save(entries[-1])
    if options.json:
        print_json(entries)
    else:
        say(f"docs/results.md has {len(results_page.load())} measurements, {len(entries)} of them made now")
    return 0


def _labels(options: argparse.Namespace) -> int:
    """One training of each method with each number of labels; what was measured is written after every number."""
    from core import pipeline  # torch: only this command waits for it
    from core.publish import learning_curve
    from core.store import learning_curves
    from core.store.caches import StoredBaselines, examples_loader

    use_case, store = use_case_named(options.use_case), store_folder()
    load = examples_loader(store, pipeline.load_examples)

    def train(asked: UseCase, settings: Mapping[str, Any]) -> Report:
        kept = StoredBaselines(store)
        outcome = pipeline.run(asked, settings, progress=lambda _: None, load=load, baseline_cache=kept)
        return outcome.report

    for curve in learning_curve.measured(use_case, load(use_case), train):
        path = learning_curves.save(curve, use_case)
        say(f"{path.name}: {curve['lines'][0]['points'][-1]['labels']} labels", error=True)
    return 0


def _calibrate(options: argparse.Namespace) -> int:
    from core.estimating import calibration_file
    from core.estimating.calibration import measure

    store = store_folder()
    if not options.show:
        measure(store)
    known = calibration_file.load(store)
    if options.json:
        print_json(calibration_file.described(known))
        return 0
    say("measured on this machine" if known.own else "from another machine: run python -m core calibrate")
    for name, on in known.devices.items():
        spread = numbers.percent(on.spread)
        say(f"{name}: {on.described}, {on.date}, fits its trials within {spread}; energy {on.energy}")
        for key, learned in on.time.items():
            runs_told = numbers.counted(learned.runs, "{count} run", "{count} runs")
            ratio = numbers.significant(math.exp(learned.log_ratio))
            say(f"  {key:40} {runs_told}, {ratio} times the time by counts")
    return 0
