"""The training loop: it learns, repeats itself, keeps members apart, keeps the best weights, and stops when asked."""

import json

import numpy as np
import pytest
import torch

from core.contracts import InputShapes, Kind, Task
from core.errors import Paused, UserError
from core.models import MODELS
from core.settings import defaults, restrict
from core.settings.training import OPTIMISERS, SETTINGS
from core.training import loop
from core.training import members as stacked
from core.training.batches import NetworkRows, TrainingData
from core.training.losses import LOSSES
from tests.named import table

MODEL = MODELS.get("table_network")
BASE = defaults(restrict([*SETTINGS, *MODEL.settings], {})) | {
    "width": 16,
    "depth": 1,
    "dropout": 0.2,
    "learning_rate": 1e-2,
    "batch_size": 32,
    "num_epochs": 8,
    "patience": 1000,
    "schedule": "constant",
    "seed": 3,
}
TASK = Task(kind=Kind.BINARY, target="t", target_columns=("t",), outputs=("p",), loss="x", metrics=("m",), headline="m")
SURVIVAL = Task(
    kind=Kind.SURVIVAL, target="t", target_columns=("a", "b"), outputs=("r",), loss="x", metrics=("m",), headline="m"
)
BCE, COX = LOSSES.get("binary_cross_entropy"), LOSSES.get("cox")
INPUTS = InputShapes(num_numeric=4, cardinalities=(3,))
ALL_ROWS = np.arange(200)


def networks(count=3, train=ALL_ROWS[:120], validation=ALL_ROWS[120:]):
    return [NetworkRows(fold=0, train=train, validation=validation, place=k) for k in range(count)]


def members_of(training_data, **changes):
    each = [BASE | changes] * len(training_data.networks)
    return stacked.Members(MODEL, BCE, TASK, training_data, each, torch.device("cpu"))


def data(rows, *, folds=1, noise=1.0, survival=False):
    rng = np.random.default_rng(11)
    numeric = rng.normal(size=(folds, 200, 4)).astype(np.float32)
    category = rng.integers(0, 3, (folds, 200, 1))
    score = numeric[..., :1] + (category == 1) + noise * rng.normal(size=(folds, 200, 1))
    target = (score > 0).astype(np.float32)
    if survival:
        target = np.concatenate([np.exp(-score), target], axis=2).astype(np.float32)
    return TrainingData(
        shapes=[INPUTS] * folds,
        tensors=table(torch.from_numpy(numeric), torch.from_numpy(category)),
        target=torch.from_numpy(target),
        networks=rows,
        weight=torch.ones(folds, 200),
    )


def train(
    training_data,
    *,
    progress=lambda event: None,
    stop=lambda: False,
    loss=BCE,
    task=TASK,
    each=None,
    checkpoints=None,
    limit_s=None,
    tells_network=lambda event: None,
    **changes,
):
    return loop.train(
        MODEL,
        loss,
        task,
        training_data,
        [BASE | changes] * len(training_data.networks) if each is None else each,
        score=accuracy_on(training_data),
        progress=lambda event: (tells_network if event["event"] == "network" else progress)(event),
        stop_requested=stop,
        device=torch.device("cpu"),
        checkpoints=checkpoints,
        limit_s=limit_s,
    )


def accuracy_on(training_data):
    target = training_data.target.numpy()[..., 0] > 0
    return lambda fold, rows, prediction: float(((prediction[:, 0] > 0.5) == target[fold, rows]).mean())


def timeless(history):
    """The history without what a clock said."""
    clock = ("elapsed_s", "left_s_at_most", "samples_per_s")
    return [{key: value for key, value in event.items() if key not in clock} for event in history]


def loss_of(trained, training_data, k, rows):
    """The loss of the kept weights of network k on some rows of its fold, computed afresh."""
    fold = training_data.networks[k].fold
    params = {name: value[k : k + 1] for name, value in trained.params.items()}
    read = {name: of[fold, rows][None] for name, of in training_data.tensors.items()}
    raw = MODEL.forward(params, read, BASE)
    return BCE.loss(raw, training_data.target[fold, rows][None], torch.ones(1, len(rows)), TASK).item()


