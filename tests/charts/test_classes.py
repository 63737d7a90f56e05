"""The confusion matrix and each class's precision and recall are scikit-learn's; what has no value is left out."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from core.charts.classes import by_class, class_scores, confusion, counts, surest
from core.charts.look import LIGHT

NAMES = ("cat", "dog", "<b>bird</b>", "fish")


@pytest.fixture
def told():
    rng = np.random.default_rng(0)
    target = rng.integers(0, 3, (200, 1)).astype(float)  # never a fish
    prediction = rng.dirichlet([1, 1, 1, 1], 200)
    prediction[:, 3] = 0.0  # nor is one said
    prediction[np.arange(200), target[:, 0].astype(int)] += 0.2
    return target, prediction


def test_the_confusion_matrix_is_scikit_learn_s(told):
    target, prediction = told
    expected = confusion_matrix(target[:, 0], prediction.argmax(1), labels=range(4))
    assert counts(target, prediction).tolist() == expected.tolist()


def test_precision_and_recall_are_scikit_learn_s_and_none_where_there_is_none(told):
    target, prediction = told
    found = class_scores(counts(target, prediction), NAMES)
    precision, recall, _, rows = precision_recall_fscore_support(
        target[:, 0], prediction.argmax(1), labels=range(4), zero_division=np.nan
    )
    np.testing.assert_allclose([s.precision for s in found], precision)
    np.testing.assert_allclose([s.recall for s in found], recall)
    assert [s.rows for s in found] == rows.tolist()
    assert np.isnan([found[3].precision, found[3].recall]).all()


def test_the_pictures_show_every_class_by_its_name_as_plain_text(told):
    counted = counts(*told)
    drawn = confusion(counted, NAMES, LIGHT)
    np.testing.assert_allclose(drawn.data[0].z.sum(1)[:3], 1)
    assert list(drawn.data[0].x) == ["cat", "dog", "&lt;b&gt;bird&lt;/b&gt;", "fish"]
    assert drawn.data[0].text[0][0].split(" · ")[0] == str(counted[0, 0])
    bars = by_class(class_scores(counted, NAMES), LIGHT)
    assert [bar.x[3] for bar in bars.data] == [None, None]
    assert len(bars.data[0].y) == 4


def test_the_surest_of_each_pair_is_found_as_a_slow_way_finds_it(told):
    target, prediction = told
    found = surest(target, prediction)
    expected = {}
    for place, (was, chances) in enumerate(zip(target[:, 0].astype(int), prediction, strict=True)):
        pair = int(was), int(np.argmax(chances))
        if pair not in expected or max(chances) > max(prediction[expected[pair]]):
            expected[pair] = place
    assert found == expected
