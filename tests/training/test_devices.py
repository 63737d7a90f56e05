"""Choosing a device: what is here is taken, what is not here is named in a sentence."""

import platform

import pytest
import torch

from core.environment import machine
from core.errors import UserError
from core.training import devices


@pytest.fixture
def only_a_processor(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.fixture
def a_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.mark.usefixtures("only_a_processor")
def test_auto_is_the_processor_where_there_is_nothing_else():
    assert devices.choose("auto") == torch.device("cpu")


@pytest.mark.usefixtures("a_gpu")
def test_auto_is_the_gpu_where_there_is_one():
    assert devices.choose("auto") == torch.device("cuda")
    assert devices.choose("cpu") == torch.device("cpu")


@pytest.mark.usefixtures("only_a_processor")
@pytest.mark.parametrize("name", ["cuda", "mps", "abacus"])
def test_a_device_that_is_not_here_is_refused_with_those_that_are(name):
    with pytest.raises(UserError) as caught:
        devices.choose(name)
    assert str(caught.value) == (
        f"Training needs a device that this machine has; {name!r} is not here. Use: auto, cpu."
    )


@pytest.mark.usefixtures("a_gpu")
def test_the_refusal_names_a_gpu_that_is_here():
    with pytest.raises(UserError, match="'mps' is not here. Use: auto, cpu, cuda."):
        devices.choose("mps")


@pytest.mark.parametrize(("threads", "words"), [(1, "1 thread"), (2, "2 threads")])
def test_the_processor_is_described_with_its_threads(monkeypatch, threads, words):
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    assert devices.describe(torch.device("cpu")) == f"cpu ({platform.machine()}, {words})"


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (16, 15)])
def test_a_worker_leaves_a_core_to_the_pages(monkeypatch, cores, threads):
    given = []
    monkeypatch.setattr(machine, "available_cores", lambda: cores)
    monkeypatch.setattr(torch, "set_num_threads", given.append)
    devices.set_threads()
    assert given == [threads]


def test_what_a_run_left_on_a_gpu_goes_back_only_where_one_was_used(monkeypatch):
    emptied = []
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: emptied.append("cuda"))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: False)
    devices.release_memory()
    assert emptied == []
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)
    devices.release_memory()
    assert emptied == ["cuda"]
