"""`python -m core compute`: what training a model of so many parameters on so many tokens takes."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from core.commands.printing import print_json
from core.company.compute import Job
from core.company.gpus import GPUS, gpu_named
from core.company.planning import planned
from core.formatting import numbers
from core.formatting.text import say
from core.store import company, store_folder

if TYPE_CHECKING:
    from core.commands.parser import Parsers


def add(commands: Parsers) -> list[argparse.ArgumentParser]:
    """Add the command's parser, and return it."""
    computing = commands.add_parser("compute", help="GPU days, money, energy and CO2 of training a large model")
    computing.add_argument("--parameters", type=float, required=True, metavar="N", help="as 7e9")
    computing.add_argument("--tokens", type=float, required=True, metavar="N", help="as 2e12")
    computing.add_argument("--gpu", default="H100", help=", ".join(gpu.name for gpu in GPUS))
    computing.add_argument("--utilisation", type=float, default=0.4, metavar="SHARE", help="of the GPU's peak: 0.4")
    computing.add_argument("--gpus", type=int, default=1, metavar="N", help="how many at a time")
    computing.set_defaults(command=_compute)
    return [computing]


def _compute(options: argparse.Namespace) -> int:
    ledger, problems = company.read_ledger(store_folder(), None)
    for problem in problems:
        say(problem, error=True)
    job = Job(
        parameters=options.parameters,
        tokens=options.tokens,
        gpu=gpu_named(options.gpu),
        utilisation=options.utilisation,
        gpus=options.gpus,
    )
    found = planned(ledger, job)
    if options.json:
        print_json({"gpu": job.gpu.name, **found.to_json()})
        return 0
    cost = found.cost
    money = numbers.money_between(cost.low.amount, cost.high.amount, cost.low.currency)
    say(f"{numbers.scientific(found.flops)} FLOPs: {numbers.count(found.gpu_days)} days of one {job.gpu.name}")
    say(f"  {numbers.amount(found.days)} days on {numbers.count(job.gpus)}")
    say(f"  {money} at prices of {cost.date}")
    say(f"  {numbers.count(found.energy_kwh)} kWh, {numbers.count(found.co2_kg)} kg CO2")
    memory = sum(found.memory_gb.values())
    say(f"  {numbers.amount(memory)} GB on each; it has {numbers.count(job.gpu.memory_gb)} GB")
    return 0
