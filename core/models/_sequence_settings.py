"""The settings of the network for token sequences."""

from __future__ import annotations

from dataclasses import replace

from core.models._table_settings import ACTIVATION, DROPOUT
from core.models._table_settings import WIDTH as ANY_WIDTH
from core.settings import Help, Scale, Setting, SettingType

READER = Setting(
    name="reader",
    label="Reader",
    type=SettingType.CHOICE,
    choices=("convolution", "gru"),
    choice_labels={"convolution": "Convolution", "gru": "GRU"},
    default="convolution",
    group="network",
    help=Help(
        sentence="How the tokens are read: a convolution looks for short patterns everywhere at once; a GRU reads one "
        "token after the other and decides at each what to remember and what to forget.",
        caption="A searchlight that finds phrases, or a reader who takes notes.",
        formula=r"\text{GRU: } h_t = (1 - z_t)\, n_t + z_t\, h_{t-1},\quad "
        r"n_t = \tanh(x_t W_n + b_n + r_t \odot (h_{t-1} U_n + c_n))",
    ),
)
TOKEN_WIDTH = Setting(
    name="token_width",
    label="Token embedding",
    type=SettingType.INT,
    low=2,
    high=128,
    default=16,
    scale=Scale.LOG,
    unit="per token",
    group="network",
    help=Help(
        sentence="How many numbers stand for a token; they are learned, and tokens that mean the same move together.",
        caption="Every word gets a place on a map, near its relatives.",
        formula=r"x_t = E_{\,token_t}",
    ),
)
WIDTH = replace(
    ANY_WIDTH,
    help=Help(
        sentence="How many patterns a convolution looks for, or how many numbers a GRU remembers.",
        caption="How many pages the notebook has.",
    ),
)
SPAN = Setting(
    name="span",
    label="Pattern length",
    type=SettingType.CHOICE,
    choices=("1", "3", "5", "7"),
    default="3",
    unit="tokens",
    group="network",
    help=Help(
        sentence="How many tokens in a row a pattern of the convolution has; a GRU does not use it.",
        caption="With 1 only the words count and not their order; longer patterns know phrases.",
        formula=r"z_t = \sum_{u} x_{t+u} W_u + b",
    ),
)
SUMMARY = Setting(
    name="summary",
    label="Summary",
    type=SettingType.CHOICE,
    choices=("max", "mean", "last", "both"),
    choice_labels={"max": "Maximum", "mean": "Mean", "last": "Last", "both": "Maximum and mean"},
    default="max",
    group="network",
    help=Help(
        sentence="What is kept of all positions of a text: for every unit its strongest moment, its mean, what it "
        "was at the last token, or the first two side by side.",
        caption="The loudest note, the average volume, or the final chord.",
        formula=r"s = \max_t h_t,\quad \tfrac{1}{T}\sum_t h_t,\quad h_T",
    ),
)
BAG = Setting(
    name="bag",
    label="Bag of words",
    type=SettingType.CHOICE,
    choices=("off", "on"),
    choice_labels={"off": "Off", "on": "On"},
    default="off",
    group="network",
    help=Help(
        sentence="Whether the mean of all words goes on too, beside what the reader has found of their order.",
        caption="What a text is about, whoever does what to whom.",
        formula=r"b = \tfrac{1}{T}\sum_t x_t",
    ),
)
HIDDEN = Setting(
    name="words_hidden",
    label="Words hidden",
    type=SettingType.FLOAT,
    low=0.0,
    high=0.9,
    default=0.0,
    step=0.05,
    unit="share",
    group="network",
    help=Help(
        sentence="What share of the words is hidden in every step of training, others each time, so that no single one "
        "is relied on.",
        caption="Reading a letter with coffee stains on it.",
    ),
)

SETTINGS = (READER, TOKEN_WIDTH, WIDTH, SPAN, SUMMARY, BAG, ACTIVATION, DROPOUT, HIDDEN)
