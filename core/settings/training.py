"""The settings of training that every use case shares."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from core.formatting.messages import message
from core.settings import Help, Scale, Setting, SettingType
from core.settings.counts import MOST_TOGETHER

# By name, with the words for them.
OPTIMISERS = {
    "gradient_descent": "Gradient descent",
    "sgd": "SGD",
    "momentum": "Momentum",
    "nesterov": "Nesterov",
    "adagrad": "Adagrad",
    "rmsprop": "RMSprop",
    "adam": "Adam",
    "adamw": "AdamW",
}
SCHEDULES = {
    "constant": "Constant",
    "step": "Step",
    "exponential": "Exponential",
    "cosine": "Cosine",
    "one_cycle": "One cycle",
    "warm_up": "Warm-up",
}

SETTINGS: tuple[Setting, ...] = (
    Setting(
        name="learning_rate",
        label="Learning rate",
        type=SettingType.FLOAT,
        low=1e-5,
        high=1.0,
        default=2e-3,
        scale=Scale.LOG,
        help=Help(
            sentence="How far each step moves the weights: too small never arrives, too large overshoots and diverges.",
            caption="The length of a stride downhill in fog.",
            formula=r"w \leftarrow w - \eta \,\nabla L(w)",
        ),
    ),
    Setting(
        name="num_epochs",
        label="Epochs",
        type=SettingType.INT,
        low=1,
        high=1000,
        default=60,
        scale=Scale.LOG,
        unit="passes",
        help=Help(
            sentence="How often training goes through all rows at most; early stopping usually ends it sooner.",
            caption="One epoch is one reading of the whole book.",
            formula=r"\text{steps} = \text{epochs} \cdot \lceil N / B \rceil",
        ),
    ),
    Setting(
        name="batch_size",
        label="Batch size",
        type=SettingType.INT,
        low=16,
        high=MOST_TOGETHER,
        default=256,
        scale=Scale.LOG,
        unit="rows",
        help=Help(
            sentence="How many rows are averaged for one step: small is noisy and slow, large is smooth and lazy.",
            caption="Asking more people before every step gives a steadier direction, and fewer steps a day.",
            formula=r"\nabla L \approx \frac{1}{B}\sum_{i \in \text{batch}} \nabla \ell_i",
        ),
    ),
    Setting(
        name="optimiser",
        label="Optimiser",
        type=SettingType.CHOICE,
        choices=tuple(OPTIMISERS),
        choice_labels=OPTIMISERS,
        default="adamw",
        help=Help(
            sentence="How gradients become steps. Gradient descent takes all rows for every step, whatever the batch "
            "size; SGD a batch. Momentum and Nesterov keep rolling. Adagrad, RMSprop and Adam give every weight its "
            "own pace; AdamW also shrinks weights cleanly.",
            caption="A walker, a ball that rolls on, and one who remembers how bumpy each road was.",
            formula=r"\text{Adam: } w \leftarrow w - \eta\, \hat m / (\sqrt{\hat v} + \epsilon),\quad "
            r"\text{AdamW: also } w \leftarrow w - \eta \lambda w",
        ),
    ),
    Setting(
        name="schedule",
        label="Schedule",
        type=SettingType.CHOICE,
        choices=tuple(SCHEDULES),
        choice_labels=SCHEDULES,
        default="cosine",
        help=Help(
            sentence="How the learning rate changes: constant; step, to a tenth at half and at three quarters; "
            "exponential, evenly down to a hundredth; cosine, up over one epoch and then smoothly to nothing; one "
            "cycle, up over the first third and down to nothing; warm-up, up over the first tenth and then constant.",
            caption="Long strides first, small ones when the valley is near.",
            formula=r"\eta_t = \tfrac{1}{2}\,\eta\,(1 + \cos(\pi t / T))",
        ),
    ),
    Setting(
        name="weight_decay",
        label="Weight decay",
        type=SettingType.FLOAT,
        low=0.0,
        high=1.0,
        default=1e-2,
        scale=Scale.LOG,
        help=Help(
            sentence="A steady pull of all weights towards zero, which prefers simple explanations.",
            caption="A rubber band on every weight.",
            formula=r"w \leftarrow (1 - \eta\lambda)\, w",
        ),
    ),
    Setting(
        name="momentum",
        label="Momentum",
        type=SettingType.FLOAT,
        low=0.0,
        high=0.99,
        default=0.9,
        step=0.01,
        help=Help(
            sentence="How much of the last step is kept, for the optimisers momentum and Nesterov; the others have "
            "their own memory.",
            caption="The weight of the ball.",
            formula=r"v \leftarrow \mu v + \nabla L,\quad w \leftarrow w - \eta v",
        ),
    ),
    Setting(
        name="l1",
        label="L1",
        type=SettingType.FLOAT,
        low=0.0,
        high=1.0,
        default=0.0,
        scale=Scale.LOG,
        help=Help(
            sentence="A pull of the same strength on every weight, however small: many become nearly nothing.",
            caption="A tax per head instead of by income.",
            formula=r"L + \lambda_1 \sum |w|",
        ),
    ),
    Setting(
        name="clip_norm",
        label="Gradient clipping",
        type=SettingType.FLOAT,
        low=0.0,
        high=100.0,
        default=0.0,
        scale=Scale.LOG,
        help=Help(
            sentence="The longest gradient that a network may have; longer ones are cut to it. 0 means no limit.",
            caption="A leash for the steepest moments.",
            formula=r"g \leftarrow g \cdot \min(1, c / \lVert g \rVert)",
        ),
    ),
    Setting(
        name="class_weight",
        label="Class weights",
        type=SettingType.CHOICE,
        choices=("none", "balanced"),
        choice_labels={"none": "None", "balanced": "Balanced"},
        default="none",
        help=Help(
            sentence="Balanced lets the rare class count as much as the frequent one in training. The ranking may "
            "gain; the predicted chances become too high.",
            caption="Giving the smaller party as many votes.",
            formula=r"w_c = \tfrac{N}{2 N_c}",
        ),
    ),
    Setting(
        name="patience",
        label="Patience",
        type=SettingType.INT,
        low=1,
        high=1000,
        default=12,
        scale=Scale.LOG,
        unit="epochs",
        help=Help(
            sentence="Early stopping: a member ends when its validation loss has not improved for this many epochs; "
            "which weights it ends with, Weights kept says.",
            caption="Stop studying when the mock exams stop getting better.",
            formula=r"\text{stop at } e \text{ if } \min_{j \le e-p} L_{val}(j) \le \min_{j \le e} L_{val}(j)",
        ),
    ),
    Setting(
        name="keep",
        label="Weights kept",
        type=SettingType.CHOICE,
        choices=("best", "last"),
        choice_labels={"best": "Best epoch", "last": "Last epoch"},
        default="best",
        help=Help(
            sentence="Which weights a network ends with: those of its best epoch on validation, or those of its last.",
            caption="Hand in the best draft, or whatever lies on the desk at closing time.",
        ),
    ),
    Setting(
        name="numeric_transform",
        label="Numbers",
        type=SettingType.CHOICE,
        choices=("log", "standard", "quantile"),
        choice_labels={"log": "Logarithm", "standard": "Standard", "quantile": "Quantile"},
        default="quantile",
        group="network",
        help=Help(
            sentence="How numbers are brought to one scale: logarithm for skewed amounts, standard for bell shapes, "
            "quantile for anything (only the rank is kept).",
            caption="A ruler, a logarithmic ruler, or places in a race.",
            formula=r"x \mapsto \frac{\log(1+x) - \mu}{\sigma}",
        ),
    ),
    Setting(
        name="target_encoding",
        label="Target encoding",
        type=SettingType.CHOICE,
        choices=("off", "on"),
        choice_labels={"off": "Off", "on": "On"},
        default="off",
        group="network",
        help=Help(
            sentence="Whether a category also enters as the mean outcome of its training rows, beside its learned "
            "embedding. A training row's rate comes from other rows than its own.",
            caption="A carrier is known by its name, and by its record.",
            formula=r"r_c = \frac{\sum_{i: c_i = c} (y_i - \bar y)}{n_c + 20}",
        ),
    ),
    Setting(
        name="members",
        label="Networks per fold",
        type=SettingType.INT,
        low=1,
        high=64,
        default=8,
        scale=Scale.LOG,
        unit="networks",
        help=Help(
            sentence="How many networks are trained side by side from different starts; their average is the ensemble.",
            caption="A panel of judges: the mean errs less than most of its members, and their spread shows doubt.",
            formula=r"\bar p(x) = \frac{1}{K}\sum_{k=1}^{K} p_k(x)",
        ),
    ),
    Setting(
        name="seed",
        label="Seed",
        type=SettingType.INT,
        low=0,
        high=1_000_000,
        default=1,
        step=1,
        group="run",
        help=Help(
            sentence="Where all randomness starts; the same seed and settings give the same result.",
            caption="Shuffling the same deck the same way.",
        ),
    ),
    Setting(
        name="device",
        label="Device",
        type=SettingType.CHOICE,
        choices=("auto", "cpu", "cuda", "mps"),
        choice_labels={"auto": "Automatic", "cpu": "CPU", "cuda": "NVIDIA GPU", "mps": "Apple GPU"},
        default="auto",
        group="run",
        help=Help(
            sentence="Where the network is trained; auto takes a GPU where there is one.",
            caption="A GPU is offered where this machine has one.",
        ),
    ),
    Setting(
        name="precision",
        label="Precision",
        type=SettingType.CHOICE,
        choices=("float32", "bfloat16"),
        choice_labels={"float32": "32 bits", "bfloat16": "16 bits (bfloat16)"},
        default="float32",
        group="run",
        help=Help(
            sentence="How exactly the matrix products of training are computed. Half as many bits are quicker on "
            "recent GPUs with wide layers, slower for narrow ones; loss, weights and evaluation keep 32 bits.",
            caption="Rounding every price to the next ten: quick sums, small errors.",
        ),
    ),
)


def steps_per_epoch(settings: Mapping[str, Any], rows: int) -> int:
    """How many batches an epoch of so many training rows has: gradient descent takes all of them for each step."""
    return 1 if settings["optimiser"] == "gradient_descent" else math.ceil(rows / int(settings["batch_size"]))


def weights_kept(settings: Mapping[str, Any]) -> str:
    """Which weights a training ends with, in words: the setting `keep` decides."""
    return message("the last weights") if settings.get("keep") == "last" else message("the best weights")


def stopped_on_request(settings: Mapping[str, Any]) -> str:
    """Why a run ended that somebody stopped, and what it ended with."""
    return message("Stopped on request; {weights} were kept.", weights=weights_kept(settings))
