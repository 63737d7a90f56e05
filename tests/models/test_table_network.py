"""The stacked network for tables: shapes, members that never touch each other, and agreement with torch.nn."""

from itertools import pairwise

import pytest
import torch
from torch import nn

from core.contracts import InputShapes
from core.contracts.workspace import Workspace
from core.models.table_network import MODEL, embedding_width
from core.settings import defaults
from tests.named import table

SETTINGS = defaults({s.name: s for s in MODEL.settings})
INPUTS = InputShapes(num_numeric=3, cardinalities=(4, 9))
BENDS = {
    "relu": nn.ReLU(),
    "leaky_relu": nn.LeakyReLU(0.01),
    "gelu": nn.GELU(),
    "silu": nn.SiLU(),
    "tanh": nn.Tanh(),
    "sigmoid": nn.Sigmoid(),
}


def generators(*seeds):
    return [torch.Generator().manual_seed(seed) for seed in seeds]


def batch(members, rows, inputs=INPUTS, seed=0):
    generator = torch.Generator().manual_seed(seed)
    numeric = torch.randn(members, rows, inputs.num_numeric, generator=generator)
    columns = [torch.randint(c, (members, rows), generator=generator) for c in inputs.cardinalities]
    category = torch.stack(columns, dim=2) if columns else torch.zeros(members, rows, 0, dtype=torch.int64)
    return numeric, category


@pytest.mark.parametrize("depth", [0, 1, 3])
@pytest.mark.parametrize("skip", ["on", "off"])
@pytest.mark.parametrize(
    "inputs",
    [INPUTS, InputShapes(num_numeric=2, cardinalities=()), InputShapes(num_numeric=0, cardinalities=(5,))],
    ids=["both", "numbers only", "categories only"],
)
def test_every_shape_of_table_gives_scores_per_member_row_and_output(inputs, skip, depth):
    settings = SETTINGS | {"depth": depth, "linear_skip": skip, "width": 8}
    params = MODEL.init(inputs, 2, settings, generators(1, 2, 3))
    assert all(len(value) == 3 for value in params.values())
    assert params["output.bias"].shape == (3, 1, 2)
    raw = MODEL.forward(params, table(*batch(3, 5, inputs)), settings)
    assert raw.shape == (3, 5, 2)
    assert raw.isfinite().all()


@pytest.mark.parametrize("activation", list(BENDS))
def test_one_member_computes_what_torch_computes(activation):
    settings = SETTINGS | {"activation": activation, "width": 6, "depth": 2, "linear_skip": "on"}
    params = MODEL.init(INPUTS, 2, settings, generators(5, 6))
    params["skip.weight"] = torch.randn(params["skip.weight"].shape, generator=generators(7)[0])
    numeric, category = batch(2, 11)
    raw = MODEL.forward(params, table(numeric, category), settings)
    for k in range(2):
        embedded = [params[f"embedding.{c}"][k][category[k, :, c]] for c in range(2)]
        inputs = hidden = torch.cat([numeric[k], *embedded], dim=1)
        for layer in ("hidden.0", "hidden.1"):
            hidden = BENDS[activation](hidden @ params[f"{layer}.weight"][k] + params[f"{layer}.bias"][k])
        expected = hidden @ params["output.weight"][k] + params["output.bias"][k] + inputs @ params["skip.weight"][k]
        torch.testing.assert_close(raw[k], expected)


def test_a_member_is_drawn_from_its_own_generator_alone():
    together = MODEL.init(INPUTS, 1, SETTINGS, generators(1, 2, 3))
    alone = MODEL.init(INPUTS, 1, SETTINGS, generators(2))
    for name, value in alone.items():
        assert torch.equal(together[name][1], value[0]), name
    assert not torch.equal(together["hidden.0.weight"][0], together["hidden.0.weight"][1])


def test_the_loss_of_one_member_has_no_gradient_in_another():
    params = {n: v.requires_grad_() for n, v in MODEL.init(INPUTS, 1, SETTINGS, generators(1, 2)).items()}
    MODEL.forward(params, table(*batch(2, 7)), SETTINGS)[0].square().sum().backward()
    for name, value in params.items():
        assert value.grad[1].abs().max() == 0, name
        assert value.grad[0].abs().max() > 0, name


def test_the_linear_path_begins_at_nothing():
    on = MODEL.init(INPUTS, 1, SETTINGS | {"linear_skip": "on"}, generators(1))
    off = MODEL.init(INPUTS, 1, SETTINGS | {"linear_skip": "off"}, generators(1))
    assert set(on) - set(off) == {"skip.weight"}
    read = table(*batch(1, 9))
    torch.testing.assert_close(MODEL.forward(on, read, SETTINGS), MODEL.forward(off, read, SETTINGS))


def test_initial_weights_are_spread_like_those_of_a_torch_layer():
    inputs = InputShapes(num_numeric=100, cardinalities=())
    weight = MODEL.init(inputs, 1, SETTINGS | {"width": 512}, generators(1))["hidden.0.weight"]
    own = nn.Linear(100, 512).weight
    assert weight.abs().max() <= 0.1
    assert weight.std().item() == pytest.approx(own.std().item(), rel=0.02)
    assert weight.mean().item() == pytest.approx(0, abs=0.002)


