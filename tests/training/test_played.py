"""A step that is recorded and played again takes the same steps as one taken anew each time.

Where there is no GPU, a stand-in records every operation on tensors, and plays them on the same tensors: whatever a
step reads from Python instead of from a tensor is frozen in it, as in a CUDA graph.
"""

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from core.contracts import ArrayShape, InputKind, InputShapes, Kind, Task
from core.models import MODELS
from core.settings import defaults, restrict
from core.settings.training import OPTIMISERS, SETTINGS
from core.training import cuda_graph, dropout, loop, members, shuffler
from core.training.batches import NetworkRows, TrainingData
from core.training.hashing import Hashed
from core.training.losses import LOSSES
from core.training.optimisers import Optimiser

CPU = torch.device("cpu")
ROWS = np.arange(240)
OF_BATCHES = [name for name in OPTIMISERS if name != "gradient_descent"]  # its one step an epoch is always watched
HOST = (
    "aten::_local_scalar_dense",
    "aten::lift_fresh",
    "aten::nonzero",
    "aten::equal",
)  # wait for, or copy from, Python


class Recording(TorchDispatchMode):
    """Notes every operation; what was overwritten meanwhile is put back, for a CUDA graph records without executing."""

    def __init__(self):
        super().__init__()
        self.notes, self.before = [], {}

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name, kwargs = func._schema.name, kwargs or {}
        if name in HOST:
            raise RuntimeError(f"{name} is not permitted when stream is capturing")
        for declared, given in zip(func._schema.arguments, args, strict=False):
            self._remember(declared, given)
        for declared in func._schema.arguments:
            self._remember(declared, kwargs.get(declared.name))
        out = func(*args, **kwargs)
        self.notes.append((func, args, kwargs, out))
        return out

    def _remember(self, declared, given):
        if declared.alias_info is None or not declared.alias_info.is_write:
            return
        for tensor in given if isinstance(given, list | tuple) else [given]:
            if tensor is not None:
                storage = tensor.untyped_storage()
                self.before.setdefault(storage.data_ptr(), (storage, storage.clone()))

    def put_back(self):
        for storage, was in self.before.values():
            storage.copy_(was)

    def play(self):
        for func, args, kwargs, out in self.notes:
            again = func(*args, **kwargs)
            several = len(func._schema.returns) != 1
            outs, news = (out or (), again or ()) if several else ((out,), (again,))
            for declared, old, new in zip(func._schema.returns, outs, news, strict=True):
                if declared.alias_info is None and isinstance(old, torch.Tensor):
                    old.copy_(new)


def stand_in(count):
    def record(work):
        count.append(1)
        recording = Recording()
        with recording:
            work()
        recording.put_back()
        return recording.play

    return record


def trained(monkeypatch, recorder, model="table_network", loss="binary_cross_entropy", patience=1000, **changes):
    """Three networks, taught as a GPU teaches them, with the recorder or step by step."""
    monkeypatch.setattr(dropout, "_Drawn", lambda seeds: Hashed(seeds, CPU))
    monkeypatch.setattr(members, "shuffler_of", shuffler._Sorted)
    monkeypatch.setattr(members, "RECORDERS", {CPU.type: recorder} if recorder else {})
    rng = np.random.default_rng(5)
    network = MODELS.get(model)
    settings = defaults(restrict([*SETTINGS, *network.settings], {})) | {
        "width": 8,
        "depth": 2,
        "batch_size": 32,
        "num_epochs": 5,
        "patience": patience,
        "schedule": "cosine",
        "dropout": 0.2,
        "learning_rate": 0.01,
        **changes,
    }
    kinds = {"pinball": Kind.QUANTILE, "cox": Kind.SURVIVAL, "cross_entropy": Kind.MULTICLASS}
    columns = 2 if loss == "cox" else 1
    outputs = ("a", "b", "c") if loss in ("pinball", "cross_entropy") else ("a",)
    task = Task(
        kind=kinds.get(loss, Kind.BINARY),
        target="t",
        target_columns=("t", "u")[:columns],
        outputs=outputs,
        loss=loss,
        metrics=("m",),
        headline="m",
        levels=(0.1, 0.5, 0.9) if loss == "pinball" else (),
    )
    numeric = rng.normal(size=(1, 240, 3)).astype(np.float32)
    target = np.stack([numeric[0, :, 0] > 0] * columns, axis=1).astype(np.float32)[None]
    if loss == "cox":
        target[..., 0] = np.exp(-numeric[..., 0])
    text = model == "sequence_network"
    tokens = ArrayShape(name="tokens", kind=InputKind.TOKENS, shape=(4,), num_codes=4)
    table = InputShapes(num_numeric=3, cardinalities=(3, 5))
    shapes = InputShapes(num_numeric=0, cardinalities=(), arrays=(tokens,)) if text else table
    codes = np.stack([rng.integers(0, c, (1, 240)) for c in ((4, 4, 4, 4) if text else (3, 5))], axis=-1)
    data = TrainingData(
        shapes=[shapes],
        tensors={
            "numeric": torch.from_numpy(numeric[..., : shapes.num_numeric]),
            "category": torch.from_numpy(codes[..., :0] if text else codes),
            **({"tokens": torch.from_numpy(codes)} if text else {}),
        },
        target=torch.from_numpy(target),
        networks=[NetworkRows(fold=0, train=ROWS[:150], validation=ROWS[150:], place=k) for k in range(3)],
        weight=torch.ones(1, 240),
    )
    return loop.train(
        network,
        LOSSES.get(loss),
        task,
        data,
        [settings | {"learning_rate": rate} for rate in (0.01, 0.01, changes.get("other_rate", 0.01))],
        score=lambda fold, rows, prediction: 0.0,
        progress=lambda event: None,
        stop_requested=lambda: False,
        device=CPU,
    )


