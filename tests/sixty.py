"""Sixty use cases in a dozen industries, written into a folder as somebody outside would: what pages must bear."""

from __future__ import annotations

from pathlib import Path

INDUSTRIES = (
    *("agriculture", "automotive", "customer_service", "education", "energy", "insurance", "legal_services"),
    *("marine_transport", "media_and_entertainment", "real_estate", "telecommunications", "travel_and_hospitality"),
)
LOOKS = ("table", "series", "picture", "sound", "text")
_INDUSTRY = '''"""{title}: an industry of a test."""

from core.contracts import Industry

INDUSTRY = Industry(
    name="{name}",
    title="{title}",
    summary="What pays in {title}.",
    earns=("**A.** B.",),
    hard=("**C.** D.",),
    order={order},
)
'''
_USE_CASE = '''"""{title}: a use case of a test."""

from core.contracts import Question, UseCase
from core.use_cases.helpers import binary_task, number, random_folds


def examples(tables):
    raise NotImplementedError


USE_CASE = UseCase(
    name="{name}",
    title="{title}",
    summary="Which of the {count} cases of {title} will need a second look, and which can be left as they are?",
    question=Question(who="A team.", problem="Too many cases.", cost_today="Time.", what_ai_does="Sorts them."),
    datasets=("complete_journey",),
    columns=(number("size", "Size", "cm"),),
    task=binary_task("needs a second look", column="late", positive="late", negative="in time"),
    model="table_network",
    baselines=("logistic",),
    examples=examples,
    plan=random_folds(unit="case", test_share=0.2, num_folds=2, sentence="A fifth tests."),
    looks_at="{looks}",
    order={order},
)
'''


def write_sixty(folder: Path) -> Path:
    """Write them, and return the folder for PROVING_GROUND_EXTRA."""
    for i, industry in enumerate(INDUSTRIES):
        place = folder / "use_cases" / industry
        place.mkdir(parents=True)
        title = industry.replace("_", " ").capitalize()
        (place / "__init__.py").write_text(_INDUSTRY.format(name=industry, title=title, order=100 + i))
        for j, looks in enumerate(LOOKS):
            name, told = f"{looks}_question_{j}", f"{title} question {j + 1}"
            text = _USE_CASE.format(name=f"{industry}/{name}", title=told, count=(i + 2) * 10 + j, looks=looks, order=j)
            (place / f"{name}.py").write_text(text)
    return folder
