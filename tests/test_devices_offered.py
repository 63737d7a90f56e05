"""A GPU is offered where this machine has one, on the page and in the command line."""

from __future__ import annotations

import pytest

from core.environment import machine
from core.errors import UserError
from core.settings import devices
from tests.pages.drawing import page_of

CHOICES = ("auto", "cpu", "cuda", "mps")


@pytest.mark.parametrize(
    ("found", "expected"),
    [((), ("auto", "cpu")), (("cuda",), ("auto", "cpu", "cuda")), (("mps",), ("auto", "cpu", "mps"))],
)
def test_what_is_not_here_is_not_offered(found, expected, monkeypatch):
    monkeypatch.setattr(devices, "accelerators", lambda: found)
    assert devices.offered(CHOICES, "auto") == expected
    for name in CHOICES:
        if name in expected:
            devices.refuse_absent({"device": name})
        else:
            with pytest.raises(UserError, match=f"{name!r} is not here. Use: {', '.join(expected)}"):
                devices.refuse_absent({"device": name})


def test_what_was_chosen_elsewhere_stays_to_be_seen_and_another_backend_is_not_judged(monkeypatch):
    monkeypatch.setattr(devices, "accelerators", tuple)
    assert devices.offered(CHOICES, "cuda") == ("auto", "cpu", "cuda")
    monkeypatch.setenv("PROVING_GROUND_BACKEND", "cluster")
    assert devices.offered(CHOICES, "auto") == CHOICES
    devices.refuse_absent({"device": "cuda"})


def test_a_driver_and_a_torch_that_is_built_for_it_make_cuda(monkeypatch, tmp_path):
    monkeypatch.setattr(machine, "_NVIDIA", (str(tmp_path / "none"),))
    monkeypatch.setattr(machine, "version", lambda package: "2.13.0")
    assert "cuda" not in machine.accelerators()
    monkeypatch.setattr(machine, "_NVIDIA", (str(tmp_path),))
    assert "cuda" in machine.accelerators()
    monkeypatch.setattr(machine, "version", lambda package: "2.13.0+cpu")
    assert "cuda" not in machine.accelerators()


def test_the_page_shows_the_devices_that_are_here(monkeypatch):
    monkeypatch.setattr(devices, "accelerators", lambda: ("mps",))
    page = page_of("retail/coupon_response", section="train")
    page.toggle(key="retail-coupon_response:all-settings").set_value(True).run()
    shown = next(control for control in page.button_group if control.key == "retail-coupon_response:set-device")
    assert list(shown.options) == ["Automatic", "CPU", "Apple GPU"]
