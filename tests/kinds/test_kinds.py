"""Every kind of task is whole, knows what it refuses, and says its numbers; one from outside is found likewise."""

import dataclasses

import numpy as np
import pytest

from core.checks import examples_check
from core.contracts import Kind, Task
from core.errors import UnknownNameError, UserError
from core.evaluation.metrics import METRICS, metric_named
from core.formatting.messages import translate
from core.kinds import KINDS, Part, TaskKind, kind_of
from core.pipeline import load_examples
from core.registry import bringing
from core.training.losses import LOSSES
from core.use_cases import all_use_cases, use_case
from pages.components import panels

MINUTES = use_case("testing/tiny_quantile").task
CHANCE = use_case("retail/coupon_response").task
CLASSES = use_case("testing/tiny_digits").task

every_kind = pytest.mark.parametrize("kind", KINDS.all().values(), ids=KINDS.all())


def test_every_file_of_a_kind_has_its_name():
    assert set(KINDS.all()) <= set(Kind)


@every_kind
def test_a_kind_is_whole(kind):
    assert kind.title.strip()
    assert kind.metrics, "nothing to be judged by"
    assert LOSSES.get(kind.loss)
    assert not kind.results or kind.results in panels.RESULTS
    assert not kind.money or kind.money in panels.MONEY


@pytest.mark.parametrize("declared", all_use_cases(), ids=lambda u: u.name)
def test_a_use_case_is_judged_and_priced_as_its_kind_has_it(declared):
    kind = kind_of(declared.task)
    assert set(declared.task.metrics) <= {m.name for m in kind.metrics}
    assert not declared.value or kind.money


def test_a_metric_of_one_name_is_the_same_in_every_kind():
    for kind in KINDS.all().values():
        for metric in kind.metrics:
            assert metric_named(metric.name) is metric


def test_a_prediction_is_a_chance_or_an_amount():
    chance, minutes = kind_of(CHANCE).written, kind_of(MINUTES).written
    assert chance.value(CHANCE, 0.1234) == "12.3%"
    assert chance.value(CHANCE, 0.00001) == "<0.1%"
    assert chance.change(CHANCE, 0.0123) == "+1.2 points"
    assert chance.between(CHANCE, 0.123, 0.145) == "12.3% – 14.5%"
    assert minutes.value(MINUTES, 22.6) == "22 min 36 s"
    assert minutes.value(MINUTES, 1.25, sign=True) == "+1 min 15 s"
    assert minutes.change(MINUTES, -1.25) == "−1 min 15 s"
    assert minutes.between(MINUTES, 8.24, 34.2) == "8 min 14 s – 34 min 12 s"
    assert kind_of(MINUTES).happened(MINUTES, {MINUTES.target_columns[0]: 1.37}) == "1 min 22 s"


def test_of_several_classes_the_most_probable_one_is_shown_by_its_name():
    kind = kind_of(CLASSES)
    mean = [0.0] * len(CLASSES.outputs)
    mean[2] = 0.9
    assert kind.shown(CLASSES, mean) == 2
    assert kind.written.label(CLASSES, 2) == f"Predicted chance: {CLASSES.outputs[2]}"
    assert kind.happened(CLASSES, {CLASSES.target_columns[0]: 1.0}) == CLASSES.outputs[1]


def test_what_is_predicted_is_said_in_the_visitor_s_language():
    coupon, order = use_case("retail/coupon_response").task, use_case("supply_chain/delivery_time").task
    assert translate(kind_of(coupon).written.label(coupon, 0), "zh_CN") == "预测概率：使用优惠券"
    assert translate(kind_of(order).written.label(order, 0), "zh_CN") == "送到门口的分钟数"


def test_a_metric_reads_two_columns_of_chances_as_classes_and_one_as_the_second_class():
    from core.contracts import HeldOutRows

    rows = HeldOutRows(target=np.array([[1.0], [0.0]]))
    for name in ("accuracy", "log_loss"):
        second = np.array([[0.8], [0.4]])
        both = np.c_[1 - second, second]
        one, two = (METRICS[name].compute(rows, p, CHANCE)[0] for p in (second, both))
        assert one == pytest.approx(two, rel=1e-12)


