"""The stacked network for token sequences: agreement with torch.nn and autograd, ends of texts, members kept apart."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from core.contracts import ArrayShape, InputKind, InputShapes, Kind, Task
from core.errors import UserError
from core.models import MODELS, _pieces, _summaries
from core.settings import defaults, restrict
from core.settings.training import OPTIMISERS
from core.settings.training import SETTINGS as TRAINING
from core.training import loop
from core.training.batches import NetworkRows, TrainingData
from core.training.losses import LOSSES
from tests.named import beside

MODEL = MODELS.get("sequence_network")
SETTINGS = defaults({s.name: s for s in MODEL.settings}) | {"token_width": 5, "width": 6, "dropout": 0.0}
LENGTH, VOCABULARY = 7, 9
TOKENS = ArrayShape(name="tokens", kind=InputKind.TOKENS, shape=(LENGTH,), num_codes=VOCABULARY)
INPUTS = InputShapes(num_numeric=0, cardinalities=(), arrays=(TOKENS,))
ACTIVATIONS = ("relu", "leaky_relu", "gelu", "silu", "tanh", "sigmoid")

every_reader = pytest.mark.parametrize("reader", ["convolution", "gru"])
every_summary = pytest.mark.parametrize("summary", ["max", "mean", "last"])


def generators(*seeds):
    return [torch.Generator().manual_seed(seed) for seed in seeds]


def batch(members, rows, seed=0):
    """Texts of all lengths, with unknown tokens inside, one full and one empty."""
    generator = generators(seed)[0]
    codes = torch.randint(0, VOCABULARY, (members, rows, LENGTH), generator=generator)
    ends = torch.randint(1, LENGTH + 1, (members, rows, 1), generator=generator)
    codes = codes * (torch.arange(LENGTH) < ends)
    codes[:, 0], codes[:, 1] = 3, 0
    return beside("tokens", codes)


def summarised(said, summary):
    return {"max": said.max(0).values, "mean": said.mean(0), "last": said[-1]}[summary]


def alone(params, k, codes, settings):
    """One text through one member, by torch's own layers: without what comes after its last token."""
    tokens = codes[: max(1, int(codes.nonzero().max()) + 1 if codes.any() else 1)]
    x = params["embedding"][k][tokens]
    weight, bias = params["reader.weight"][k], params["reader.bias"][k, 0]
    if settings["reader"] == "gru":
        layer = nn.GRU(x.shape[1], settings["width"])
        layer.weight_ih_l0.data, layer.bias_ih_l0.data = weight.T.clone(), bias.clone()
        layer.weight_hh_l0.data = params["state.weight"][k].T.clone()
        layer.bias_hh_l0.data = params["state.bias"][k, 0].clone()
        said, _ = layer(x)
    else:
        span = int(settings["span"])
        kernel = weight.view(span, x.shape[1], -1).permute(2, 1, 0)
        z = functional.conv1d(x.T[None], kernel, bias, padding=span // 2)[0].T
        said = {"relu": torch.relu, "tanh": torch.tanh}[settings["activation"]](z)
    return summarised(said, settings["summary"]) @ params["output.weight"][k] + params["output.bias"][k, 0]


@every_summary
@pytest.mark.parametrize(("reader", "span"), [("gru", "3"), ("convolution", "1"), ("convolution", "5")])
def test_a_member_computes_what_torch_computes_on_each_text_alone(reader, span, summary):
    settings = SETTINGS | {"reader": reader, "span": span, "summary": summary, "activation": "tanh"}
    params = MODEL.init(INPUTS, 2, settings, generators(1, 2))
    read = batch(2, 11)
    codes, raw = read["tokens"], MODEL.forward(params, read, settings)
    assert raw.shape == (2, 11, 2)
    for k in range(2):
        expected = torch.stack([alone(params, k, text, settings) for text in codes[k]])
        torch.testing.assert_close(raw[k], expected)


@every_summary
@every_reader
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_of_one_loss_are_those_of_the_same_text_alone(activation, reader, summary):
    """Every parameter is learned, through every bend, whatever the other networks' losses are."""
    settings = SETTINGS | {"reader": reader, "activation": activation, "summary": summary}
    params = MODEL.init(INPUTS, 2, settings, generators(1, 2, 3))
    whole = {name: value.clone().requires_grad_() for name, value in params.items()}
    read = batch(3, 13)
    MODEL.forward(whole, read, settings).square().sum().backward()
    for k in range(3):
        single = {name: value[k : k + 1].clone().requires_grad_() for name, value in params.items()}
        MODEL.forward(single, {n: of[k : k + 1] for n, of in read.items()}, settings).square().sum().backward()
        for name, value in single.items():
            assert value.grad.abs().max() > 0, name
            torch.testing.assert_close(value.grad[0], whole[name].grad[k], rtol=1e-4, atol=1e-6)


@every_reader
@every_summary
def test_what_stands_after_the_end_of_a_text_changes_nothing(reader, summary):
    """The same texts with more empty places behind them."""
    settings = SETTINGS | {"reader": reader, "summary": summary}
    params = MODEL.init(INPUTS, 2, settings, generators(1, 2))
    read = batch(2, 11)
    longer = read | {"tokens": torch.cat([read["tokens"], torch.zeros(2, 11, 4, dtype=torch.int64)], dim=2)}
    torch.testing.assert_close(MODEL.forward(params, longer, settings), MODEL.forward(params, read, settings))


@every_reader
def test_a_member_is_drawn_from_its_own_generator_alone(reader):
    settings = SETTINGS | {"reader": reader}
    together = MODEL.init(INPUTS, 2, settings, generators(1, 2, 3))
    for name, value in MODEL.init(INPUTS, 2, settings, generators(2)).items():
        assert torch.equal(together[name][1], value[0]), name
    assert not torch.equal(together["reader.weight"][0], together["reader.weight"][1])


@every_reader
def test_the_loss_of_one_member_has_no_gradient_in_another(reader):
    settings = SETTINGS | {"reader": reader}
    params = {n: v.requires_grad_() for n, v in MODEL.init(INPUTS, 2, settings, generators(1, 2)).items()}
    MODEL.forward(params, batch(2, 9), settings)[0].square().sum().backward()
    for name, value in params.items():
        assert value.grad[1].abs().max() == 0, name
        assert value.grad[0].abs().max() > 0, name


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ((), "it was given none. Declare them in `arrays`"),
        ((TOKENS, replace(TOKENS, name="other")), "given 'tokens' .tokens., 'other' .tokens."),
        ((ArrayShape(name="wave", kind=InputKind.WAVEFORM, shape=(9,)),), "given 'wave' .waveform."),
    ],
)
def test_what_is_no_text_is_refused(arrays, words):
    with pytest.raises(UserError, match=words):
        MODEL.init(replace(INPUTS, arrays=arrays), 2, SETTINGS, generators(1))