def assert_equal_steps(monkeypatch, **changes):
    count = []
    plain = trained(monkeypatch, None, **changes)
    again = trained(monkeypatch, stand_in(count), **changes)
    assert count, "it was recorded"
    for name, value in plain.params.items():
        torch.testing.assert_close(again.params[name], value, rtol=1e-5, atol=1e-6)
    assert again.best_epoch == plain.best_epoch
    return plain, count


@pytest.mark.parametrize("optimiser", OF_BATCHES)
def test_every_optimiser_takes_the_same_steps(monkeypatch, optimiser):
    assert_equal_steps(monkeypatch, optimiser=optimiser, l1=1e-4, clip_norm=1.0, weight_decay=0.01)


def test_networks_of_different_rates_take_the_same_steps(monkeypatch):
    monkeypatch.setattr(Optimiser, "_adamw", Optimiser._adam_of_all)  # as on a GPU
    assert_equal_steps(monkeypatch, optimiser="adamw", other_rate=0.002)


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "pinball", "cross_entropy", "cox"])
@pytest.mark.parametrize("numbers", ["none", "piecewise", "periodic"])
def test_every_loss_and_embedding_takes_the_same_steps(monkeypatch, loss, numbers):
    own = {"loss": loss, "numeric_embedding": numbers, "normalisation": "layer", "linear_skip": "on"}
    assert_equal_steps(monkeypatch, optimiser="sgd", **own)  # Adam would blow the rounding of Cox's idle bias up


@pytest.mark.parametrize("reader", ["gru", "convolution"])
def test_a_sequence_network_takes_the_same_steps(monkeypatch, reader):
    assert_equal_steps(monkeypatch, model="sequence_network", reader=reader)


def test_a_stack_that_has_shrunk_is_recorded_anew(monkeypatch):
    plain, count = assert_equal_steps(monkeypatch, patience=2, num_epochs=30, learning_rate=0.05, other_rate=0.001)
    assert len(set(plain.best_epoch)) > 1
    assert len(count) > 1


def test_a_device_that_cannot_record_trains_all_the_same(monkeypatch, caplog):
    def cannot(work):
        raise RuntimeError("operation not permitted when stream is capturing")

    monkeypatch.setattr(cuda_graph, "_cannot", set())
    plain, again = (trained(monkeypatch, recorder) for recorder in (None, cannot))
    for name, value in plain.params.items():
        torch.testing.assert_close(again.params[name], value, rtol=1e-5, atol=1e-6)
    assert "cannot be recorded on this device" in caplog.text


def test_what_asks_python_cannot_be_recorded():
    """The stand-in refuses what waits for Python, and freezes Python's numbers, or these tests would prove nothing."""
    with pytest.raises(RuntimeError, match="_local_scalar_dense"), Recording():
        torch.ones(1).item()
    frozen = torch.zeros(())
    step = {"factor": 1.0}
    recording = Recording()
    with recording:
        frozen.add_(step["factor"])
    recording.put_back()
    assert frozen.item() == 0
    step["factor"] = 5.0
    recording.play()
    assert frozen.item() == 1, "a number of Python is frozen as it was"


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
@pytest.mark.parametrize("other_rate", [0.01, 0.002])
@pytest.mark.parametrize("optimiser", OF_BATCHES)
def test_on_a_gpu_a_cuda_graph_takes_the_same_steps(monkeypatch, optimiser, other_rate, caplog):
    monkeypatch.setattr("tests.training.test_played.CPU", torch.device("cuda"))
    count = []

    def counted(work):
        count.append(1)
        return cuda_graph.RECORDERS["cuda"](work)

    plain, again = (
        trained(monkeypatch, recorder, optimiser=optimiser, other_rate=other_rate) for recorder in (None, counted)
    )
    assert count
    assert "cannot be recorded" not in caplog.text
    for name, value in plain.params.items():
        torch.testing.assert_close(again.params[name], value, rtol=1e-4, atol=1e-5)