@pytest.mark.parametrize(
    ("kind", "labels", "sentence"),
    [
        (Kind.BINARY, [0.0, 2.0], "An answer of two classes is 0 or 1"),
        (Kind.MULTICLASS, [0.0, 1.5], "A class is its number"),
        (Kind.SURVIVAL, [0.0, 2.0], "A time to an event is above 0"),
    ],
)
def test_a_kind_refuses_labels_that_are_none_of_its_own(kind, labels, sentence):
    task = dataclasses.replace(CHANCE, kind=kind, outputs=("a", "b"))
    with pytest.raises(UserError, match=sentence):
        kind_of(task).check_labels(task, {task.target_columns[0]: np.array(labels)})


def test_a_kind_refuses_a_part_that_lacks_a_class():
    part = Part(where="the test rows", trains=False, found=lambda name: np.array([0.0]), advice="Look.")
    with pytest.raises(UserError, match="Both classes are in each part; the test rows hold no .* Look."):
        kind_of(CHANCE).check_part(CHANCE, part)


def test_a_quantile_task_without_levels_and_classes_of_one_are_refused():
    bare = dataclasses.replace(MINUTES, levels=())
    with pytest.raises(UserError, match="a level per output; it has none"):
        kind_of(bare).check_task(bare)
    one = dataclasses.replace(CLASSES, outputs=("a",))
    with pytest.raises(UserError, match="two or more outputs"):
        kind_of(one).check_task(one)


OUTSIDE = """
from core.contracts import Metric
from core.kinds import TaskKind

def compute(rows, prediction, task):
    return abs(rows.target[:, 0] - prediction[:, 0]).mean(keepdims=True)

OWN = Metric(name="own_miss", label="Own", short="own", higher_is_better=False, compute=compute, help="Its own miss.")
KIND = TaskKind(name="own_kind", title="Its own", metrics=(OWN,), loss="pinball")
"""


def test_a_kind_from_outside_is_found_and_brings_its_metric(tmp_path):
    (tmp_path / "kinds").mkdir()
    (tmp_path / "kinds" / "own.py").write_text(OUTSIDE, encoding="utf-8")
    task = Task(
        kind="own_kind", target="t", target_columns=("t",), outputs=("p",), loss="pinball",
        metrics=("own_miss",), headline="own_miss",
    )  # fmt: skip
    with bringing([str(tmp_path)]):
        assert isinstance(kind_of(task), TaskKind)
        assert metric_named("own_miss").label == "Own"
        assert {"own_miss", "roc_auc"} <= set(METRICS)
    with pytest.raises(UnknownNameError, match="No kind of task named 'own_kind'"):
        kind_of(task)


def test_what_a_kind_does_is_part_of_the_keys_that_depend_on_it(monkeypatch):
    """A kind is found by its name: no import of who computes with it tells that its code has changed."""
    from core.keys import fingerprint

    declared = use_case("testing/tiny_ranking")
    keys = [lambda: fingerprint.of_model(declared), lambda: fingerprint.of_alone(declared.task, (), "rows")]
    before = [key() for key in keys]
    assert before == [key() for key in keys]
    changed = dataclasses.replace(kind_of(declared.task), alone=kind_of(CHANCE).alone)
    monkeypatch.setattr(fingerprint, "_kind", lambda task: changed)
    assert not set(before) & {key() for key in keys}


def test_a_task_that_is_judged_as_another_kind_is_refused():
    declared = use_case("testing/tiny_digits")
    task = dataclasses.replace(declared.task, metrics=("accuracy", "brier"))
    with pytest.raises(UserError, match="metrics of its kind, multiclass: accuracy, log_loss; 'brier' is none of them"):
        examples_check.checked(dataclasses.replace(declared, task=task), load_examples(declared))


def test_a_money_model_of_a_kind_without_a_money_panel_is_refused():
    declared = use_case("testing/tiny_ranking")
    priced = dataclasses.replace(declared, value=use_case("retail/coupon_response").value)
    examples_check.checked(priced, load_examples(declared))  # its page has no money section
    shown = dataclasses.replace(priced, task=dataclasses.replace(declared.task, absent=()))
    with pytest.raises(UserError, match="the kind ranking has none; 'testing/tiny_ranking' has a money model"):
        examples_check.checked(shown, load_examples(declared))
