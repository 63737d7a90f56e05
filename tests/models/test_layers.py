"""What models declare of their layers: each parameter once, what decays, where training begins, what can die."""

from dataclasses import replace

import pytest
import torch

from core.contracts import ArrayShape, InputKind, InputShapes, Layer
from core.errors import UserError
from core.models import MODELS
from core.settings import defaults
from core.training.members import declared

TABLE = InputShapes(num_numeric=3, cardinalities=(4, 5))
IMAGE = ArrayShape(name="image", kind=InputKind.IMAGE, shape=(8, 8, 1))
TEXT = ArrayShape(name="tokens", kind=InputKind.TOKENS, shape=(4,), num_codes=9)
PIXELS = InputShapes(num_numeric=0, cardinalities=(), arrays=(IMAGE,))
TOKENS = InputShapes(num_numeric=2, cardinalities=(3,), arrays=(TEXT,))
CASES = [
    ("table_network", TABLE, {}, ["embedding", "skip", "hidden.0", "hidden.1", "output"]),
    (
        "table_network",
        TABLE,
        {"numeric_embedding": "periodic", "normalisation": "layer", "depth": 1},
        ["embedding", "skip", "number", "hidden.0", "output"],
    ),
    ("table_network", replace(TABLE, cardinalities=()), {"linear_skip": "off", "depth": 0}, ["output"]),
    ("image_network", PIXELS, {}, ["block.0", "block.1", "hidden.0", "output"]),
    ("image_network", PIXELS, {"normalisation": "layer"}, ["block.0", "block.1", "hidden.0", "output"]),
    ("sequence_network", TOKENS, {}, ["tokens", "reader", "embedding", "output"]),
    ("sequence_network", TOKENS, {"reader": "gru"}, ["tokens", "reader", "state", "embedding", "output"]),
]


def params_of(model, inputs, changes):
    settings = defaults({s.name: s for s in model.settings}) | changes
    return model.init(inputs, 2, settings, [torch.Generator().manual_seed(k) for k in range(2)])


@pytest.mark.parametrize(("name", "inputs", "changes", "expected"), CASES)
def test_a_model_s_layers_hold_every_parameter_once(name, inputs, changes, expected):
    model = MODELS.get(name)
    params = params_of(model, inputs, changes)
    layers = declared(model, params)
    assert [layer.name for layer in layers] == expected
    assert [n for layer in layers for n in layer.weights] == [n for n in params if not n.endswith(".bias")]
    assert [layer.start for layer in layers if layer.start] == ["output.bias"]
    hidden = {n for n in expected if n.startswith(("hidden.", "block.", "reader"))}
    assert {layer.name for layer in layers if layer.has_units} == hidden
    assert all(layer.words and "." not in layer.words for layer in layers)


class Wrong:
    name = "wrong"

    def __init__(self, *layers):
        self.own = layers

    def layers(self, params):
        return self.own


@pytest.mark.parametrize(
    "layers",
    [
        (),
        (Layer(name="a", weights=("w",)),),
        (Layer(name="a", weights=("w", "b")), Layer(name="b", spared=("b",))),
        (Layer(name="a", weights=("w", "b", "c")),),
        (Layer(name="a", weights=("w", "b"), start="c"),),
    ],
)
def test_a_parameter_that_is_in_no_layer_or_in_two_is_refused(layers):
    with pytest.raises(UserError, match="each of its parameters in one layer; 'wrong'"):
        declared(Wrong(*layers), {"w": torch.zeros(1, 2), "b": torch.zeros(1, 2)})
