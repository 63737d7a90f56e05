"""Textile sorting: does this garment belong on this belt? Only what belongs is learned; strays are tested on alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import ArrayInput, Examples, Fold, InputKind, Plan, Preset, Question, Task, UseCase, Variant
from core.contracts.care import Care
from core.contracts.picture import Shown
from core.use_cases.helpers import crawl, number, one_class_task, overshoot, quick, recommended, with_defaults
from core.use_cases.manufacturing._sorting_value import VALUE

if TYPE_CHECKING:
    import pandas as pd

SIDE = 28
KINDS = (
    "T-shirt",
    "trousers",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
TESTED, VALIDATED = 350, 280  # garments that belong; the others are learned from
STRAYS_TESTED, STRAYS_VALIDATED = 100, 80  # of each other kind
_SEED = 0


Tables = Mapping[str, Mapping[str, "pd.DataFrame"]]


def t_shirts(tables: Tables) -> Examples:
    """The belt for T-shirts."""
    return _belt(tables, KINDS.index("T-shirt"))


def bags(tables: Tables) -> Examples:
    """The belt for bags."""
    return _belt(tables, KINDS.index("bag"))


def trousers(tables: Tables) -> Examples:
    """The belt for trousers."""
    return _belt(tables, KINDS.index("trousers"))


def _belt(tables: Tables, wanted: int) -> Examples:
    """All photos of the wanted kind, and 180 of each other, (28, 28, 1) bytes, dealt at random. Strays that are nearly
    another photo are left out; photos of the wanted kind that are nearly the same are one unit."""
    import numpy as np
    import pandas as pd

    table = tables["fashion_mnist"]["photos"]
    kind, unit = table["kind"].to_numpy(), table["alike"].to_numpy()
    is_single = np.bincount(unit)[unit] == 1
    rng, rows, part = np.random.default_rng(_SEED), [], []
    for one in range(len(KINDS)):
        dealt = rng.permutation(np.flatnonzero((kind == one) & is_single))
        sizes = (TESTED, VALIDATED) if one == wanted else (STRAYS_TESTED, STRAYS_VALIDATED)
        tested, validated = dealt[: sizes[0]], dealt[sizes[0] : sum(sizes)]
        own = {"test": tested, "validation": validated}
        if one == wanted:
            own["training"] = np.setdiff1d(np.flatnonzero(kind == one), dealt[: sum(sizes)])
        rows += list(own.values())
        part += [np.full(len(some), name) for name, some in own.items()]
    chosen, of_part = np.concatenate(rows), np.concatenate(part)
    order = np.argsort(chosen, kind="stable")
    chosen, of_part = chosen[order], of_part[order]
    pixels = np.frombuffer(b"".join(table["pixels"].iloc[chosen]), dtype=np.uint8)
    return Examples(
        features=pd.DataFrame(index=pd.RangeIndex(len(chosen))),
        target=pd.DataFrame({"stray": (kind[chosen] != wanted).astype(float)}),
        unit=unit[chosen],
        info=pd.DataFrame({"photo": chosen, "kind": np.array(KINDS)[kind[chosen]], "part": of_part}),
        arrays={"photo": pixels.reshape(len(chosen), SIDE, SIDE, 1)},
    )


def plan(examples: Examples) -> Plan:
    """As they were dealt."""
    import numpy as np

    part = examples.info["part"].to_numpy()
    train, validation, test = (np.flatnonzero(part == name) for name in ("training", "validation", "test"))
    return Plan(
        folds=(Fold(name="dealt at random", train=train, validation=validation, test=test),),
        unit="photo",
        separation="unit",
        sentence="Of the 1,400 photos of the wanted kind 350 test, 280 validate and 770 train, dealt at random; beside "
        "them 100 and 80 photos of each of the nine other kinds, of which none trains. Photos that are nearly the same "
        "(correlation of pixels above .99) are never tested on. Simple methods are tuned on validation, and "
        "so were the network's settings: strays of all kinds were seen there, so that a kind of stray that nobody has "
        "thought of may slip through more often.",
    )


def _task(name: str) -> Task:
    return one_class_task("does not belong", column="stray", positive="a stray", negative=name)


USE_CASE = UseCase(
    name="manufacturing/textile_sorting",
    title="Textile sorting",
    summary="A belt should carry one kind of garment. The network has seen that kind alone, and shows what is wrong "
    "with everything else.",
    question=Question(
        who="A sorting plant for used clothes: belts, bales, and buyers who want one thing.",
        problem="A belt should carry one kind of garment. Now and then another thing lies on it, and nobody knows "
        "which it will be.",
        cost_today="What slips through ends in the bale, and the buyer pays less for all of it. People who watch a "
        "belt for hours miss much.",
        what_ai_does="It has seen what belongs, and never a stray. It draws each garment from what it knows; where "
        "the garment is otherwise than it was drawn, it does not belong.",
        picture=Shown(tells="Eight garments from this belt. Half of them do not belong: which?"),
        detail="Photos are scaled down to 28 x 28 grey pixels, each garment cut out and lying straight: a real belt is "
        "harder, and has colour.",
    ),
    examples=t_shirts,
    task=_task("T-shirt"),
    datasets=("fashion_mnist",),
    columns=(),
    arrays=(ArrayInput(name="photo", kind=InputKind.IMAGE, shape=(SIDE, SIDE, 1)),),
    model="picture_autoencoder",
    baselines=("pca_reconstruction", "isolation_forest", "nearest_belonging"),
    plan=plan,
    value=VALUE,
    care=Care(
        privacy="No people are in the photos, so the GDPR does not touch them.",
        bias="Garments that look like the wanted kind pass, rare cuts of it are thrown out; nobody is treated worse.",
        ai_act="minimal risk",
        because="It sorts garments on a belt; it is no safety component of the machine.",
        rules=("Machinery Regulation (EU) 2023/1230, if it comes to steer what can hurt someone.",),
    ),
    settings=with_defaults(
        learning_rate=5e-3,
        num_epochs=50,
        batch_size=32,
        members=2,
        bottleneck="64",
        patterns=12,
        dropout=0.5,
        neighbourhood="3",
    ),
    front=("bottleneck", "dropout", "num_epochs"),
    presets=(
        recommended(
            "Sixty-four numbers for a garment, up to three quarters of a photo hidden while it learns, and errors "
            "looked at in neighbourhoods of three pixels: the best of some thirty on the validation photos of an "
            "earlier deal."
        ),
        quick(
            "One network with half of the numbers, and a quarter of the epochs.",
            members=1,
            num_epochs=12,
            bottleneck="32",
        ),
        overshoot(
            "A learning rate forty times too high: every step jumps across the valley.",
            learning_rate=0.2,
            num_epochs=5,
            patterns=6,
            bottleneck="8",
            weight_decay=0.0,
            activation="leaky_relu",
        ),
        crawl(num_epochs=6, optimiser="sgd", learning_rate=1e-3, patterns=6, bottleneck="8"),
        Preset(
            name="fade",
            title="Fade",
            reason="S-curves and plain gradient descent: each layer passes on a fraction of the gradient, so that "
            "nothing of it arrives at the first ones.",
            values={
                "patterns": 32,
                "bottleneck": "4",
                "activation": "sigmoid",
                "members": 1,
                "dropout": 0.0,
                "optimiser": "sgd",
                "learning_rate": 0.05,
                "num_epochs": 3,
                "schedule": "constant",
                "patience": 1000,
                "keep": "last",
            },
            good=False,
            fault="vanishing_gradients",
        ),
    ),
    variants=(
        Variant(
            name="t_shirts",
            title="T-shirts",
            reason="Shirts, pullovers and dresses look much like them.",
        ),
        Variant(
            name="bags",
            title="Bags",
            reason="No bag looks like the next, so that there is less to rely on.",
            changes={"examples": bags, "task": _task("bag")},
        ),
        Variant(
            name="trousers",
            title="Trousers",
            reason="Hardly anything else has two legs: the easy belt.",
            changes={"examples": trousers, "task": _task("trousers")},
        ),
    ),
    variants_label="The belt carries",
    record_label="garment",
    beside=(number("part", ""),),
    order=10,
    icon="conveyor_belt",
)