def test_dropout_is_applied_after_every_hidden_layer_and_nowhere_else():
    params = MODEL.init(INPUTS, 1, SETTINGS | {"depth": 3}, generators(1, 2))
    seen = []

    def dropout(hidden):
        seen.append(tuple(hidden.shape))
        return torch.ones_like(hidden)

    MODEL.forward(params, table(*batch(2, 5)), SETTINGS | {"depth": 3}, dropout)
    assert seen == [(2, 5, SETTINGS["width"])] * 3


@pytest.mark.parametrize(("cardinality", "width"), [(1, 1), (2, 1), (3, 2), (9, 5), (15, 8), (10_000, 8)])
def test_an_embedding_grows_with_its_codes_up_to_eight(cardinality, width):
    assert embedding_width(cardinality) == width


def gradients(inputs, settings, masks=None):
    """Every gradient of a made-up loss, by `backward` and by autograd."""
    params = MODEL.init(inputs, 2, settings, generators(1, 2, 3))
    if "skip.weight" in params:
        params["skip.weight"] = torch.randn(params["skip.weight"].shape, generator=generators(7)[0])
    numeric, category = batch(3, 13, inputs)
    wanted = torch.randn(3, 13, 2, generator=generators(9)[0])

    def forward(of, workspace):
        left = iter(masks or [])
        dropout = (lambda h: next(left)) if masks else None
        return MODEL.forward(of, table(numeric, category), settings, dropout, workspace)

    workspace = Workspace()
    raw = forward(params, workspace)
    ours = {name: torch.full_like(value, torch.nan) for name, value in params.items()}
    MODEL.backward(params, workspace, 2 * (raw - wanted), settings, ours)
    leaves = {name: value.clone().requires_grad_() for name, value in params.items()}
    (forward(leaves, None) - wanted).square().sum().backward()
    return ours, {name: value.grad for name, value in leaves.items()}


@pytest.mark.parametrize("numbers", ["none", "piecewise", "periodic"])
@pytest.mark.parametrize("normalisation", ["none", "layer"])
@pytest.mark.parametrize("skip", ["on", "off"])
@pytest.mark.parametrize("depth", [0, 1, 3])
@pytest.mark.parametrize(
    "inputs",
    [INPUTS, InputShapes(num_numeric=2, cardinalities=()), InputShapes(num_numeric=0, cardinalities=(5,))],
    ids=["both", "numbers only", "categories only"],
)
def test_the_backward_pass_finds_the_gradients_of_autograd(inputs, depth, skip, normalisation, numbers):
    settings = SETTINGS | {"depth": depth, "linear_skip": skip, "width": 6, "normalisation": normalisation}
    ours, theirs = gradients(inputs, settings | {"numeric_embedding": numbers, "embedding_width": 4})
    for name, value in theirs.items():
        torch.testing.assert_close(ours[name], value, rtol=1e-5, atol=1e-5, msg=lambda m, n=name: f"{n}: {m}")


@pytest.mark.parametrize("activation", list(BENDS))
def test_the_backward_pass_knows_every_bend_and_dropout(activation):
    settings = SETTINGS | {"depth": 2, "width": 6, "activation": activation}
    masks = [(torch.rand(3, 13, 6, generator=g) > 0.4) / 0.6 for g in generators(4, 5)]
    ours, theirs = gradients(INPUTS, settings, masks)
    for name, value in theirs.items():
        torch.testing.assert_close(ours[name], value, rtol=1e-5, atol=1e-5, msg=lambda m, n=name: f"{n}: {m}")


@pytest.mark.parametrize("numbers", ["piecewise", "periodic"])
def test_number_embeddings_compute_what_their_formula_says(numbers):
    inputs = InputShapes(num_numeric=2, cardinalities=())
    settings = SETTINGS | {"depth": 0, "linear_skip": "off", "numeric_embedding": numbers, "embedding_width": 3}
    params = MODEL.init(inputs, 1, settings, generators(5))
    numeric, category = batch(1, 9, inputs)
    numeric[0, 0, 0] = 5.0  # beyond the outer bin
    raw = MODEL.forward(params, table(numeric, category), settings)
    ends = torch.special.ndtri(torch.linspace(0, 1, 17, dtype=torch.float64)).clamp(-3, 3)
    expected = []
    for row in numeric[0]:
        parts = []
        for f, x in enumerate(row):
            if numbers == "piecewise":
                inner = torch.stack([((x - a) / (b - a)).clamp(0, 1) for a, b in pairwise(ends)])
            else:
                angle = 2 * torch.pi * x * params["number.frequency.bias"][0, f]
                inner = torch.cat([angle.cos(), angle.sin()])
            parts.append(torch.relu(inner.float() @ params["number.weight"][0, f] + params["number.bias"][0, f]))
        expected.append(torch.cat(parts) @ params["output.weight"][0] + params["output.bias"][0, 0])
    torch.testing.assert_close(raw[0], torch.stack(expected))
