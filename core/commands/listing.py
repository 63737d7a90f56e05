"""`python -m core list | problems`: the use cases, and what is wrong with folders from outside."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from core.commands.printing import print_json
from core.evaluation.metrics import METRICS
from core.formatting.text import plain, say
from core.registry import outside
from core.use_cases import all_industries, all_use_cases

if TYPE_CHECKING:
    from core.commands.parser import Parsers

_NO_PROBLEM = "Nothing is wrong with folders from outside."


def add(commands: Parsers) -> list[argparse.ArgumentParser]:
    """Add the commands' parsers, and return them."""
    listing = commands.add_parser("list", help="the use cases")
    listing.set_defaults(command=_list)
    looking = commands.add_parser("problems", help="what is wrong with folders from outside")
    looking.set_defaults(command=_problems)
    return [listing, looking]


def _list(options: argparse.Namespace) -> int:
    titles = {industry.name: industry.title for industry in all_industries()}
    rows, problems = [], outside.problems()
    for use_case in all_use_cases():
        metric = METRICS.get(use_case.task.headline)
        rows.append(
            {
                "use_case": use_case.name,
                "industry": use_case.industry,
                "industry_title": titles[use_case.industry],
                "title": use_case.title,
                "summary": use_case.summary,
                "kind": str(use_case.task.kind),
                "headline_metric": use_case.task.headline,
                "higher_is_better": metric.higher_is_better if metric else None,
                "variants": [v.name for v in use_case.variants],
            }
        )
    if options.json:
        print_json(rows)
    for row in [] if options.json else rows:
        say(f"{row['use_case']:32} {plain(row['title'])}  ({row['headline_metric']})")
    for problem in problems:
        say(problem, error=True)
    return 0


def _problems(options: argparse.Namespace) -> int:
    found = outside.problems()
    if options.json:
        print_json({"problems": found})
    for problem in () if options.json else found or (_NO_PROBLEM,):
        say(problem)
    return 0
