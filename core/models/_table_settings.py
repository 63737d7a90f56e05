"""The settings of the network for tables."""

from __future__ import annotations

from core.settings import Help, Scale, Setting, SettingType

WIDTH = Setting(
    name="width",
    label="Width",
    type=SettingType.INT,
    low=4,
    high=512,
    default=64,
    scale=Scale.LOG,
    unit="units",
    group="network",
    help=Help(
        sentence="How many units each hidden layer has: more can learn finer patterns, and memorise noise sooner.",
        caption="A wide layer draws many bent lines through the data and adds them up.",
        formula=r"h = \sigma(xW + b),\quad W \in \mathbb{R}^{in \times width}",
    ),
)
DEPTH = Setting(
    name="depth",
    label="Hidden layers",
    type=SettingType.INT,
    low=0,
    high=6,
    default=2,
    step=1,
    group="network",
    help=Help(
        sentence="How many hidden layers follow one another; with none the network is a logistic or linear model.",
        caption="Every layer bends what the layer before it has drawn.",
        formula=r"f(x) = W_{L}\,\sigma(W_{L-1} \cdots \sigma(W_1 x))",
    ),
)
ACTIVATION = Setting(
    name="activation",
    label="Activation",
    type=SettingType.CHOICE,
    choices=("relu", "leaky_relu", "gelu", "silu", "tanh", "sigmoid"),
    choice_labels={
        "relu": "ReLU",
        "leaky_relu": "Leaky ReLU",
        "gelu": "GELU",
        "silu": "SiLU",
        "tanh": "Tanh",
        "sigmoid": "Sigmoid",
    },
    default="relu",
    group="network",
    help=Help(
        sentence="The bend in every unit. Without one, any number of layers would be a straight line.",
        caption="ReLU is a hinge, leaky ReLU one that gives a little, tanh and sigmoid are S-curves that flatten out, "
        "GELU and SiLU are soft hinges.",
        formula=r"\mathrm{relu}(z)=\max(0,z)\quad \mathrm{silu}(z)=z\,\mathrm{sigmoid}(z)",
    ),
)
DROPOUT = Setting(
    name="dropout",
    label="Dropout",
    type=SettingType.FLOAT,
    low=0.0,
    high=0.8,
    default=0.1,
    step=0.05,
    group="network",
    help=Help(
        sentence="The share of units switched off at random in each training step, so that none is relied on alone.",
        caption="Like practising with a different half of the team every day.",
        formula=r"\tilde h = h \odot m / (1-p),\quad m \sim \mathrm{Bernoulli}(1-p)",
    ),
)
NORMALISATION = Setting(
    name="normalisation",
    label="Normalisation",
    type=SettingType.CHOICE,
    choices=("none", "layer"),
    choice_labels={"none": "None", "layer": "Layer"},
    default="none",
    group="network",
    help=Help(
        sentence="Layer normalisation brings every row's units to one scale before the bend: deep networks learn more "
        "steadily.",
        caption="Turning every instrument to the same loudness before the next player listens.",
        formula=r"\hat z = g \odot \frac{z - \mathrm{mean}(z)}{\sqrt{\mathrm{var}(z) + \epsilon}} + b",
    ),
)
SKIP = Setting(
    name="linear_skip",
    label="Linear path",
    type=SettingType.CHOICE,
    choices=("on", "off"),
    choice_labels={"on": "On", "off": "Off"},
    default="on",
    group="network",
    help=Help(
        sentence="A straight path from the inputs to the answer beside the hidden layers, so that these only learn "
        "what a linear model misses.",
        caption="A ruler laid first, then bent where it must.",
        formula=r"f(x) = \mathrm{network}(x) + xS",
    ),
)
NUMBERS = Setting(
    name="numeric_embedding",
    label="Number embedding",
    type=SettingType.CHOICE,
    choices=("none", "piecewise", "periodic"),
    choice_labels={"none": "None", "piecewise": "Piecewise", "periodic": "Periodic"},
    default="none",
    group="network",
    help=Help(
        sentence="How a number enters: as it is, as its way through sixteen bins, or as waves of learned lengths. The "
        "latter two let even one layer bend sharply along each feature.",
        caption="A thermometer, a row of filling glasses, or a chord.",
        formula=r"\mathrm{relu}(\phi(x)\,W_x + b_x),\quad \phi_t(x)=\mathrm{clip}\tfrac{x-e_t}{e_{t+1}-e_t}"
        r"\;\text{or}\;(\cos, \sin)(2\pi c x)",
    ),
)
NUMBERS_WIDTH = Setting(
    name="embedding_width",
    label="Number embedding width",
    type=SettingType.INT,
    low=1,
    high=32,
    default=8,
    scale=Scale.LOG,
    unit="per feature",
    group="network",
    help=Help(
        sentence="How many values each embedded number becomes; without a number embedding it changes nothing.",
        caption="How many glasses are read off together.",
    ),
)
NUMBERS_SPREAD = Setting(
    name="embedding_spread",
    label="Wave spread",
    type=SettingType.FLOAT,
    low=0.01,
    high=10.0,
    default=0.3,
    scale=Scale.LOG,
    group="network",
    help=Help(
        sentence="How short the waves of a periodic embedding start; without one it changes nothing.",
        caption="Long waves see the coast, short waves see every pebble, and remember it.",
        formula=r"c \sim \mathcal{N}(0, \sigma^2)",
    ),
)

SETTINGS = (WIDTH, DEPTH, ACTIVATION, DROPOUT, NORMALISATION, SKIP, NUMBERS, NUMBERS_WIDTH, NUMBERS_SPREAD)
