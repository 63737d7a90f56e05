"""Where networks look: integrated gradients add up to the answer, Grad-CAM finds the spot that decides."""

import dataclasses

import numpy as np
import pytest
import torch

from core import pipeline
from core.answering.answers import records
from core.answering.picture_sight import grad_cam, integrated_gradients, sight
from core.charts.look import LIGHT
from core.charts.sight import overlay
from core.contracts import ArrayShape, InputKind, InputShapes
from core.errors import UserError
from core.models import MODELS
from core.training.ensemble import Ensemble
from core.training.losses import LOSSES
from core.use_cases import use_case
from tests.test_inputs_beside_the_table import ready

MODEL = MODELS.get("image_network")
SETTINGS = {"blocks": 2, "patterns": 4, "kernel": "3", "dense_layers": 1, "width": 8, "activation": "relu"}


def given(rows=1, members=2):
    array = ArrayShape(name="film", kind=InputKind.IMAGE, shape=(16, 12, 1))
    shapes = InputShapes(num_numeric=0, cardinalities=(), arrays=(array,))
    generators = [torch.Generator().manual_seed(k) for k in range(members)]
    params = MODEL.init(shapes, 2, SETTINGS, generators)
    film = torch.randn(members, rows, 16, 12, 1, generator=torch.Generator().manual_seed(9))
    inputs = {"numeric": torch.zeros(members, rows, 0), "category": torch.zeros(members, rows, 0).long(), "film": film}
    return params, inputs


@pytest.mark.parametrize("output", [0, 1])
def test_integrated_gradients_add_up_to_the_difference_from_an_even_grey(output):
    params, inputs = given()
    found = integrated_gradients(MODEL, params, inputs, "film", SETTINGS, output)
    assert found.shape == (2, 16, 12)
    grey = inputs | {"film": torch.zeros_like(inputs["film"])}
    change = MODEL.forward(params, inputs, SETTINGS) - MODEL.forward(params, grey, SETTINGS)
    torch.testing.assert_close(found.sum((1, 2)), change[:, 0, output].detach(), rtol=0.02, atol=2e-3)


def test_both_find_the_corner_that_decides():
    """A network that adds up how bright the upper left corner is, by hand."""
    array = ArrayShape(name="film", kind=InputKind.IMAGE, shape=(8, 8, 1))
    shapes = InputShapes(num_numeric=0, cardinalities=(), arrays=(array,))
    settings = SETTINGS | {"blocks": 1, "patterns": 1, "dense_layers": 0}
    params = {n: torch.zeros_like(v) for n, v in MODEL.init(shapes, 1, settings, [torch.Generator()]).items()}
    params["block.0.weight"][:, :, 1, 1] = 1.0
    weight = torch.zeros(4, 4)
    weight[:2, :2] = 1.0
    params["output.weight"][:] = weight.flatten()[:, None]
    inputs = {
        "numeric": torch.zeros(1, 1, 0),
        "category": torch.zeros(1, 1, 0).long(),
        "film": torch.ones(1, 1, 8, 8, 1),
    }
    exact = integrated_gradients(MODEL, params, inputs, "film", settings, 0)[0]
    assert exact[:4, :4].sum() == pytest.approx(4.0)
    assert exact[4:].abs().max() == exact[:, 4:].abs().max() == 0
    inputs["film"][:, :, 4:] = 0
    coarse = grad_cam(MODEL, params, inputs, "film", settings, 0)[0]
    assert coarse[:3, :3].min() > 0
    assert coarse[6:].abs().max() < 1e-6


def test_a_head_that_weighs_each_place_by_itself_is_shown_place_by_place():
    """One corner speaks for, the one across from it against: their mean slope is 0, and would show nothing."""
    array = ArrayShape(name="film", kind=InputKind.IMAGE, shape=(8, 8, 1))
    shapes = InputShapes(num_numeric=0, cardinalities=(), arrays=(array,))
    settings = SETTINGS | {"blocks": 1, "patterns": 1, "dense_layers": 0}
    params = {n: torch.zeros_like(v) for n, v in MODEL.init(shapes, 1, settings, [torch.Generator()]).items()}
    params["block.0.weight"][:, :, 1, 1] = 1.0
    weight = torch.zeros(4, 4)
    weight[:2, :2], weight[2:, 2:] = 1.0, -1.0
    params["output.weight"][:] = weight.flatten()[:, None]
    nothing = {"numeric": torch.zeros(1, 1, 0), "category": torch.zeros(1, 1, 0).long()}
    seen = grad_cam(MODEL, params, nothing | {"film": torch.ones(1, 1, 8, 8, 1)}, "film", settings, 0)[0]
    assert seen[:3, :3].min() > 0
    assert seen[5:, 5:].max() < 0


def test_a_row_is_answered_with_its_picture_and_two_maps_of_its_size():
    what, examples, settings, prepared = ready("tiny_pictures", members=2)
    model = MODELS.get(what.model)
    loss = LOSSES.get(what.task.loss)
    generators = [torch.Generator().manual_seed(k) for k in range(2)]
    params = model.init(prepared.data.shapes[0], loss.num_outputs(what.task), settings, generators)
    ensemble = Ensemble(
        model=model, loss=loss, settings=settings, params=params, preprocessing=prepared.preprocessing, fold_of=[0, 0]
    )
    features, arrays = examples.features.iloc[[5]], examples.arrays_of(np.array([5]))
    found = sight(what, ensemble, features, arrays)
    np.testing.assert_allclose(found["picture"], examples.arrays["picture"][5, :, :, 0] / 255, atol=1e-3)
    for name in ("gradients", "activations"):
        heat = np.array(found[name])
        assert heat.shape == (8, 7)
        assert np.abs(heat).max() == pytest.approx(1)
    chances = ensemble.predict(features, None, arrays).mean(0)[0]
    assert found["output"] == chances.argmax()
    with pytest.raises(UserError, match="where it looked"):
        sight(dataclasses.replace(what, arrays=()), ensemble, features, arrays)


def test_records_bring_their_pictures_and_others_bring_none():
    what = use_case("testing/tiny_pictures")
    (record,) = records(what, pipeline.load_examples(what), [3])
    assert record["pictures"]["picture"].startswith("data:image/png;base64,")
    tones = use_case("testing/tiny_tones")
    assert "pictures" not in records(tones, pipeline.load_examples(tones), [3])[0]


def test_an_overlay_leaves_faint_places_grey_and_colours_both_signs():
    import base64
    import io

    from PIL import Image

    source = overlay([[0.5, 0.5, 0.5]], [[0.0, 1.0, -1.0]], LIGHT)
    with Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))) as found:
        none, event, against = np.asarray(found)[0].astype(int)
    assert none.tolist() == [128, 128, 128]
    assert np.abs(event - [0xB5, 0x25, 0x9F]).max() < 25
    assert np.abs(against - [0x0A, 0x60, 0x60]).max() < 25
