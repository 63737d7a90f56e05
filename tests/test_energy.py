"""Energy: counters where they can be read, a rating where the processor is known and whole, else no figure."""

from __future__ import annotations

import pytest

from core.estimating import energy
from core.estimating.energy import MEASURED, NOT_AVAILABLE, RATED, Meter, rating_w


@pytest.fixture
def powercap(tmp_path, monkeypatch):
    """A machine with one package counter, in a folder."""
    package = tmp_path / "intel-rapl:0"
    package.mkdir()
    (package / "max_energy_range_uj").write_text("1000000000\n")
    (package / "energy_uj").write_text("5000000\n")
    part = tmp_path / "intel-rapl:0:0"
    part.mkdir()
    (part / "energy_uj").write_text("1\n")
    (part / "max_energy_range_uj").write_text("2\n")
    monkeypatch.setattr(energy, "POWERCAP", tmp_path)
    return package / "energy_uj"


def test_a_package_counter_is_measured_also_where_it_wraps(powercap) -> None:
    meter = Meter()
    powercap.write_text("7500000\n")
    found = meter.so_far()
    assert (found.joules, found.label, found.of) == (pytest.approx(2.5), MEASURED, "processor")
    powercap.write_text("500000\n")  # it began again after 1000 J
    assert meter.so_far().joules == pytest.approx(2.5 + 993.0)


def test_a_counter_that_goes_away_leaves_nothing_rather_than_half(powercap) -> None:
    meter = Meter()
    powercap.unlink()
    assert meter.so_far().label == NOT_AVAILABLE
    assert meter.so_far().joules is None


def test_a_counter_that_only_root_may_read_is_none(powercap, monkeypatch) -> None:
    monkeypatch.setattr(energy, "_number_in", lambda path: None)
    assert energy._packages() == []


def test_the_processor_alone_is_not_the_energy_of_a_gpu(powercap, monkeypatch) -> None:
    monkeypatch.setattr(energy, "_gpus", list)
    monkeypatch.setattr(energy, "is_virtual", lambda: False)
    for device in ("cuda", "mps"):
        assert Meter(device).so_far().label == NOT_AVAILABLE
    monkeypatch.setattr(energy, "_gpus", lambda: [(lambda: 3.0, float("inf"))])
    found = Meter("cuda").so_far()
    assert (found.label, found.of) == (MEASURED, "processor and GPU")


@pytest.fixture
def no_counter(tmp_path, monkeypatch):
    """A machine without any counter."""
    monkeypatch.setattr(energy, "POWERCAP", tmp_path / "none")


def test_a_known_processor_without_counters_is_estimated_from_its_rating(no_counter, monkeypatch) -> None:
    monkeypatch.setattr(energy, "is_virtual", lambda: False)
    monkeypatch.setattr(energy, "processor", lambda: "Intel(R) Core(TM) i7-8700 CPU @ 3.20GHz")
    monkeypatch.setattr(energy.os, "cpu_count", lambda: 10)
    meter = Meter()
    meter.began_cpu_s -= 20.0
    found = meter.so_far()
    assert found.label == RATED == "estimated from the processor's power rating"
    assert found.joules == pytest.approx(65 * 20 / 10, rel=0.2)


def test_an_unknown_processor_and_a_virtual_machine_have_no_figure(no_counter, monkeypatch) -> None:
    monkeypatch.setattr(energy, "is_virtual", lambda: False)
    monkeypatch.setattr(energy, "processor", lambda: "AMD EPYC")
    assert Meter().so_far().label == NOT_AVAILABLE
    monkeypatch.setattr(energy, "processor", lambda: "Intel(R) Core(TM) i7-8700 CPU @ 3.20GHz")
    monkeypatch.setattr(energy, "is_virtual", lambda: True)
    assert Meter().so_far().label == NOT_AVAILABLE


@pytest.mark.parametrize(
    ("name", "watts"),
    [
        ("Intel(R) Xeon(R) Platinum 8275CL CPU @ 3.00GHz", 240.0),
        ("AMD Ryzen 7 5800X 8-Core Processor", 105.0),
        ("AMD EPYC", None),
        ("", None),
    ],
)
def test_a_rating_is_found_by_the_whole_name_alone(name, watts) -> None:
    assert rating_w(name) == watts