# In the loop.

TASK = Task(kind=Kind.BINARY, target="t", target_columns=("t",), outputs=("p",), loss="x", metrics=("m",), headline="m")
BASE = defaults(restrict([*TRAINING, *MODEL.settings], {})) | {
    "width": 12,
    "token_width": 6,
    "dropout": 0.2,
    "learning_rate": 1e-2,
    "batch_size": 32,
    "num_epochs": 13,
    "patience": 1000,
    "schedule": "constant",
    "seed": 3,
}
ROWS = np.arange(200)


def data(networks, noise=0.0):
    """Whether token 1 is at once followed by token 2, in two folds: which tokens there are does not tell it."""
    rng = np.random.default_rng(5)
    codes = rng.integers(3, VOCABULARY, (2, 200, LENGTH))
    codes[..., 5:] *= rng.random((2, 200, 1)) < 0.5
    together, at = rng.random((2, 200)) < 0.5, rng.integers(0, 3, (2, 200))
    for fold in range(2):
        codes[fold, ROWS, at[fold]] = 1
        codes[fold, ROWS, at[fold] + np.where(together[fold], 1, 2)] = 2
    flipped = together ^ (rng.random((2, 200)) < noise)
    return TrainingData(
        shapes=[INPUTS] * 2,
        tensors=beside("tokens", torch.from_numpy(codes)),
        target=torch.from_numpy(flipped[..., None].astype(np.float32)),
        networks=networks,
        weight=torch.ones(2, 200),
    )


def train(networks, noise=0.0, **changes):
    prepared = data(networks, noise)
    right = prepared.target[..., 0].numpy() > 0
    return loop.train(
        MODEL,
        LOSSES.get("binary_cross_entropy"),
        TASK,
        prepared,
        [BASE | changes] * len(networks),
        score=lambda fold, rows, p: float(((p[:, 0] > 0.5) == right[fold, rows]).mean()),
        progress=lambda event: None,
        stop_requested=lambda: False,
        device=torch.device("cpu"),
    )


def networks(count=3, train=ROWS[:120], validation=ROWS[120:]):
    return [NetworkRows(fold=k % 2, train=np.roll(train, 7 * k), validation=validation, place=k) for k in range(count)]


@pytest.mark.parametrize(
    ("reader", "optimiser"), [*(("convolution", o) for o in OPTIMISERS), ("gru", "sgd"), ("gru", "adamw")]
)
def test_a_member_trained_with_others_equals_the_same_network_trained_alone(optimiser, reader):
    """13 epochs of 4 steps."""
    rows = networks()
    changes = {"optimiser": optimiser, "reader": reader, "clip_norm": 0.5, "weight_decay": 0.1, "learning_rate": 3e-3}
    together = train(rows, **changes)
    for k in range(3):
        single = train([rows[k]], **changes)
        assert single.best_epoch == [together.best_epoch[k]]
        for name, value in single.params.items():
            torch.testing.assert_close(value[0], together.params[name][k], atol=1e-5, rtol=1e-5)