def test_eight_rows_are_learned_by_heart():
    few = ALL_ROWS[:8]
    trained = train(
        data(networks(2, few, few), noise=9.0), dropout=0.0, weight_decay=0.0, num_epochs=300, width=64, batch_size=16
    )
    assert trained.history[0]["train_loss"] > 0.3
    assert trained.history[-1]["train_loss"] < 1e-3
    assert trained.history[-1]["train_score"] == 1.0


def test_the_same_seed_gives_the_same_bits():
    first, again = (train(data(networks())) for _ in range(2))
    assert timeless(first.history) == timeless(again.history)
    for name, value in first.params.items():
        assert torch.equal(value, again.params[name]), name


def test_another_seed_gives_another_training():
    first, other = train(data(networks())), train(data(networks()), seed=4)
    assert timeless(first.history) != timeless(other.history)


def test_the_members_of_one_run_differ():
    weight = train(data(networks(3))).params["hidden.0.weight"]
    assert not torch.allclose(weight[0], weight[1])
    assert not torch.allclose(weight[1], weight[2])


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_a_member_trained_with_others_equals_the_same_network_trained_alone(optimiser):
    """Two folds with different tables; 13 epochs of 4 steps. Seeds, order, dropout and steps must never cross over."""
    rows = [
        NetworkRows(
            fold=k % 2, train=np.roll(ALL_ROWS, 31 * k)[:120], validation=np.roll(ALL_ROWS, 31 * k)[120:], place=k
        )
        for k in range(3)
    ]
    changes = {"optimiser": optimiser, "schedule": "cosine", "num_epochs": 13, "weight_decay": 0.1}
    changes |= {"clip_norm": 0.5, "normalisation": "layer", "numeric_embedding": "periodic"}
    if optimiser == "rmsprop":  # at 0.01 a change of 1e-7 in the first weights ends as one of 0.06, also alone
        changes["learning_rate"] = 0.001
    together = train(data(rows, folds=2), **changes)
    for k in range(3):
        alone = train(data([rows[k]], folds=2), **changes)
        assert alone.best_epoch == [together.best_epoch[k]]
        assert alone.samples * 3 == together.samples == 13 * 120 * 3
        for name, value in alone.params.items():
            torch.testing.assert_close(value[0], together.params[name][k], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_every_setting_of_a_config_batch_ends_as_if_it_had_been_trained_alone(optimiser):
    """Three settings of two networks each: 50 steps and more, every rate its own."""
    own = [
        {"learning_rate": 0.003, "weight_decay": 0.0, "dropout": 0.0, "seed": 5, "patience": 3},
        {"learning_rate": 0.01, "weight_decay": 0.2, "dropout": 0.4, "l1": 1e-3, "keep": "last"},
        {"learning_rate": 0.03, "clip_norm": 0.1, "momentum": 0.5, "seed": 9},
    ]
    common = {"optimiser": optimiser, "num_epochs": 13}
    together = train(data(networks(2) * 3), each=[BASE | common | changes for changes in own for _ in range(2)])
    for place, changes in enumerate(own):
        alone = train(data(networks(2)), **common, **changes)
        chosen = slice(2 * place, 2 * place + 2)
        assert alone.best_epoch == together.best_epoch[chosen]
        for name, value in alone.params.items():
            torch.testing.assert_close(value, together.params[name][chosen], atol=1e-5, rtol=1e-5)


def test_a_config_batch_refuses_networks_of_different_shape():
    with pytest.raises(UserError, match="share everything but .*; width differs. Train them apart"):
        train(data(networks(2)), each=[BASE, BASE | {"width": 32}])


def test_members_with_different_numbers_of_rows_each_learn_from_their_own_rows_alone():
    """Rows outside a network's own are poisoned: one that leaked into a batch would show as NaN."""
    rows = [
        NetworkRows(fold=0, train=ALL_ROWS[:150], validation=ALL_ROWS[150:160]),
        NetworkRows(fold=1, train=ALL_ROWS[165:168], validation=ALL_ROWS[168:]),
        NetworkRows(fold=2, train=ALL_ROWS[20:60], validation=ALL_ROWS[:1]),
    ]
    prepared = data(rows, folds=3)
    for network in rows:
        others = np.setdiff1d(ALL_ROWS, np.r_[network.train, network.validation])
        prepared.tensors["numeric"][network.fold, others] = torch.nan
        prepared.target[network.fold, others] = torch.nan
    trained = train(prepared, num_epochs=30)
    assert all(value.isfinite().all() for value in trained.params.values())
    assert min(trained.best_epoch) >= 1
    assert all(event["train_loss"] is not None for event in trained.history)


def test_validation_rows_are_never_learned_from():
    """Other validation answers must not change a step: only which weights are kept."""
    plain, changed = data(networks()), data(networks())
    changed.target[:, 120:] = 1 - changed.target[:, 120:]
    first, other = train(plain), train(changed)
    assert [e["train_loss"] for e in first.history] == [e["train_loss"] for e in other.history]
    assert [e["validation_loss"] for e in first.history] != [e["validation_loss"] for e in other.history]


def test_early_stopping_keeps_the_weights_of_the_best_epoch():
    """Pure noise at a high rate overfits within a few epochs, so the best weights are not the last ones."""
    prepared = data(networks(3, ALL_ROWS[:60], ALL_ROWS[60:]), noise=3.0)
    seen = []
    trained = train(prepared, progress=seen.append, learning_rate=0.05, dropout=0.0, num_epochs=60, patience=5)
    assert trained.epochs_run == len(seen) < 60
    assert trained.epochs_run - max(trained.best_epoch) == 5
    kept = [loss_of(trained, prepared, k, ALL_ROWS[60:]) for k in range(3)]
    for k in range(3):
        shorter = train(prepared, learning_rate=0.05, dropout=0.0, num_epochs=trained.best_epoch[k], patience=5)
        assert shorter.best_epoch[k] == trained.best_epoch[k]
        for name, value in shorter.params.items():
            assert torch.equal(value[k], trained.params[name][k])
    assert np.mean(kept) < seen[-1]["validation_loss"] - 0.05


def test_the_kept_weights_have_the_best_validation_loss_that_was_recorded():
    prepared = data(networks(1, ALL_ROWS[:60], ALL_ROWS[60:]), noise=3.0)
    trained = train(prepared, learning_rate=0.05, num_epochs=40)
    recorded = [event["validation_loss"] for event in trained.history]
    assert loss_of(trained, prepared, 0, ALL_ROWS[60:]) == pytest.approx(min(recorded), rel=1e-5)
    assert trained.best_epoch == [int(np.argmin(recorded)) + 1]
    assert min(recorded) < recorded[-1], "this training must have become worse for the test to mean anything"


def test_the_last_weights_are_kept_where_that_is_asked_for():
    prepared = data(networks(1, ALL_ROWS[:60], ALL_ROWS[60:]), noise=3.0)
    best, last = (train(prepared, learning_rate=0.05, num_epochs=40, keep=keep) for keep in ("best", "last"))
    assert timeless(best.history) == timeless(last.history), "what is kept must not change the training"
    assert best.best_epoch == last.best_epoch
    recorded = [event["validation_loss"] for event in last.history]
    assert loss_of(last, prepared, 0, ALL_ROWS[60:]) == pytest.approx(recorded[-1], rel=1e-5)
    assert min(recorded) < recorded[-1] - 0.05, "this training must have become worse for the test to mean anything"


def test_the_last_weights_of_a_network_are_those_of_the_epoch_in_which_its_own_patience_ended():
    prepared = data(networks(3, ALL_ROWS[:60], ALL_ROWS[60:]), noise=3.0)
    changes = {"learning_rate": 0.05, "dropout": 0.0, "patience": 5, "keep": "last"}
    trained = train(prepared, num_epochs=60, **changes)
    assert trained.epochs_run < 60
    assert len(set(trained.best_epoch)) > 1, "the networks must end apart for the test to mean anything"
    for k in range(3):
        shorter = train(prepared, num_epochs=trained.best_epoch[k] + 5, **changes)
        for name, value in shorter.params.items():
            assert torch.equal(value[k], trained.params[name][k])


def test_a_network_past_its_patience_does_not_come_back():
    """Losses by a script: the first network improves again only after its patience has run out."""
    losses = {0: [1.0, 2.0, 2.0, 2.0, 0.5, 0.4], 1: [1.0, 0.9, 0.8, 0.7, 0.6, 0.5]}
    members = members_of(data(networks(2)), patience=2)
    for epoch in range(1, 7):
        scripted = np.array([losses[k][epoch - 1] for k in members.active])
        members._measure = lambda *_, scripted=scripted, **_more: (scripted, scripted)
        members.evaluate(epoch, accuracy_on(data(networks(2))))
        event = members.summary()
        assert members.drop_ended(epoch)
    assert members.active.tolist() == [1]
    assert members.best_epoch.tolist() == [1, 6]
    assert event["networks_running"] == 1


def test_a_stop_request_ends_training_after_the_current_batch_and_keeps_weights():
    asked = []

    def stop():
        asked.append(None)
        return len(asked) == 6  # 4 batches an epoch: the second of epoch 2

    prepared, seen = data(networks()), []
    trained = train(prepared, stop=stop, progress=seen.append)
    assert trained.stopped
    assert len(asked) == 6
    assert (trained.epochs_run, len(seen)) == (2, 2)
    assert trained.samples == 3 * (120 + 60)
    assert min(trained.best_epoch) >= 1
    kept = np.mean([loss_of(trained, prepared, k, ALL_ROWS[120:]) for k in range(3)])
    assert kept <= min(e["validation_loss"] for e in seen) + 1e-6


def test_a_training_that_nobody_stops_is_not_marked_stopped():
    trained = train(data(networks(1)), num_epochs=2)
    assert not trained.stopped
    assert trained.epochs_run == 2


@pytest.mark.parametrize("keep", ["best", "last"])
def test_a_training_that_diverges_writes_none_into_events_and_never_invalid_json(keep):
    seen = []
    trained = train(data(networks()), progress=seen.append, learning_rate=1e30, num_epochs=4, dropout=0.0, keep=keep)
    assert seen[-1]["train_loss"] is None
    assert seen[-1]["validation_loss"] is None
    assert json.loads(json.dumps(seen, allow_nan=False)) == trained.history
    assert all(value.isfinite().all() for value in trained.params.values()), "the kept weights are from before"


def test_one_diverging_member_leaves_the_others_alone():
    clean = data(networks(2), folds=2)
    poisoned = data([networks(1)[0], NetworkRows(fold=1, train=ALL_ROWS[:120], validation=ALL_ROWS[120:])], folds=2)
    poisoned.tensors["numeric"][1] = torch.inf
    first, other = train(clean), train(poisoned)
    assert other.best_epoch[1] == 0
    for name, value in first.params.items():
        torch.testing.assert_close(value[0], other.params[name][0])


def test_progress_is_called_once_an_epoch_with_numbers_that_make_sense():
    seen = []
    trained = train(data(networks(2)), progress=seen.append, num_epochs=3)
    assert [event["epoch"] for event in seen] == [1, 2, 3]
    for event in seen:
        assert event["event"] == "epoch"
        assert event["num_epochs"] == 3
        assert event["validation_score_low"] <= event["validation_score"] <= event["validation_score_high"]
        assert event["networks_running"] == 2
    assert seen[-1]["left_s_at_most"] == 0
    assert trained.samples == 2 * 3 * 120


def test_weight_decay_and_l1_pull_at_weights_and_not_at_biases():
    members = members_of(data(networks(1)), normalisation="layer")
    pulled = members.layout.views(members.optimiser.rates.decays[None])
    assert {name for name, mask in pulled.items() if mask.any()} == {n for n in pulled if not n.endswith("bias")}
    assert all(mask.all() for name, mask in pulled.items() if not name.endswith("bias"))


def test_training_starts_at_the_base_rate():
    prepared = data(networks(1))
    members = members_of(prepared)
    rate = prepared.target[0, :120].mean()
    torch.testing.assert_close(torch.sigmoid(members.params["output.bias"].detach().flatten())[0], rate)


def test_a_survival_loss_trains_in_the_same_loop():
    prepared = data(networks(2), survival=True, noise=0.3)
    trained = train(prepared, loss=COX, task=SURVIVAL, num_epochs=15, dropout=0.0)
    losses = [event["validation_loss"] for event in trained.history]
    assert losses[-1] < losses[0] - 0.1


def test_measured_rows_and_chunks_give_the_same_loss_as_one_piece(monkeypatch):
    whole = train(data(networks()), num_epochs=2)
    monkeypatch.setattr(stacked, "EVALUATION_ROWS", 7)
    chunked = train(data(networks()), num_epochs=2)
    for a, b in zip(timeless(whole.history), timeless(chunked.history), strict=True):
        for name in ("event", "layers", "hidden_units", "device_memory_bytes"):
            assert a.pop(name) == b.pop(name)
        for event in (a, b):
            event.pop("dead_units")  # of the first piece
        assert np.array(a.pop("spread")) == pytest.approx(np.array(b.pop("spread")), abs=0.05)  # on a bin's border
        assert a == pytest.approx(b, rel=1e-5)


def test_measuring_an_epoch_comes_on_with_every_chunk_and_every_network(monkeypatch):
    monkeypatch.setattr(stacked, "EVALUATION_ROWS", 7)
    prepared, came = data(networks(2)), []
    members = stacked.Members(MODEL, BCE, TASK, prepared, [BASE] * 2, torch.device("cpu"))
    members.evaluate(1, accuracy_on(prepared), lambda: came.append(None))
    chunks = sum(-(-part[0].shape[1] // 7) for part in (members.train_sample, members.validation))
    assert len(came) == chunks + 2 * 2


def test_predictions_of_many_rows_are_those_of_each_chunk(monkeypatch):
    prepared = data(networks(2))
    trained = train(prepared, num_epochs=1)
    inputs = prepared.tensors, [0, 0]
    whole = loop.predict(MODEL, BCE, trained.params, BASE, *inputs)
    monkeypatch.setattr(stacked, "EVALUATION_ROWS", 33)
    assert whole.shape == (2, 200, 1)
    np.testing.assert_allclose(loop.predict(MODEL, BCE, trained.params, BASE, *inputs), whole, rtol=1e-5)
    assert np.all((whole > 0) & (whole < 1))


def test_a_sample_of_training_rows_is_spread_evenly(monkeypatch):
    rows = np.arange(1000)
    assert stacked._sample(rows, None) is rows
    monkeypatch.setattr(stacked, "MAX_TRAIN_SCORE_ROWS", 5)
    assert stacked._sample(rows, None).tolist() == [0, 249, 499, 749, 999]


def test_gradient_descent_takes_all_rows_for_every_step():
    prepared = data(networks(2))
    members = members_of(prepared, optimiser="gradient_descent")
    (batch,) = members.batches()
    assert batch.rows == 240


def test_half_precision_learns_the_same_thing():
    exact = train(data(networks(2)), num_epochs=10, dropout=0.0)
    half = train(data(networks(2)), num_epochs=10, dropout=0.0, precision="bfloat16")
    assert half.params["hidden.0.weight"].dtype == torch.float32
    assert half.history[-1]["validation_loss"] == pytest.approx(exact.history[-1]["validation_loss"], rel=0.05)
    assert half.history[-1]["validation_loss"] != exact.history[-1]["validation_loss"]


class Kept:
    """Checkpoints in memory: one after every so many batches."""

    def __init__(self, every=0, pause_at=None):
        self.every, self.pause_at, self.asked, self.written = every, pause_at, 0, []

    def read(self):
        return self.written[-1] if self.written else None

    def due(self):
        return bool(self.every) and self.asked % self.every == 0

    def write(self, tensors, facts):
        self.written.append((tensors, json.loads(json.dumps(facts))))

    def pause_requested(self):
        self.asked += 1
        return self.asked == self.pause_at


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("pause_at", [1, 6, 8, 15])
def test_a_training_that_was_paused_ends_with_the_bits_of_one_that_was_not(optimiser, pause_at):
    """In the first batch, in the middle of an epoch, after its last batch, and once networks have left the stack."""
    changes = BASE | {"optimiser": optimiser, "num_epochs": 20, "patience": 5, "dropout": 0.3, "batch_size": 32}
    seen, whole, told = [], [], []
    expected = train(data(networks(3)), progress=whole.append, **changes)
    kept = Kept(pause_at=pause_at)
    with pytest.raises(Paused):
        train(data(networks(3)), progress=seen.append, checkpoints=kept, tells_network=told.append, **changes)
    trained = train(data(networks(3)), progress=seen.append, checkpoints=kept, tells_network=told.append, **changes)
    assert [list(event["layers"]) for event in told] == [["embedding", "skip", "hidden.0", "output"]]  # once
    for name, value in expected.params.items():
        assert torch.equal(trained.params[name], value), name
    assert (trained.best_epoch, trained.epochs_run, trained.samples) == (
        expected.best_epoch,
        expected.epochs_run,
        expected.samples,
    )
    assert timeless(seen) == timeless(whole)


class Clock:
    """A clock on which every batch takes a second, for the loop to look at."""

    def __init__(self, monkeypatch):
        self.now_s = 1000.0
        monkeypatch.setattr(loop.time, "perf_counter", lambda: self.now_s)

    def tick(self):
        self.now_s += 1.0
        return False  # as a look for a stop request, after every batch


def test_the_clock_ends_a_training_after_its_time_with_the_best_weights(monkeypatch):
    clock, prepared, seen = Clock(monkeypatch), data(networks()), []
    trained = train(prepared, stop=clock.tick, limit_s=10, progress=seen.append, num_epochs=1000)
    assert (trained.stopped, trained.time_limit_s, trained.train_s) == (True, 10, 10.0)
    assert trained.epochs_run == len(seen) == 3, "ten batches of four an epoch"
    assert [e.get("time_limit_s") for e in seen] == [None, None, 10]
    assert all(e["left_s_at_most"] <= 10 - e["elapsed_s"] for e in seen)
    kept = np.mean([loss_of(trained, prepared, k, ALL_ROWS[120:]) for k in range(3)])
    assert kept <= min(e["validation_loss"] for e in seen) + 1e-6


def test_a_training_that_ends_by_itself_with_its_time_was_not_stopped(monkeypatch):
    for num_epochs, limit_s in ((3, 12), (3, 12.5), (1, 4)):
        trained = train(data(networks()), stop=Clock(monkeypatch).tick, limit_s=limit_s, num_epochs=num_epochs)
        assert (trained.stopped, trained.time_limit_s, trained.epochs_run) == (False, None, num_epochs)


def test_a_stop_in_the_last_second_is_a_stop(monkeypatch):
    clock = Clock(monkeypatch)
    trained = train(data(networks()), stop=lambda: clock.tick() or clock.now_s >= 1010, limit_s=10, num_epochs=1000)
    assert (trained.stopped, trained.time_limit_s) == (True, None)


@pytest.mark.parametrize("every", [0, 1])
def test_pausing_again_and_again_gives_no_more_time(monkeypatch, every):
    """Between the parts the clock goes on, by an hour each: that is nobody's training."""
    clock, kept, parts, trained = Clock(monkeypatch), Kept(every=every), 0, None
    while trained is None:
        kept.pause_at = kept.asked + 3
        parts += 1
        try:
            trained = train(data(networks()), stop=clock.tick, limit_s=10, checkpoints=kept, num_epochs=1000)
        except Paused:
            clock.now_s += 3600
    assert parts >= 4
    assert (trained.stopped, trained.time_limit_s) == (True, 10)
    assert trained.samples <= 3 * (120 * 3 + 60)
    again = train(data(networks()), limit_s=10, checkpoints=kept, num_epochs=1000)
    assert (again.time_limit_s, again.samples) == (10, trained.samples), "as its last checkpoint tells it"


@pytest.mark.parametrize("pause_at", [7, 8, 9])
def test_a_training_stopped_while_it_was_paused_ends_with_the_epoch_it_was_in(pause_at):
    """Within the second epoch of four batches, after its last batch, and in the first batch of the third."""
    kept = Kept(pause_at=pause_at)
    with pytest.raises(Paused):
        train(data(networks(2)), checkpoints=kept)
    trained = train(data(networks(2)), checkpoints=kept, stop=lambda: True)
    assert (trained.stopped, trained.epochs_run) == (True, 2 if pause_at < 9 else 3)


def test_a_finished_training_is_read_from_its_last_checkpoint():
    kept, seen = Kept(every=3), []
    expected = train(data(networks(2)), checkpoints=kept, num_epochs=3)
    again = train(data(networks(2)), checkpoints=kept, num_epochs=3, progress=seen.append)
    assert not seen
    assert again.history == expected.history
    assert all(torch.equal(again.params[n], v) for n, v in expected.params.items())


def test_networks_that_have_ended_leave_the_stack():
    seen = []
    trained = train(data(networks(4)), num_epochs=60, patience=2, learning_rate=0.05, progress=seen.append)
    running = [e["networks_running"] for e in seen]
    assert running[0] == 4
    assert running[-1] < 4
    assert running == sorted(running, reverse=True)
    assert trained.epochs_run == max(trained.best_epoch) + 2
