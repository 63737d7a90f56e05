"""Signed digits: which digit does a hand show? One row per photo; what few labels are worth is the question."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from core.contracts import ArrayInput, Care, Examples, Fold, InputKind, Labels, Plan, Preset, Question, UseCase
from core.contracts.picture import Kinds
from core.use_cases.helpers import crawl, multiclass_task, overshoot, quick, recommended, with_defaults
from core.use_cases.services._signs_value import value_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SIDE = 64
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
FEWEST, USUAL, MOST = 20, 200, 1_500
_TESTED, _VALIDATES = 412, 150
_ENDS = (127.0, 255.0)  # read as 0 and 1: as the pretrained network was trained
_AS_THEY_CAME = {"tuned": 0, "shift": 0, "rotation": 0, "zoom": 0.0}
_SCRATCH = {
    "start": "scratch",
    "blocks": 3,
    "patterns": 16,
    "dense_layers": 1,
    "width": 128,
    "normalisation": "layer",
    "num_epochs": 40,
}


def examples(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """Every photo, (64, 64, 3) bytes."""
    import numpy as np
    import pandas as pd
    from PIL import Image

    table = tables["sign_digits"]["photos"]
    photos = [np.asarray(Image.open(io.BytesIO(content)).convert("RGB")) for content in table["jpeg"]]
    return Examples(
        features=pd.DataFrame(index=table.index),
        target=table[["label"]].astype(float).rename(columns={"label": "digit"}),
        unit=np.arange(len(table)),
        info=pd.DataFrame({"photo": np.arange(len(table))}),
        arrays={"photo": np.stack(photos)},
    )


def plan_of(labels: int) -> Callable[[Examples], Plan]:
    """So many photos train, as many of each digit as that allows; fewer are the first of more, and the others that
    could train are left out."""

    def plan(examples: Examples) -> Plan:
        import numpy as np

        dealt = _in_turn(examples.target["digit"].to_numpy().astype(int))
        tested, validates, rest = np.split(dealt, [_TESTED, _TESTED + _VALIDATES])
        fold = Fold(name="random", train=np.sort(rest[:labels]), validation=np.sort(validates), test=np.sort(tested))
        return Plan(
            folds=(fold,),
            unit="photo",
            separation="unit",
            sentence="Photos are dealt at random, digit by digit: 412 test, 150 validate, and of the others as many "
            "train as the setting says. Who signs is not recorded, so that the same hands are in all parts: a new "
            "person's hand will be read less often, by every method.",
        )

    return plan


def _in_turn(digit_N: np.ndarray) -> np.ndarray:
    """All rows, one of each digit after the other as long as there are any, each digit's in random order."""
    import numpy as np

    order = np.random.default_rng(0).permutation(len(digit_N))
    ranks = np.empty(len(digit_N), int)
    for digit in np.unique(digit_N):
        own = order[digit_N[order] == digit]
        ranks[own] = np.arange(len(own))
    return order[np.argsort(ranks[order], kind="stable")]


def _with(labels: int, use_case: UseCase) -> Mapping[str, Any]:
    return {"plan": plan_of(labels), "value": value_of(labels + _VALIDATES)}


USE_CASE = UseCase(
    name="services/sign_digits",
    title="Signed digits",
    summary="Which digit does a hand show? A network that has seen a million photos needs few labels to learn it.",
    question=Question(
        who="A counter where deaf people sign their number.",
        problem="Which digit does the hand show? Every labelled photo costs a person's time: how many does it take?",
        cost_today="An interpreter is called by video, for some three dollars a minute.",
        what_ai_does="It reads the sign and says how sure it is. What it is unsure of goes to the interpreter. It "
        "begins with a network that has learned from photos of everything, and learns hands from two hundred.",
        picture=Kinds(names=DIGITS, tells="Ten hands, and each shows another digit. Can you read them?"),
        detail="Single digits of Turkish sign language, one hand held still before a wall. Sign language is movement; "
        "this is a demonstration of what labels are worth.",
    ),
    datasets=("sign_digits",),
    columns=(),
    arrays=(ArrayInput(name="photo", kind=InputKind.IMAGE, shape=(SIDE, SIDE, 3), ends=_ENDS),),
    task=multiclass_task("digit", column="digit", classes=DIGITS),
    model="transfer_network",
    baselines=("hog_logistic", "pixel_logistic"),
    examples=examples,
    plan=plan_of(USUAL),
    value=value_of(USUAL + _VALIDATES),
    care=Care(
        privacy="Photos of pupils' hands, no faces; a visitor's hand at a counter is personal data where the person is "
        "known (GDPR, Article 6). Read and forget.",
        bias="One school, Turkish signs: other signs, darker rooms, older or injured hands and other skin will be read "
        "less well, and nothing here measures it.",
        ai_act="limited risk",
        because="It serves people directly, who must know that a machine reads (Article 50).",
        rules=("Accessible services: an interpreter stays within reach (European Accessibility Act).",),
    ),
    labels=Labels(
        low=FEWEST,
        high=MOST,
        default=USUAL,
        changes=_with,
        curve=(20, 50, 100, 200, 500, 1_500),
        compared={"recommended": "Pretrained", "scratch": "From scratch"},
        note="Who signs is not recorded: the same hands train and test, and every line flatters.",
    ),
    settings=with_defaults(
        learning_rate=2e-3,
        num_epochs=30,
        batch_size=32,
        members=1,
        dropout=0.3,
        shift=5,
        rotation=15,
        zoom=0.15,
        blocks=3,
        normalisation="layer",
    ),
    front=("labels", "start", "num_epochs"),
    presets=(
        recommended(
            "Two hundred labels. The last three of eleven pretrained blocks are fine-tuned, and pictures are moved, "
            "turned and zoomed at random in every step. Chosen on validation."
        ),
        quick(
            "The pretrained blocks stay as they came, pictures too: what they see is computed once, and only the "
            "answer is learned.",
            **_AS_THEY_CAME,
        ),
        Preset(
            name="scratch",
            title="From scratch",
            reason="A small network that begins with chance, on the same two hundred labels, changed at random alike: "
            "what the million photos were worth.",
            values=_SCRATCH,
        ),
        Preset(
            name="fifty",
            title="Fifty labels",
            reason="Five photos of each digit: here the million photos are worth most.",
            values={"labels": 50, "num_epochs": 60},
        ),
        Preset(
            name="fifty_scratch",
            title="Fifty, from scratch",
            reason="The same five photos of each digit, without having seen anything before.",
            values={**_SCRATCH, "labels": 50},
        ),
        overshoot(
            "A learning rate thousands of times too high: every step jumps across the valley.",
            **{**_AS_THEY_CAME, "tuned": 1, "num_epochs": 5, "weight_decay": 0.0},
        ),
        crawl(**_AS_THEY_CAME),
    ),
    record_label="photo",
    order=20,
    icon="sign_language",
)
