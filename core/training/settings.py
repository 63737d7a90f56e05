"""The settings of training that every use case shares. Declares; checks nothing beyond a single value."""

from __future__ import annotations

from core.settings import Help, Scale, Setting, SettingType

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
        high=8192,
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
        choices=("adam", "adamw"),
        default="adamw",
        help=Help(
            sentence="How gradients become steps. Adam gives every weight its own pace; AdamW also shrinks weights "
            "cleanly.",
            caption="Adam remembers which way it has been going, and how bumpy the road was.",
            formula=r"w \leftarrow w - \eta\, \hat m / (\sqrt{\hat v} + \epsilon) - \eta \lambda w",
        ),
    ),
    Setting(
        name="schedule",
        label="Schedule",
        type=SettingType.CHOICE,
        choices=("constant", "cosine"),
        default="cosine",
        help=Help(
            sentence="How the learning rate changes: constant, or cosine, which warms up over one epoch and then falls "
            "smoothly to nothing at the last epoch.",
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
            "its best weights are kept.",
            caption="Stop studying when the mock exams stop getting better.",
            formula=r"\text{stop at } e \text{ if } \min_{j \le e-p} L_{val}(j) \le \min_{j \le e} L_{val}(j)",
        ),
    ),
    Setting(
        name="keep",
        label="Weights kept",
        type=SettingType.CHOICE,
        choices=("best", "last"),
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
        name="category_rates",
        label="Category rates",
        type=SettingType.CHOICE,
        choices=("off", "on"),
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
        label="Members per fold",
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
        default="auto",
        group="run",
        help=Help(
            sentence="Where the network is trained; auto takes a GPU where there is one.",
            caption="cuda is an NVIDIA GPU, mps an Apple one.",
        ),
    ),
)
