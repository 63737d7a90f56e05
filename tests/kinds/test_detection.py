"""Things in boxes: average precision against a way one by one, peaks of maps, boxes that move with their picture."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from core import pipeline
from core.contracts import ArrayInput, Examples, HeldOutRows, InputKind, Question, UseCase
from core.contracts.boxes import FOUND, KNOWN, Found, Known, counts, matched, overlap, packed, targets, without_repeats
from core.errors import UserError
from core.evaluation.baselines import BASELINES
from core.evaluation.baselines._cells import otsu
from core.evaluation.metrics import metric_named
from core.kinds import KINDS, kind_of
from core.kinds.detection import by_score, miscounted
from core.models import MODELS
from core.pipeline.prepare import prepare
from core.settings import resolve
from core.settings.use_case import settings_of
from core.training.augmentation import OfPictures
from core.training.losses.center_focal import LOSS
from core.training.members import Members
from core.use_cases.helpers import detection_task, random_folds, with_defaults

average_precision = metric_named("average_precision_50").compute
counting_error = metric_named("counting_error").compute
TASK = detection_task("cells", classes=("red", "white"), picture=(32, 40))


def some_boxes(rng, number):
    corner, size = rng.uniform(0, 0.7, (number, 2)), rng.uniform(0.1, 0.3, (number, 2))
    return np.c_[corner, corner + size]


def some_pictures(seed, pictures=12):
    """Known boxes, and found ones: most of them near to a known one."""
    rng, known, found = np.random.default_rng(seed), [], []
    for _ in range(pictures):
        ends = some_boxes(rng, rng.integers(1, 9))
        kind = rng.integers(0, 2, len(ends))
        near = np.clip(ends + rng.normal(0, 0.02, ends.shape), 0, 1)
        more = some_boxes(rng, 4)
        found.append((np.r_[kind, rng.integers(0, 2, 4)], rng.integers(1, 20, len(ends) + 4) / 20, np.r_[near, more]))
        known.append((kind, ends))
    return targets(known), packed(found)


def iou(a, b):
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(0.0, wide) * max(0.0, high)
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def naive_average_precision(target, prediction, kind, times):
    """Box by box, threshold by threshold; a picture that was drawn twice is there twice."""
    judged, number = [], 0
    for row, drawn in enumerate(times):
        known = [b[1:] for b in target[row].reshape(KNOWN, 5) if b[0] == kind]
        found = [b for b in prediction[row].reshape(FOUND, 6) if b[0] == kind and b[1] > 0]
        number += drawn * len(known)
        for box in found:  # the surest first
            best = max(range(len(known)), key=lambda i: iou(box[2:], known[i]), default=None)
            is_right = best is not None and iou(box[2:], known[best]) >= 0.5
            if is_right:
                known.pop(best)
            judged += [(box[1], is_right)] * drawn
    points = []
    for least in sorted({score for score, _ in judged}, reverse=True):
        counted = [right for score, right in judged if score >= least]
        points.append((sum(counted) / number, sum(counted) / len(counted)))
    area, before = 0.0, 0.0
    for place, (recall, _) in enumerate(points):
        area += (recall - before) * max(precision for _, precision in points[place:])
        before = recall
    return area


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_average_precision_is_what_a_way_box_by_box_gives(seed):
    target, prediction = some_pictures(seed)
    times = np.random.default_rng(seed).integers(0, 3, (2, len(target)))
    rows = HeldOutRows(target=target, weight=times.astype(float))
    expected = [
        np.mean([naive_average_precision(target, prediction, kind, drawn) for kind in (0, 1)]) for drawn in times
    ]
    found = average_precision(rows, prediction, TASK)
    assert found == pytest.approx(expected, abs=1e-12)
    assert 0.1 < found[0] < 0.99
    assert average_precision(rows.weighted(None), prediction, TASK).shape == (1,)


def test_perfect_boxes_have_everything_and_none_have_nothing():
    target, _ = some_pictures(5)
    known = Known.of(target)
    pairs = [(kind[kind >= 0], ends[kind >= 0]) for kind, ends in zip(known.kind, known.ends, strict=True)]
    perfect = packed([(kind, np.full(len(kind), 0.9), ends) for kind, ends in pairs])
    rows = HeldOutRows(target=target)
    assert average_precision(rows, perfect, TASK) == pytest.approx([1.0])
    assert counting_error(rows, perfect, TASK) == pytest.approx([0.0])
    nothing = np.zeros_like(perfect)
    assert average_precision(rows, nothing, TASK) == pytest.approx([0.0])
    assert counting_error(rows, nothing, TASK)[0] == pytest.approx((known.kind >= 0).sum(1).mean())
    without = HeldOutRows(target=targets([(np.zeros(0, int), np.zeros((0, 4)))]))
    assert np.isnan(average_precision(without, nothing[:1], TASK)).all()


def test_a_known_box_is_found_once_by_the_surest_and_by_its_own_class():
    ends = np.array([[0.1, 0.1, 0.5, 0.5]])
    found = packed([(np.array([0, 0, 1]), np.array([0.9, 0.8, 0.95]), np.repeat(ends, 3, axis=0))])
    right = matched(found, targets([(np.array([0]), ends)]))[0]
    assert right[:3].tolist() == [-1, 0, -1]  # the surest of all is of another class
    assert (right[3:] == -1).all()


def test_boxes_that_tie_stand_or_fall_together():
    target, prediction = some_pictures(3)
    tied = Found.of(prediction)
    slots = prediction.reshape(len(prediction), FOUND, 6).copy()
    slots[:, :, 1] = np.where(tied.score > 0, 0.5, 0.0)
    rows = HeldOutRows(target=target)
    one = average_precision(rows, slots.reshape(len(prediction), -1), TASK)
    order = np.random.default_rng(0).permutation(len(target))
    other = average_precision(HeldOutRows(target=target[order]), slots.reshape(len(prediction), -1)[order], TASK)
    assert one == pytest.approx(other)


def test_repeats_go_and_others_stay():
    ends = np.array([[0, 0, 0.4, 0.4], [0.02, 0, 0.42, 0.4], [0.5, 0.5, 0.9, 0.9], [0, 0, 0.4, 0.4]])
    kind, score, kept = without_repeats(np.array([0, 0, 0, 1]), np.array([0.5, 0.9, 0.3, 0.2]), ends, 0.45)
    assert score.tolist() == [0.9, 0.3, 0.2]
    assert kind.tolist() == [0, 0, 1]
    assert kept[0] == pytest.approx(ends[1])


def raw_of(target, rows=8, columns=10):
    """What a network would say that knows these boxes."""
    slots = target.reshape(len(target), KNOWN, 5)
    raw = np.zeros((1, len(target), rows, columns, 6), dtype=np.float32)
    raw[..., :2] = -8
    for row, boxes in enumerate(slots):
        for kind, left, top, right, bottom in boxes[boxes[:, 0] >= 0]:
            x, y = (left + right) / 2 * columns, (top + bottom) / 2 * rows
            at = raw[0, row, int(y), int(x)]
            at[int(kind)] = 8
            at[2:] = np.log((right - left) * columns / 6), np.log((bottom - top) * rows / 6), x % 1 - 0.5, y % 1 - 0.5
    return torch.from_numpy(raw)


APART = targets(
    [
        (np.array([0, 1, 0]), np.array([[0.1, 0.1, 0.3, 0.4], [0.6, 0.5, 0.95, 0.9], [0.5, 0.05, 0.8, 0.3]])),
        (np.array([1]), np.array([[0.2, 0.3, 0.7, 0.8]])),
    ]
)


def test_peaks_of_maps_are_read_as_the_boxes_that_they_were_made_of():
    prediction = LOSS.predict(raw_of(APART))[0].numpy()
    found = Found.of(prediction)
    assert (found.score > 0).sum(1).tolist() == [3, 1]
    assert (matched(prediction, APART) >= 0).sum(1).tolist() == [3, 1]
    assert counts(prediction, 2, 0.5).tolist() == [[2, 1], [0, 1]]
    best = overlap(found.ends, Known.of(APART).ends).max(2)
    assert best[found.score > 0].min() > 0.97
    assert (np.diff(found.score, axis=1) <= 0).all(), "the surest first"
    assert average_precision(HeldOutRows(target=APART), prediction, TASK) == pytest.approx([1.0])


def test_the_loss_is_least_where_the_maps_say_what_is_there_and_members_never_mix():
    target, weight = torch.from_numpy(APART).float()[None], torch.ones(1, 2)
    right = raw_of(APART)
    wrong = right.clone()
    wrong[0, 0, 0, 0, 0] = 8
    shifted = right.clone()
    shifted[..., 2:] += 0.5
    lost = [LOSS.loss(raw, target, weight, TASK).item() for raw in (right, wrong, shifted)]
    assert lost[0] < 0.05 < min(lost[1:])
    both = LOSS.loss(torch.cat([right, wrong]), target.repeat(2, 1, 1), weight.repeat(2, 1), TASK)
    assert both.tolist() == pytest.approx(lost[:2])
    spared = LOSS.loss(
        wrong, target, torch.tensor([[0.0, 1.0]]), TASK
    )  # the picture with the false peak does not count
    assert spared.item() < 0.05


def test_pictures_without_boxes_lose_as_if_they_held_one():
    raw, weight = raw_of(APART), torch.full((1, 2), 0.5)
    empty = torch.from_numpy(targets([(np.zeros(0, int), np.zeros((0, 4)))] * 2)).float()[None]
    one = targets([(np.array([0]), np.array([[0.1, 0.1, 0.3, 0.4]])), (np.zeros(0, int), np.zeros((0, 4)))])
    with_one = LOSS.loss(raw, torch.from_numpy(one).float()[None], weight, TASK).item()
    found = [LOSS.loss(raw, empty, weight * scale, TASK).item() for scale in (1, 4)]
    assert with_one < found[0] < 3 * with_one
    assert found[1] == pytest.approx(found[0]), "whatever the weights add up to"
    assert LOSS.loss(raw, empty, weight * 0, TASK).item() == 0


def test_training_begins_at_the_shares_of_centres():
    start = LOSS.start(torch.from_numpy(APART).float(), TASK)
    assert start.shape == (6,)
    assert torch.sigmoid(start[:2]).tolist() == pytest.approx([0.0125, 0.0125])
    assert LOSS.loss(start.expand(1, 2, -1), torch.from_numpy(APART).float()[None], torch.ones(1, 2), TASK).item() > 0.5
    assert (LOSS.predict(start.expand(1, 2, -1)) == 0).all()


@pytest.mark.parametrize("flip", ["on", "both"])
@pytest.mark.parametrize("more", [{}, {"shift": 3, "zoom": 0.2}])
def test_boxes_move_with_their_pictures(flip, more):
    """A bright rectangle on black, moved; then it lies where its box does."""
    settings = {"shift": 0, "rotation": 0, "zoom": 0.0, "light": 0.0, "noise": 0.0, "flip": flip} | more
    ends = np.array([[0.25, 0.25, 0.55, 0.65]])
    picture = torch.zeros(1, 24, 32, 40, 1)
    picture[:, :, 8:21, 10:22] = 1
    augmentation = OfPictures(settings, ["slide"], [3], torch.device("cpu"))
    moved = augmentation({"slide": picture})["slide"][0, ..., 0].numpy()
    target = torch.from_numpy(np.tile(targets([(np.array([1]), ends)]), (24, 1))).float()[None]
    known = Known.of(LOSS.moved(target, augmentation.moves)[0].numpy())
    places = set()
    for image, kind, box in zip(moved, known.kind[:, 0], known.ends[:, 0], strict=True):
        y, x = np.nonzero(image > 0.5)
        seen = np.array([x.min() / 40, y.min() / 32, (x.max() + 1) / 40, (y.max() + 1) / 32])
        assert kind == 1
        assert np.abs(box - seen).max() < 0.06
        places.add((bool(box[:2].sum() < 0.55), bool(box[1] < 0.3)))
    assert (known.kind[:, 1:] == -1).all()
    assert len(places) >= 2


def test_what_cannot_be_boxes_is_refused():
    kind = kind_of(TASK)
    with pytest.raises(UserError, match="detection"):
        kind.check_task(replace(TASK, detection=None))
    with pytest.raises(UserError, match="detection_task"):
        kind.check_task(replace(TASK, outputs=("a",)))
    labels = dict(zip(TASK.target_columns, APART.T.copy(), strict=True))
    kind.check_labels(TASK, labels)
    for name, value, said in (("box00_class", 2.0, "class"), ("box00_left", 0.9, "before")):
        with pytest.raises(UserError, match=said):
            kind.check_labels(TASK, labels | {name: np.full(2, value)})
    with pytest.raises(UserError, match="at most"):
        targets([(np.zeros(KNOWN + 1, int), np.tile([0.0, 0.0, 1.0, 1.0], (KNOWN + 1, 1)))])


def test_what_happened_is_said_as_counts():
    target = dict(zip(TASK.target_columns, APART[0], strict=True))
    assert kind_of(TASK).happened(TASK, target) == "2 red, 1 white"


def test_boxes_that_are_watched_are_few_and_short():
    tell = KINDS.get("detection").boxes
    told = tell(some_pictures(1)[1][0])
    assert 0 < len(told) <= 24
    assert all(len(one) == 6 and all(isinstance(n, int) and 0 <= n <= 1000 for n in one) for one in told)


def test_miscounts_add_up_over_classes():
    target, prediction = some_pictures(4)
    asked = replace(TASK, detection=replace(TASK.detection, counted=0.5))
    each = miscounted(HeldOutRows(target=target), prediction, asked)
    by_hand = []
    for known, found in zip(target.reshape(-1, KNOWN, 5), prediction.reshape(-1, FOUND, 6), strict=True):
        off = [abs((known[:, 0] == k).sum() - ((found[:, 0] == k) & (found[:, 1] >= 0.5)).sum()) for k in (0, 1)]
        by_hand.append(sum(off))
    assert each.tolist() == by_hand
    assert len(by_score(target, prediction, TASK)) == 2


def squares(pictures=60):
    """Bright and dark squares on noise, 32 x 40 pixels in colour; the bright ones are of the first class."""
    rng, drawn, known = np.random.default_rng(0), [], []
    for _ in range(pictures):
        picture, kinds, ends = rng.integers(100, 140, (32, 40, 3)), [], []
        for _ in range(rng.integers(1, 4)):
            side, kind = rng.integers(7, 11), rng.integers(0, 2)
            x, y = rng.integers(0, 40 - side), rng.integers(0, 32 - side)
            picture[y : y + side, x : x + side] = 240 if kind == 0 else 10
            kinds.append(kind)
            ends.append([x / 40, y / 32, (x + side) / 40, (y + side) / 32])
        drawn.append(picture.astype(np.uint8))
        known.append((np.array(kinds), np.array(ends)))
    number = np.arange(pictures)
    return Examples(
        features=pd.DataFrame(index=number),
        target=pd.DataFrame(targets(known), columns=list(TASK.target_columns)),
        unit=number,
        info=pd.DataFrame({"number": number}),
        arrays={"slide": np.stack(drawn)},
    )


SQUARES = UseCase(
    name="testing/squares",
    title="Squares",
    summary="Squares.",
    question=Question(who="Tests", problem="Where?", cost_today="Nothing.", what_ai_does="Finds."),
    datasets=(),
    columns=(),
    arrays=(ArrayInput(name="slide", kind=InputKind.IMAGE, shape=(32, 40, 3)),),
    task=TASK,
    model="detection_network",
    baselines=("colour_threshold",),
    examples=lambda tables: squares(),
    plan=random_folds(unit="number", test_share=0.25, num_folds=2, sentence="At random."),
    settings=with_defaults(num_epochs=40, members=2, patterns=8, flip="both")
    | {"batch_size": {"default": 4, "low": 4}},
)


def test_networks_learn_to_find_squares_and_speak_as_one():
    """The whole way: prepared, trained, read, judged against a simple method, with boxes in every epoch's event."""
    events = []
    outcome = pipeline.run(SQUARES, {"learning_rate": 0.01}, progress=events.append, load=lambda _: squares())
    report = outcome.report
    assert report["headline"]["ensemble"]["mean"] > 0.45
    assert report["headline"]["members"] == 2, "two folds test the same rows, each with networks that speak as one"
    assert report["baselines"][0]["metrics"]["average_precision_50"]["ensemble_minus_this"]["verdict"] == "win"
    told = [event["boxes"] for event in events if event["event"] == "epoch"]
    assert len(told) == 40
    assert told[-1]
    assert outcome.predictions["member"].nunique() >= 2


