"""`python -m core`: list, train, runs, show and more. JSON alone on stdout; errors: a sentence, exit code 2."""

from __future__ import annotations

import argparse
import getpass
import math
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from core import environment
from core.contracts import State
from core.errors import RunError, UnknownNameError, UserError
from core.evaluation.metrics import METRICS, metric
from core.formatting import numbers
from core.formatting.as_json import as_json
from core.formatting.text import SENTENCE, json_for_terminal, plain, say
from core.jobs import Status
from core.jobs.commands import add as commands_of_the_queue
from core.jobs.commands import standing
from core.jobs.local import LocalJobs
from core.jobs.rules import OWNER
from core.publish import record
from core.registry import outside
from core.settings import resolve
from core.settings.training import weights_kept
from core.settings.use_case import settings_of
from core.store import runs, store_folder
from core.store.runs import Run
from core.use_cases import all_industries, all_use_cases
from core.use_cases import use_case as use_case_named

_NO_PROBLEM = "Nothing is wrong with folders from outside."
_POLL_S = 0.1


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, carry out, and turn every error a person can make into one sentence and exit code 2."""
    try:
        options = _parser().parse_args(arguments)
        environment.check_at_start()
        command: Callable[[argparse.Namespace], int] = options.command
        return command(options)
    except UserError as error:
        say(error, error=True)
        for problem in outside.light_problems() if isinstance(error, UnknownNameError) else ():
            say(problem, error=True)  # why the name may be unknown
        return 2
    except BrokenPipeError:
        return 0


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        """One sentence, as every other error."""
        raise UserError(f"{message[:1].upper()}{message[1:]}. See: python -m core --help.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m core", description="Train, compare and price the use cases of Proving Ground.")
    names = "list | problems | train | runs | show | queue | pause | resume | stop | record | results | calibrate"
    commands = parser.add_subparsers(required=True, metavar=names)
    listing = commands.add_parser("list", help="the use cases")
    listing.set_defaults(command=_list)
    looking = commands.add_parser("problems", help="what is wrong with folders from outside")
    looking.set_defaults(command=_problems)
    train = commands.add_parser("train", help="train one use case and wait for its report")
    train.add_argument("use_case")
    train.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="given")
    train.add_argument("--seed")
    train.add_argument("--device")
    train.set_defaults(command=_train)
    listed = commands.add_parser("runs", help="the runs of the store, newest first")
    listed.add_argument("use_case", nargs="?")
    listed.set_defaults(command=_runs)
    recording = commands.add_parser("record", help="train every preset and keep the runs under data/recorded/")
    recording.add_argument("use_case", nargs="*")
    recording.add_argument("--money", action="store_true", help="count the money of kept runs again; train nothing")
    recording.set_defaults(command=_record)
    measuring = commands.add_parser("results", help="train over several seeds, and write docs/results.md")
    measuring.add_argument("use_case", nargs="*")
    measuring.add_argument("--seeds", type=int, default=5, metavar="N")
    measuring.set_defaults(command=_results)
    asking = commands_of_the_queue(commands)
    show = commands.add_parser("show", help="one run, whole")
    show.add_argument("run")
    show.set_defaults(command=_show)
    calibrating = commands.add_parser("calibrate", help="measure this machine, for estimates of time and memory")
    calibrating.add_argument("--show", action="store_true", help="show what is known, and measure nothing")
    calibrating.set_defaults(command=_calibrate)
    for command in (listing, looking, train, listed, recording, measuring, *asking, show, calibrating):
        command.add_argument("--json", action="store_true", help="JSON on stdout")
    return parser


def _print(value: Any) -> None:
    print(json_for_terminal(as_json(value, indent=1, escaped=False)))


def _print_rows(rows: Sequence[Any]) -> None:
    """A long list as JSON, a row a line: with an indent it took longer to write than to make."""
    each = ",\n".join(as_json(row, escaped=False) for row in rows)
    print(f"[\n{json_for_terminal(each)}\n]")


def _list(options: argparse.Namespace) -> int:
    titles = {industry.name: industry.title for industry in all_industries()}
    rows, problems = [], outside.problems()
    for use_case in all_use_cases():
        judge = METRICS.get(use_case.task.headline)
        rows.append(
            {
                "use_case": use_case.name,
                "industry": use_case.industry,
                "industry_title": titles[use_case.industry],
                "title": use_case.title,
                "summary": use_case.summary,
                "kind": use_case.task.kind.value,
                "headline_metric": use_case.task.headline,
                "higher_is_better": judge.higher_is_better if judge else None,
                "variants": [v.name for v in use_case.variants],
            }
        )
    if options.json:
        _print(rows)
    for row in [] if options.json else rows:
        say(f"{row['use_case']:32} {plain(row['title'])}  ({row['headline_metric']})")
    for problem in problems:
        say(problem, error=True)
    return 0


def _problems(options: argparse.Namespace) -> int:
    found = outside.problems()
    if options.json:
        _print({"problems": found})
    for problem in () if options.json else found or (_NO_PROBLEM,):
        say(problem)
    return 0


def _train(options: argparse.Namespace) -> int:
    use_case = use_case_named(options.use_case)
    settings = resolve(settings_of(use_case), _given(options))
    jobs = LocalJobs(store_folder())
    run = jobs.submit(use_case, settings, visitor=f"cli-{getpass.getuser()}")
    say(f"run {run.id}", error=True)
    state = _follow(jobs, run)
    if not state.has_report:
        raise UserError(jobs.status(run).reason)
    report = run.report()
    result = {
        "run": run.id,
        "use_case": use_case.name,
        "state": state.value,
        **{key: report[key] for key in ("headline", "baselines", "value", "device", "train_s", "samples_per_s")},
        "metrics": report["metrics"],
        "not_fitted": report.get("not_fitted", []),
        "settings": report["settings"],
    }
    if options.json:
        _print(result)
    else:
        _describe(result)
    return 0


def _given(options: argparse.Namespace) -> dict[str, str]:
    given = {}
    for pair in options.given:
        name, separator, value = pair.partition("=")
        if not separator:
            raise UserError(f"--set takes NAME=VALUE; it was given {pair!r}. Example: --set learning_rate=0.01.")
        given[name] = value
    flags = {"seed": options.seed, "device": options.device}
    return given | {name: value for name, value in flags.items() if value is not None}


def _follow(jobs: LocalJobs, run: Run) -> State:
    """Print progress until the run is sealed; Ctrl-C asks it to stop and goes on waiting."""
    shown, said = 0, (State.RUNNING, 0, "")
    while True:
        try:
            status = jobs.status(run)
            jobs.wake()
            stands = (status.state, status.before, status.reason)
            if stands != said and (told := standing(status)):
                say(told, error=True)
            said = stands
            events = run.progress()
            shown = min(shown, len(events))  # a run that goes on from a checkpoint has fewer for a moment
            for event in events[shown:]:
                if event["event"] != "batch":
                    say(_line(event), error=True)
            shown = len(events)
            if status.state.is_final:
                return status.state
            time.sleep(_POLL_S)
        except KeyboardInterrupt:
            say(f"stopping; {weights_kept(run.settings)} are kept", error=True)
            jobs.stop(run, visitor=OWNER)


def _line(event: dict[str, Any]) -> str:
    if event["event"] == "notice":
        return plain(event["text"], SENTENCE)
    if event["event"] != "epoch":
        return f"{plain(event.get('phase') or event.get('title'))} ..."
    told = {
        "loss": event["train_loss"],
        "validation loss": event["validation_loss"],
        "validation headline": event["validation_score"],
    }
    without = {"validation headline": numbers.undefined()}  # a loss has a value unless training has diverged
    each = (f"{k} {without.get(k, 'not finite') if v is None else numbers.fixed(v, 4)}" for k, v in told.items())
    speed = numbers.counted(event["samples_per_s"], "{count} sample/s", "{count} samples/s")
    return f"epoch {event['epoch']}/{event['num_epochs']}: {', '.join(each)}, {speed}"


def _describe(result: dict[str, Any]) -> None:
    head, value = result["headline"], result["value"]
    judge = metric(head["metric"])
    write = partial(numbers.score, judge, more=1)
    interval = numbers.score_between(judge, head["low"], head["high"], more=1)
    say(f"{judge.name} {write(head['mean'])} ({interval}), mean of {head['members']}")
    say(f"  ensemble {write(head['ensemble']['mean'])}")
    for baseline in result["baselines"]:
        say(f"  {plain(baseline['title'])} {write(baseline['value'])}")
    for method in result.get("not_fitted", []):
        say(f"  {plain(method['title'])} could not be fitted. {plain(method['reason'], SENTENCE)}")
    for name, entry in result["metrics"].items():
        if entry["ensemble"].get("undefined"):
            say(numbers.why_undefined(metric(name), entry["ensemble"]))
    if value:
        say(f"worth {numbers.money(value['amount'], value['currency'])} per {value['per']}")


def _runs(options: argparse.Namespace) -> int:
    if options.use_case is not None:
        use_case_named(options.use_case)
    store = store_folder()
    jobs = LocalJobs(store)
    rows: list[dict[str, Any]] = []
    for run in runs.list_runs(store, options.use_case):
        status = _status(jobs, run)
        rows.append(
            {
                "run": run.id,
                "use_case": run.use_case,
                "state": "damaged" if run.problem else status.state.value,
                "reason": status.reason,
                "created": run.config.get("created"),
                "recorded": run.recorded,
                "headline": run.summary.get("headline"),
                "value": run.summary.get("value"),
            }
        )
    if options.json:
        _print_rows(rows)
    for row in [] if options.json else rows:
        head = row["headline"]
        score = numbers.significant(head["mean"], 4) if head and head["mean"] is not None else ""
        score = numbers.undefined() if head and head["mean"] is None else score
        say(f"{row['run']:54} {row['state']:12} {score:8} {plain(row['reason'], SENTENCE)}")
    return 0


def _status(jobs: LocalJobs, run: Run) -> Status:
    """A sealed run was just read; only of one that is not must be asked where it stands."""
    if run.sealed_state is None:
        return jobs.status(run)
    return Status(state=run.sealed_state, reason=run.reason)


def _record(options: argparse.Namespace) -> int:
    if options.money:
        return _count_again(options)
    jobs = LocalJobs(store_folder())
    kept = []
    for use_case in [use_case_named(name) for name in options.use_case] or all_use_cases():
        for preset in record.presets_of(use_case):
            settings = record.settings_for(use_case, preset)
            run = jobs.submit(use_case, settings, visitor="recording", preset=preset.name)
            say(f"run {run.id}, preset {preset.name}", error=True)
            if not _follow(jobs, run).has_report:
                raise UserError(jobs.status(run).reason)
            kept.append(str(record.keep(runs.read(run.folder), use_case, preset, runs.RECORDED)))
    if options.json:
        _print(kept)
    else:
        say("\n".join(kept))
    return 0


def _count_again(options: argparse.Namespace) -> int:
    """The money of recorded runs from their kept predictions, when the way of counting has changed."""
    rows = []
    for use_case in [use_case_named(name) for name in options.use_case] or all_use_cases():
        for preset in record.presets_of(use_case):
            run = runs.read(runs.RECORDED / f"{use_case.slug}-{preset.name}", recorded=True)
            before = run.report()["value"]
            if before:
                after = record.count_again(run, use_case)
                rows.append({"run": run.id, "before": before["amount"], "after": after["amount"]})
    if options.json:
        _print(rows)
    for row in [] if options.json else rows:
        say(f"{row['run']:44} {numbers.fixed(row['before'], 4):>18} {numbers.fixed(row['after'], 4):>18}")
    return 0


def _results(options: argparse.Namespace) -> int:
    """Resumable: seeds with a finished run of today's code, data and settings are not trained again."""
    if options.seeds < 1:
        raise UserError(f"A measurement needs at least 1 seed; --seeds was {options.seeds}. The usual number is 5.")
    from core import pipeline  # torch: only this command waits for it
    from core.publish import results, results_page  # torch: only this command waits for it
    from core.store.caches import examples_loader

    store = store_folder()
    jobs, entries = LocalJobs(store), []
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
                    if _follow(jobs, run) is not State.FINISHED:
                        raise UserError(f"Run {run.id} did not finish. {jobs.status(run).reason}")
                made.append(runs.read(run.folder))
            varied = use_case.with_variant({"variant": variant.name} if variant else {})
            say(f"measuring {use_case.name} {varied.variant}", error=True)
            entries.append(results.measure(varied, load(varied), made))
            results_page.save(entries[-1])
    if options.json:
        _print(entries)
    else:
        say(f"docs/results.md has {len(results_page.load())} measurements, {len(entries)} of them made now")
    return 0


def _calibrate(options: argparse.Namespace) -> int:
    from core.estimating import calibration_file
    from core.estimating.calibration import measure

    store = store_folder()
    if not options.show:
        measure(store)
    known = calibration_file.load(store)
    if options.json:
        _print(calibration_file.described(known))
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


def _show(options: argparse.Namespace) -> int:
    store = store_folder()
    run = runs.load_run(store, options.run)
    if run.problem:
        raise RunError(run.problem)
    status = LocalJobs(store).status(run)
    report = run.report() if status.state.has_report else None
    shown = {"run": run.id, "state": status.state.value, "reason": status.reason, "config": dict(run.config)}
    if options.json:
        _print({**shown, "report": report, "progress": run.progress()})
        return 0
    say(f"{run.id}: {status.state.value}. {plain(status.reason, SENTENCE)}")
    if report:
        _describe(report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
