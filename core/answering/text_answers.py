"""Answers about one text, a row's or what somebody types: what networks say of it, which words count, how familiar it
is. Keeps nothing of what is typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.answering.answers import folds_of, held_out_members
from core.answering.texts import read_text, typed
from core.contracts import ArrayInput, Examples, Fold, Plan, UseCase
from core.contracts.answers import ReadWord, TextAnswer
from core.contracts.pieces import Pieces
from core.errors import UserError
from core.kinds import kind_of
from core.texts.coding import coded
from core.texts.words import points_of, text_of, words_of

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from core.training.ensemble import Ensemble


@dataclass(frozen=True, slots=True)
class Familiar:
    """Texts that networks learned from, as rows of length 1 (n, codes) of their pieces, rare ones the heavier; how like
    the held-out ones of validation are to the nearest of them, in order; the words that stand in any."""

    pieces: Pieces
    weight: np.ndarray
    rows: np.ndarray
    learned: csr_matrix
    usual: np.ndarray
    words: frozenset[str]

    @classmethod
    def of(cls, points: np.ndarray, fold: Fold, pieces: Pieces) -> Familiar:
        """Of one fold and all texts (N, characters)."""
        learned = _counted(coded(points[fold.train], pieces), pieces.codes)
        weight = np.log((1 + learned.shape[0]) / (1 + np.asarray((learned > 0).sum(0))[0])) + 1
        own, others = _weighed(learned, weight), coded(points[fold.validation], pieces)
        usual = np.sort((_weighed(_counted(others, pieces.codes), weight) @ own.T).max(1).toarray()[:, 0])
        words = frozenset(word.read for row in points[fold.train] for word in words_of(text_of(row)))
        return cls(pieces, weight.astype(np.float32), fold.train, own, usual, words)

    def nearest(self, points: np.ndarray) -> tuple[int, float, float]:
        """The row that a text (characters,) is most like, the cosine of their pieces, and the share of validation texts
        that are less like theirs."""
        own = _weighed(_counted(coded(points[None], self.pieces), self.pieces.codes), self.weight)
        alike = (self.learned @ own.T).toarray()[:, 0]
        best = int(alike.argmax())
        share = float(np.searchsorted(self.usual, alike[best], side="left") / max(1, len(self.usual)))
        return int(self.rows[best]), float(alike[best]), share


class Familiarities:
    """Kept for the fold that was asked for last."""

    def __init__(self) -> None:
        self._kept: tuple[Plan, int, Familiar] | None = None

    def of(self, plan: Plan, fold: int, points: np.ndarray, pieces: Pieces) -> Familiar:
        """Of one fold of a plan."""
        if self._kept is None or self._kept[0] is not plan or self._kept[1] != fold:
            self._kept = (plan, fold, Familiar.of(points, plan.folds[fold], pieces))
        return self._kept[2]


def text_answer(
    use_case: UseCase,
    examples: Examples,
    plan: Plan,
    ensemble: Ensemble,
    familiarities: Familiarities,
    question: Mapping[str, Any],
    row: int | None,
) -> TextAnswer:
    """What networks say of a row's text, or of the one that the question brings, and how much of the shown chance each
    word brings: the chance less what it is with that word hidden, as words are hidden in training. A row is shown to
    the networks that are tested on it. Raises UserError where they read no text, and for one without a word."""
    array = read_text(use_case)
    if array is None or array.pieces is None:
        raise UserError("These networks read no text. Ask about another use case.")
    whole = examples.arrays[array.name]
    text = typed(question.get("text")) if row is None else text_of(whole[row])
    points = points_of([text], array.shape[0])[0] if row is None else whole[row]
    networks = None if row is None else held_out_members(plan, ensemble, row)
    read = words_of(text_of(points))[: array.pieces.words]
    if not read:
        raise UserError("There is no word in it yet: type a question, in letters or in Chinese signs.")
    each = _hidden_one_by_one(ensemble, examples, array, points, len(read), 0 if row is None else row, networks)
    mean: list[float] = each[:, 0].mean(0).tolist()
    shown = kind_of(use_case.task).shown(use_case.task, mean)
    familiar = familiarities.of(plan, folds_of(ensemble, networks)[0], whole, array.pieces)
    nearest, alike, share = familiar.nearest(points)
    without = each[:, 1:, shown].mean(0)
    told: list[ReadWord] = [
        {
            "start": word.start,
            "end": word.end,
            "gain": float(mean[shown] - chance),
            "known": word.read in familiar.words,
        }
        for word, chance in zip(read, without, strict=True)
    ]
    return {
        "text": text,
        "words": told,
        "unread": len(words_of(text)) - len(read),
        "mean": mean,
        "networks": each[:, 0, shown].tolist(),
        "nearest": nearest,
        "alike": alike,
        "share": share,
    }


def _hidden_one_by_one(
    ensemble: Ensemble,
    examples: Examples,
    array: ArrayInput,
    points: np.ndarray,
    words: int,
    row: int,
    networks: Sequence[int] | None,
) -> np.ndarray:
    """Predictions (K, 1 + words, O) of the text, and of the text with each of its words hidden."""
    features = examples.features.iloc[np.full(1 + words, row)]
    read = ensemble.inputs(features, networks, {array.name: points[None].repeat(1 + words, 0)})
    codes = read.tensors[array.name].clone()
    for word in range(words):
        codes[:, 1 + word, word] = 0
    hidden = type(read)(read.networks, read.folds, {**read.tensors, array.name: codes}, read.size)
    return ensemble.predict_inputs(hidden)


def _counted(codes: np.ndarray, most: int) -> csr_matrix:
    """How often each piece stands in each text (N, codes), code 0 left out."""
    from scipy.sparse import csr_matrix

    flat = codes.reshape(len(codes), -1)
    row, place = np.nonzero(flat)
    ones = np.ones(len(row), np.float32)
    return csr_matrix((ones, (row, flat[row, place])), shape=(len(codes), most))


def _weighed(counts: csr_matrix, weight: np.ndarray) -> csr_matrix:
    """Rows of length 1; of a text without a piece, of nothing."""
    found = counts.multiply(weight[None]).tocsr()
    length = np.sqrt(np.asarray(found.multiply(found).sum(1))[:, 0])
    return found.multiply(1 / np.maximum(length, 1e-9)[:, None]).tocsr()
