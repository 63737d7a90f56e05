"""What the answer worker replies, as types. An older worker may leave out what is marked so."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict, final

Values = dict[str, Any]  # of a table's row, by column: numbers, texts and flags as JSON has them, None where missing


class Record(TypedDict):
    """One row of the examples. pictures: the images beside the table, by name, as the address of a PNG file or, large
    and in colour, of a JPEG, and the spectrograms of sounds; sounds: those themselves, as the address of a WAV file."""

    row: int
    features: Values
    target: Values
    info: Values
    pictures: NotRequired[dict[str, str]]
    sounds: NotRequired[dict[str, str]]


class Part(TypedDict):
    """One part of the plan's first fold: train, validation or test."""

    name: str
    rows: int
    target_mean: float


OutcomeGroup = TypedDict(
    "OutcomeGroup",
    {
        "rows": int,
        "units": int,
        "name": NotRequired[str],
        "others": NotRequired[int],
        "missing": NotRequired[bool],
        "said": NotRequired[str],
        "from": NotRequired[float],
        "to": NotRequired[float],
        "share": NotRequired[float],
        "rate": NotRequired[float],
        "low": NotRequired[float],
        "high": NotRequired[float],
        "shares": NotRequired[list[float]],
        "quantiles": NotRequired[list[float]],
    },
)
"""What happened in some training rows. Which: those of a category (name), of so many others together, without a value
(missing, which means said), or of a range. What: the share of yes or no, or events per unit of time, with a 95%
interval that counts units; the share of each class; or the 10th, 25th, 50th, 75th and 90th percentile of an amount."""


class ColumnProfile(TypedDict):
    """missing: the share of rows without the column. categories: rows of each, of a category; else its range between
    the 1st and 99th percentile, whether its values are whole, and its histogram; split: the same of training rows in
    which it did not happen, and in which it did. groups: the outcome by a few groups of training rows. strength: the
    share of the outcome's variance between them."""

    name: str
    missing: float
    missing_rows: NotRequired[int]
    categories: NotRequired[dict[str, int]]
    low: NotRequired[float]
    high: NotRequired[float]
    median: NotRequired[float]
    whole: NotRequired[bool]
    counts: NotRequired[list[int]]
    edges: NotRequired[list[float]]
    split: NotRequired[list[list[int]]]
    groups: NotRequired[list[OutcomeGroup]]
    strength: NotRequired[float]


class BoxesProfile(TypedDict):
    """Known boxes of the first fold's training pictures: of each class how many, and the shares of them in ranges of
    size between the edges, the mean of width and height as a share of the picture."""

    pictures: int
    counts: list[int]
    edges: list[float]
    sizes: list[list[float]]


class DataProfile(TypedDict):
    """The examples of a use case in its variant, and a sample of their rows. watched: the row whose boxes an epoch's
    event tells."""

    rows: int
    units: int
    unit: str
    plan: str
    parts: list[Part]
    num_folds: int
    columns: list[ColumnProfile]
    sample: list[Record]
    watched: NotRequired[Record]
    boxes: NotRequired[BoxesProfile]
    outcome: NotRequired[OutcomeGroup]


class Curve(TypedDict):
    """The prediction at each value x of one column: the middle output with the networks' range, and every output of
    the ensemble (O, X)."""

    column: str
    x: list[Any]
    mean: list[float]
    low: list[float]
    high: list[float]
    outputs: list[list[float]]


@final
class UnseenName(TypedDict):
    """A category that is in no training row."""

    column: str
    value: str


@final
class OutOfRange(TypedDict):
    """A number outside what the training rows range over."""

    column: str
    value: float
    low: float
    high: float


Stranger = UnseenName | OutOfRange


class Prediction(TypedDict):
    """The prediction for made-up features: the ensemble's outputs (O,), each network's middle one, and the curve over
    the column that was asked for. series: what the networks read beside the features, a list for each channel, where it
    follows them."""

    mean: list[float]
    networks: list[float]
    curve: Curve | None
    series: NotRequired[list[list[float]]]


class Sight(TypedDict):
    """Where the networks looked in a picture: its greys (H, W) from 0 to 1, and what speaks for the shown output, or
    below 0 against it, with 1 where most is: integrated gradients, and Grad-CAM. output: which one."""

    output: int
    picture: list[list[float]]
    gradients: list[list[float]]
    activations: list[list[float]]


class Redrawn(TypedDict):
    """A picture and how it comes back, as addresses; its greys (H, W) from 0 to 1, and how wrong each place is beyond
    what is usual, from 0 to 1, on one scale for all pictures."""

    picture: str
    redrawn: str
    greys: list[list[float]]
    error: list[list[float]]


class OwnPicture(TypedDict):
    """A visitor's own file as networks read it: bytes (H, W, C), or samples of 16 bits, in base64. swapped: whether
    light and dark were, because the networks learned from pictures on black and this one lies on white."""

    pixels: str
    swapped: bool


class MadeSheet(TypedDict):
    """Pictures of one size side by side, as the address of one PNG file: so many in a row, and so many rows."""

    picture: str
    columns: int
    rows: int


class PictureAnswer(TypedDict):
    """A picture as it is and as it was damaged, both as addresses; of the damaged one the ensemble's outputs (O,), each
    network's shown one, the nearest picture that they learned from, how like it is (correlation of pixels), the share
    of validation pictures that are less like theirs, and where the networks looked, or how they draw it
    again. sounds: the same three as they sound, of a spectrogram."""

    picture: str
    changed: str
    nearest: str
    mean: list[float]
    networks: list[float]
    alike: float
    share: float
    sight: NotRequired[Sight]
    redrawn: NotRequired[Redrawn]
    sounds: NotRequired[dict[str, str]]


class ReadWord(TypedDict):
    """A word that networks read: where it stands in the text, how much of the shown chance goes where it is hidden, and
    whether any text that they learned from holds it."""

    start: int
    end: int
    gain: float
    known: bool


class TextAnswer(TypedDict):
    """A text and what networks say of it: the ensemble's outputs (O,), each network's shown one, the words that they
    read and how many come after, the row that they learned from that is most like it, how like (cosine of their weighed
    pieces), and the share of validation texts that are less like theirs."""

    text: str
    words: list[ReadWord]
    unread: int
    mean: list[float]
    networks: list[float]
    nearest: int
    alike: float
    share: float


class Robustness(TypedDict):
    """The headline metric on so many test pictures at each strength of one damage, with its 95% interval, and that of
    the best constant prediction; None where it is undefined."""

    rows: int
    steps: list[float]
    scores: list[float | None]
    low: list[float | None]
    high: list[float | None]
    constant: float | None


class Doubt(TypedDict):
    """Some test rows and how doubtful each is. At each of `refusal.SHARES` of validation rows: the level above which a
    row is refused (None: none is), the share of good test rows that are, the share of those messed up in each way, by
    its name, and the headline metric of the rows that are answered, with its 95% interval."""

    rows: list[int]
    levels: list[float | None]
    scores: list[float]
    refused: list[float]
    caught: dict[str, list[float]]
    metric: list[tuple[float | None, float | None, float | None]]


class WhatIf(Prediction):
    """The answer to what_if."""

    strangers: NotRequired[list[Stranger]]
