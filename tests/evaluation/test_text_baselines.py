"""What simple methods read of texts, compared with scikit-learn's own way, and what they learn from it."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from core import pipeline
from core.errors import UserError
from core.evaluation.baselines import BASELINES
from core.evaluation.baselines._texts import texts_of, weighed
from core.texts.words import points_of
from core.use_cases import use_case

TYPED = use_case("testing/tiny_typed")
TEXTS = ["My card is late", "is my card, my card late?", "A refund", "late", ""]


@pytest.fixture(scope="module")
def examples():
    return pipeline.load_examples(TYPED)


def test_words_and_characters_are_weighed_as_scikit_learn_weighs_them(examples):
    some = replace(examples, arrays={"text": points_of(TEXTS, 60)})
    train = np.array([0, 1, 2])
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\b\w+\b").fit(TEXTS[:3])
    found = weighed(texts_of(some), train, {"words": 2, "characters": 0})
    np.testing.assert_allclose(np.sort(found.toarray()), np.sort(words.transform(TEXTS).toarray()), atol=1e-6)
    inside = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True).fit(
        [t.strip("?") for t in TEXTS[:3]]
    )
    found = weighed(texts_of(some), train, {"words": 0, "characters": 4})
    plain = [t.replace("?", "").replace(",", "") for t in TEXTS]
    np.testing.assert_allclose(
        found[[0, 2, 3, 4]].toarray().sum(1), inside.transform(plain).toarray()[[0, 2, 3, 4]].sum(1), rtol=1e-5
    )


@pytest.mark.parametrize("name", ["text_logistic", "text_centroid"])
def test_each_learns_what_a_question_is_about_and_gives_chances(examples, name):
    fold, method = TYPED.plan(examples).folds[0], BASELINES.get(name)
    for candidate in method.candidates:
        validation, test = method.fit_predict(
            TYPED.task, (), examples, fold.train, [fold.validation, fold.test], candidate, 0
        )
        assert validation.shape == (len(fold.validation), 3)
        np.testing.assert_allclose(test.sum(1), 1, rtol=1e-5)
        assert (test.argmax(1) == examples.target["about"].to_numpy()[fold.test]).mean() > 0.85


@pytest.mark.parametrize("name", ["text_logistic", "text_centroid"])
def test_nothing_is_learned_from_what_is_tested(examples, name):
    fold, method = TYPED.plan(examples).folds[0], BASELINES.get(name)
    others = examples.arrays["text"].copy()
    others[fold.test] = points_of(["entirely other words"], 60)
    told = [
        method.fit_predict(TYPED.task, (), of, fold.train, [fold.validation], method.candidates[-1], 0)[0]
        for of in (examples, replace(examples, arrays={"text": others}))
    ]
    np.testing.assert_array_equal(*told)


def test_without_a_text_it_says_so(examples):
    with pytest.raises(UserError, match="reads a text of each example"):
        texts_of(replace(examples, arrays={"sound": np.zeros((3, 9), np.int16)}))
