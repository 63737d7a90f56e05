"""Combinations that make no sense are refused in a sentence, the defaults never."""

import pytest
import torch

from core.checks import settings_check
from core.errors import UserError
from core.models import MODELS
from core.settings import defaults, restrict
from core.settings.training import SETTINGS
from core.training.losses import LOSSES

BASE = defaults(restrict([*SETTINGS, *MODELS.get("table_network").settings], {}))
BCE, PINBALL = LOSSES.get("binary_cross_entropy"), LOSSES.get("pinball")


def refused(changes, loss=BCE, device="cpu"):
    with pytest.raises(UserError) as caught:
        settings_check.combination(loss, BASE | changes, torch.device(device))
    return str(caught.value)


@pytest.mark.parametrize("name", list(LOSSES.all()))
@pytest.mark.parametrize("device", ["cpu", "cuda", "mps"])
def test_the_defaults_are_never_refused(name, device):
    settings_check.combination(LOSSES.get(name), BASE, torch.device(device))


def test_each_contradiction_is_named_with_its_way_out():
    assert "Class weights need classes" in refused({"class_weight": "balanced"}, PINBALL)
    assert "at least" not in refused({"schedule": "one_cycle", "num_epochs": 1})
    assert "takes 2 epochs" in refused({"schedule": "one_cycle", "num_epochs": 1})
    assert "bfloat16 needs a CPU or an NVIDIA GPU" in refused({"precision": "bfloat16"}, device="mps")
    assert "depth is 0" in refused({"normalisation": "layer", "depth": 0})
    for name in ("momentum", "nesterov"):
        assert f"{name} needs a momentum" in refused({"optimiser": name, "momentum": 0.0})
    settings_check.combination(BCE, BASE | {"class_weight": "balanced"}, torch.device("cpu"))
