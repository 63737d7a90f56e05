"""What `python -m core record` does; imports torch, so that the command line itself needs not."""

from __future__ import annotations

import argparse
from typing import Any

from core import pipeline
from core.answering.profile import data_profile
from core.checks import examples_check
from core.commands.following import follow
from core.commands.printing import print_json
from core.contracts import Preset, UseCase
from core.errors import UserError
from core.formatting import numbers
from core.formatting.text import say
from core.jobs import Jobs
from core.jobs.backends import backend
from core.publish import money, pictures, record, results, ship
from core.publish.baselines_again import name_again
from core.store import profiles, runs, store_folder
from core.store.caches import examples_loader, of_variant
from core.store.runs import Run
from core.use_cases import all_use_cases
from core.use_cases import use_case as use_case_named


def record_all(options: argparse.Namespace) -> int:
    if options.money:
        return _count_again(options)
    if options.pictures:
        return _draw(options)
    if options.baselines:
        return _told(options, [name for use_case in _named(options) for name in _named_again(use_case)])
    if options.profiles:
        return _told(options, [p for name in _named(options) for p in _profiles(name)])
    wanted = [(use_case, _presets(options, use_case)) for use_case in _named(options)]
    have = {preset.name for _use_case, presets in wanted for preset in presets}
    if unknown := sorted(set(options.preset or ()) - have):
        raise UserError("No use case has a preset {names}.", names=", ".join(map(repr, unknown)))
    jobs = None if options.pack else backend(store_folder())
    kept = []
    for use_case, presets in wanted:
        for preset in presets:
            run = trained(jobs, use_case, preset) if jobs else _recorded(use_case, preset)
            folder = ship.keep(run, use_case, preset, runs.RECORDED)
            if record.stands_for_its_variant(use_case, preset):
                _keep_baselines(use_case.with_variant(run.config["settings"]), runs.read(folder, recorded=True))
            kept.append(str(folder))
        if not options.preset:
            kept += _profiles(use_case)
    pictures.draw_shipped(runs.RECORDED)
    return _told(options, kept)


def _named(options: argparse.Namespace) -> list[UseCase]:
    return [use_case_named(name) for name in options.use_case] or list(all_use_cases())


def _presets(options: argparse.Namespace, use_case: UseCase) -> list[Preset]:
    """Those that are named, else all; raises UserError for a name that is no preset of a use case that is named."""
    known = record.presets_of(use_case)
    if options.use_case and (unknown := sorted(set(options.preset or ()) - {p.name for p in known})):
        raise UserError(
            "A preset of {use_case} is one of {known}; {unknown} is none.",
            use_case=use_case.name,
            known=", ".join(p.name for p in known),
            unknown=", ".join(map(repr, unknown)),
        )
    return [p for p in known if not options.preset or p.name in options.preset]


def _told(options: argparse.Namespace, kept: list[str]) -> int:
    if options.json:
        print_json(kept)
    else:
        say("\n".join(kept))
    return 0


def _profiles(use_case: UseCase) -> list[str]:
    """The profile of the data in every variant, made and shipped; none of a use case that is not the product's."""
    if not profiles.may_ship(use_case):
        return []

    variants = [use_case.with_variant({"variant": v.name}) for v in use_case.variants] or [use_case]
    load = examples_loader(store_folder(), pipeline.load_examples)
    return [str(profiles.ship(varied, data_profile(varied, load(varied)))) for varied in variants]


def trained(jobs: Jobs, use_case: UseCase, preset: Preset) -> Run:
    """A finished run of a preset: one of today's code, data and settings where the store has it, so that an interrupted
    recording goes on."""
    settings = record.settings_for(use_case, preset)
    if found := results.finished(store_folder(), use_case, settings):
        say(f"run {found.id}, preset {preset.name}: trained already", error=True)
        return found
    run = jobs.submit(use_case, settings, visitor="recording", preset=preset.name)
    say(f"run {run.id}, preset {preset.name}", error=True)
    if not follow(jobs, run).has_report:
        raise UserError(jobs.status(run).reason)
    return runs.read(run.folder)


def _recorded(use_case: UseCase, preset: Preset) -> Run:
    return runs.read(runs.RECORDED / f"{use_case.slug}-{preset.name}", recorded=True)


def _keep_baselines(use_case: UseCase, run: Run) -> None:

    load = examples_loader(store_folder(), pipeline.load_examples)
    examples = examples_check.checked(use_case, load(use_case))
    ship.keep_baselines(run, use_case, examples, examples_check.plan_of(use_case, examples), runs.RECORDED)


def _named_again(use_case: UseCase) -> list[str]:
    """The simple methods of a use case whose code has changed and whose predictions have not, under their new keys."""

    load = examples_loader(store_folder(), pipeline.load_examples)
    found = []
    for preset in record.presets_of(use_case):
        if not record.stands_for_its_variant(use_case, preset):
            continue
        varied = use_case.with_variant(record.settings_for(use_case, preset))
        examples = examples_check.checked(varied, load(varied))
        again = name_again(varied, examples, examples_check.plan_of(varied, examples), runs.RECORDED)
        found += [f"{of_variant(varied)}: {name}" for name in again]
    return found


def _draw(options: argparse.Namespace) -> int:
    """The pictures of the cards, when the way of drawing has changed."""
    drawn = pictures.draw_shipped(runs.RECORDED)
    if options.json:
        print_json(drawn)
    else:
        say("\n".join(drawn))
    return 0


def _count_again(options: argparse.Namespace) -> int:
    """The money of recorded runs from their kept predictions, when the way of counting has changed."""

    loader = examples_loader(store_folder(), pipeline.load_examples)
    rows: list[dict[str, Any]] = []
    for use_case in _named(options):
        for preset in record.presets_of(use_case):
            run = _recorded(use_case, preset)
            before = run.report()["value"]
            if not before:
                money.tell_again(run)
            else:
                after = money.count_again(run, use_case, lambda asked: examples_check.checked(asked, loader(asked)))
                rows.append({"run": run.id, "before": before["amount"], "after": after["amount"]})
    if options.json:
        print_json(rows)
    for row in [] if options.json else rows:
        say(f"{row['run']:44} {numbers.fixed(row['before'], 4):>18} {numbers.fixed(row['after'], 4):>18}")
    return 0
