"""What the variants of intents share: rows of texts, and a plan by the source's own parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from core.contracts import ArrayInput, Examples, Fold, InputKind, Pieces, Plan

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

LENGTH = 512  # characters
ARRAYS = (ArrayInput(name="text", kind=InputKind.TEXT, shape=(LENGTH,), pieces=Pieces()),)
_VALIDATES = 0.1


def rows_of(
    texts: pd.Series, label: pd.Series, outputs: Mapping[str, str] | Sequence[str], part: pd.Series
) -> Examples:
    """A row a text. outputs: the labels in the order of the task's outputs; part: train, validation or test. Texts of
    the same words are one unit."""
    import numpy as np
    import pandas as pd

    from core.texts.words import points_of, words_of

    number = {name: place for place, name in enumerate(outputs)}
    same = pd.factorize(texts.map(lambda text: " ".join(word.read for word in words_of(text))))[0]
    return Examples(
        features=pd.DataFrame(index=range(len(texts))),
        target=pd.DataFrame({"intent": label.map(number).to_numpy(dtype=float)}),
        unit=np.asarray(same),
        info=pd.DataFrame({"question": texts.to_numpy(), "part": part.to_numpy()}).astype("str"),
        arrays={"text": points_of(list(texts), LENGTH)},
    )


def source_s_test(examples: Examples, sentence: str) -> Plan:
    """The source's own test; where it has no validation of its own, a tenth of its other texts of every label. What
    stands in a later part too, word for word, is left out."""
    import numpy as np

    part, label = examples.info["part"].to_numpy(), examples.target["intent"].to_numpy()
    tested = part == "test"
    free = ~np.isin(examples.unit, examples.unit[tested])
    if (part == "validation").any():
        validating = (part == "validation") & free
    else:
        first = np.zeros(len(part), dtype=bool)
        first[np.unique(examples.unit, return_index=True)[1]] = True
        validating = _drawn(label, (part == "train") & free & first)
    training = (part == "train") & free & ~np.isin(examples.unit, examples.unit[validating])
    fold = Fold(
        name="the source's test",
        train=np.flatnonzero(training),
        validation=np.flatnonzero(validating),
        test=np.flatnonzero(tested),
    )
    return Plan(folds=(fold,), unit="question", separation="unit", sentence=sentence)


def _drawn(label: np.ndarray, may: np.ndarray) -> np.ndarray:
    """A tenth of the rows of every label that may be drawn."""
    import numpy as np

    rng, drawn = np.random.default_rng(0), np.zeros(len(label), dtype=bool)
    for one in np.unique(label):
        rows = rng.permutation(np.flatnonzero(may & (label == one)))
        drawn[rows[: max(1, round(len(rows) * _VALIDATES))]] = True
    return drawn