@every_reader
def test_it_learns_what_only_order_tells_and_the_same_seed_gives_the_same_bits(reader):
    changes = {"reader": reader, "num_epochs": 60, "learning_rate": 2e-2, "dropout": 0.0}
    first, again = train(networks(2), **changes), train(networks(2), **changes)
    assert first.history[-1]["validation_score"] > 0.9
    assert [e["train_loss"] for e in first.history] == [e["train_loss"] for e in again.history]
    for name, value in first.params.items():
        assert torch.equal(value, again.params[name]), name


@every_reader
def test_eight_texts_are_learned_by_heart(reader):
    few = ROWS[:8]
    changes = {"dropout": 0.0, "weight_decay": 0.0, "num_epochs": 150, "batch_size": 16, "learning_rate": 2e-2}
    trained = train(networks(2, few, few), noise=0.5, reader=reader, **changes)
    assert trained.history[0]["train_loss"] > 0.3
    assert trained.history[-1]["train_loss"] < 1e-3
    assert trained.history[-1]["train_score"] == 1.0


@every_reader
def test_half_precision_learns_the_same_thing(reader):
    exact, half = (train(networks(2), dropout=0.0, reader=reader, precision=p) for p in ("float32", "bfloat16"))
    assert half.params["reader.weight"].dtype == torch.float32
    assert half.history[-1]["validation_loss"] == pytest.approx(exact.history[-1]["validation_loss"], rel=0.1, abs=0.02)
    assert half.history[-1]["validation_loss"] != exact.history[-1]["validation_loss"]


# Words made of pieces.

WORDS = ArrayShape(name="tokens", kind=InputKind.TOKENS, shape=(5, 4), num_codes=VOCABULARY)


def words_of_pieces(members, rows):
    """Texts of all lengths of words of one to four pieces, with a word hidden inside; one text is empty."""
    generator = generators(5)[0]
    codes = torch.randint(1, VOCABULARY, (members, rows, 5, 4), generator=generator)
    codes = codes * (torch.arange(4) < torch.randint(1, 5, (members, rows, 5, 1), generator=generator))
    codes = codes * (torch.arange(5)[:, None] < torch.randint(1, 6, (members, rows, 1, 1), generator=generator))
    codes[:, 0], codes[:, 1, 1] = 0, 0
    return codes


def test_a_word_is_the_sum_of_its_pieces_over_the_root_of_their_number():
    params = MODEL.init(replace(INPUTS, arrays=(WORDS,)), 2, SETTINGS, generators(1, 2))
    table, codes = params["embedding"].requires_grad_(), words_of_pieces(2, 7)
    found = _pieces.embedded(table, codes)
    (slope,) = torch.autograd.grad(found.square().sum(), table)
    slow = torch.zeros_like(found)
    for k, row, word in np.ndindex(2, 7, 5):
        own = [int(code) for code in codes[k, row, word] if code]
        if own:
            slow[k, row, word] = table[k, own].sum(0) / len(own) ** 0.5
    torch.testing.assert_close(found, slow)
    (expected,) = torch.autograd.grad(slow.square().sum(), table)
    torch.testing.assert_close(slope, expected)


@pytest.mark.parametrize("bag", ["on", "off"])
@every_reader
def test_a_network_of_pieces_is_that_of_words_where_each_is_one_piece(reader, bag):
    settings = SETTINGS | {"reader": reader, "summary": "both", "bag": bag}
    params = MODEL.init(INPUTS, 2, settings, generators(1, 2))
    read = batch(2, 9)
    alone = torch.nn.functional.pad(read["tokens"][..., None], (0, 3))
    whole, pieces = MODEL.forward(params, read, settings), MODEL.forward(params, read | {"tokens": alone}, settings)
    short = read["tokens"].cumprod(2).ne(0) | (read["tokens"].flip(2).cumsum(2).flip(2) == 0)
    same = short.all(2) & read["tokens"].any(2)  # no token inside or before has a vector of its own, no piece none
    torch.testing.assert_close(pieces[same], whole[same])
    assert same.sum() > 4


def test_both_summaries_stand_side_by_side():
    said, present = torch.randn(2, 3, 4, 5, generator=generators(1)[0]), torch.ones(2, 3, 4, dtype=torch.bool)
    present[:, 1, 2:] = False
    both = _summaries.summary("both", said, present)
    torch.testing.assert_close(both[..., :5], _summaries.summary("max", said, present))
    torch.testing.assert_close(both[..., 5:], _summaries.summary("mean", said, present))