def test_boxes_are_told_only_of_the_fold_whose_picture_is_shown():
    settings = resolve(settings_of(SQUARES), {})
    examples = squares()
    data = prepare(SQUARES, examples, SQUARES.plan(examples), settings).data
    assert [network.fold for network in data.networks] == [0, 0, 1, 1]
    each = [settings] * len(data.networks)
    members = Members(MODELS.get(SQUARES.model), LOSS, TASK, data, each, torch.device("cpu"))
    for running, is_told in (([0, 1, 2, 3], True), ([1, 2, 3], True), ([1, 2], False)):  # places in the stack
        members._select(np.array(running))
        members.evaluate(1, lambda fold, rows, predicted: 0.0)
        assert (members.boxes is not None) == is_told


@pytest.mark.parametrize("name", ["blob_hog", "colour_threshold"])
def test_simple_methods_read_even_pictures_and_learn_from_some_without_boxes(name):
    examples, method = squares(16), BASELINES.get(name)
    nothing = targets([(np.zeros(0, int), np.zeros((0, 4)))])[0]
    examples.target.iloc[[2, 3]] = nothing
    examples.arrays["slide"][3] = 128  # even
    examples.arrays["slide"][15] = 128
    first, second = method.fit_predict(
        TASK, (), examples, np.arange(10), [np.arange(10, 15), np.array([15])], method.candidates[0], 0
    )
    assert (Found.of(first).score > 0).any()
    assert not second.any()


def test_a_threshold_of_values_that_do_not_spread_has_nothing_above_it():
    assert otsu(np.zeros(0)) == otsu(np.full((4, 4), 0.3)) == np.inf
    assert 0.2 < otsu(np.repeat([0.2, 0.8], 50)) < 0.8
