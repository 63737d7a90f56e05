"""Compute planner: what training a model takes, as a plane of all trainings in which a point is dragged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.company.assumptions import Ledger
from core.company.compute import BOUNDS, EXPONENTS, LABELS, TOKENS_PER_PARAMETER, Job
from core.company.gpus import GPUS, Gpu, gpu_named
from core.company.own_runs import OwnRun, own_runs
from core.company.planning import planned, surroundings
from core.company.published import PUBLISHED, Published
from core.formatting import numbers, units
from core.formatting.messages import message
from core.formatting.text import SENTENCE, _, named, plain
from core.store import runs, store_folder
from core.use_cases import all_use_cases
from pages.components import company_panel, company_state
from pages.components.drawing import table
from pages.components.kept import Kept
from pages.components.look import start_page
from pages.components.story import sentence

_START = {"parameters": 7e9, "tokens": 2e12, "utilisation": 0.4, "gpus": 512}
_SLIDERS = {"parameters": (1e6, 1e13), "tokens": (1e8, 1e14), "utilisation": (0.05, 0.7), "gpus": (1, 100_000)}
_PLANE = {"x": (3.0, 13.0), "y": (3.0, 14.0)}  # powers of ten of parameters and tokens
_NAMED = {"GPT-3 175B": "under", "LLaMA-7B": "wide", "LLaMA-65B": "wide", "Llama 3.1 405B": "always"}
_mount = company_panel.component("plane")
_own = Kept(4)
_FLOPS = r"\text{FLOPs} = 6\,N\,D"
_HOURS = r"\text{GPU hours} = \frac{\text{FLOPs}}{\text{peak}\cdot\text{used}\cdot 3600}"
_ENERGY = r"\text{energy} = \text{GPU hours}\cdot\text{limit}\cdot\text{PUE}"
_MEMORY = r"\text{memory} = \frac{(2+2+12)\,N}{\text{GPUs}} + 34\,t\,h\,L"
_ANSWERS = r"\text{1,000 requests} = 2\,N\cdot 1000\,t_r"

WORDS = {
    "cost": "What the training costs",
    "beside": "{time} on {gpus} {gpu}",
    "across": "Parameters",
    "upward": "Tokens to learn from",
    "balanced": "20 tokens a parameter",
    "own": "Trainings of this product",
    "day_here": "A day at our speed",
    "work": "GPU days",
    "flops": "{flops} operations",
    "energy": "Energy",
    "co2": "{co2} CO2",
    "memory": "Memory of a GPU",
    "fits": "It has {has} GB",
    "too_large": "It has {has} GB: take more GPUs",
    "answers": "1,000 requests, own",
    "api": "From an API: {bought}",
    "tokens": "Tokens a parameter",
    "about_twenty": "About 20 train best",
    "here": "At our speed",
    "here_note": "One thread, our fastest run",
    "years": "{count} years",
    "days": "{count} days",
    "hours": "{count} h",
    "minutes": "{count} min",
}


def draw() -> None:
    """Draw the page."""
    start_page()
    st.title(_("Compute planner"))
    ledger, own = company_state.ledger(), _own_runs()
    _panel(ledger, own)
    st.caption(_given(ledger))
    with st.expander(_("Formulas and sources"), key="compute-formulas", on_change="rerun") as place:
        if place.open:
            _formulas(ledger)
    with st.expander(
        _("Trainings that were published, recomputed"), key="compute-published", on_change="rerun"
    ) as place:
        if place.open:
            _published(ledger)
    if own:
        with st.expander(_("Trainings of this product"), key="compute-own", on_change="rerun") as place:
            if place.open:
                _own_table(own)


@st.fragment
def _panel(ledger: Ledger, own: Sequence[OwnRun]) -> None:
    kept: dict[str, Any] = st.session_state.setdefault("company-compute", {"values": dict(_START), "gpu": "A100"})
    said, choice = st.columns(2, vertical_alignment="center")
    with said:
        sentence(_("What does training a model take? Drag the point."))
    chosen = choice.segmented_control(
        _("GPU"),
        [gpu.name for gpu in GPUS],
        default=kept["gpu"],
        required=True,
        key="compute-gpu",
        label_visibility="collapsed",
        width="stretch",
    )
    kept["gpu"] = chosen or kept["gpu"]
    gpu = gpu_named(kept["gpu"])
    rows = [
        company_panel.row(
            name,
            LABELS[name],
            kept["values"][name],
            _SLIDERS[name],
            BOUNDS[name],
            unit="share" if name == "utilisation" else "",
            log=name != "utilisation",
            whole=name == "gpus",
        )
        for name in BOUNDS
    ]
    company_panel.draw_panel(
        _mount, rows, WORDS, payload(ledger, gpu, own), key="compute-panel", on_moved=kept["values"].update
    )


def payload(ledger: Ledger, gpu: Gpu, own: Sequence[OwnRun]) -> dict[str, Any]:
    """What the browser draws from: every result at one place, with the power that each input is raised to in it."""
    found = planned(ledger, Job(gpu=gpu, **_START)).results()
    fastest = max((run.flops_per_s for run in own), default=0.0)
    return {
        "at": _START,
        "results": {name: {"value": found[name], "powers": powers} for name, powers in EXPONENTS.items()},
        "gpu": {"name": gpu.name, "memory": gpu.memory_gb},
        "here": fastest,
        "plane": {
            **_PLANE,
            "balanced": TOKENS_PER_PARAMETER,
            "made": [_point(one.name, one.parameters, one.tokens, _NAMED.get(one.name, "")) for one in PUBLISHED],
            "own": [_point(plain(_(run.use_case.title)), run.products, run.examples, "") for run in own],
        },
    }


def _point(name: str, parameters: float, tokens: float, shown: str) -> dict[str, Any]:
    said = f"{name}: {numbers.scientific(parameters)}, {numbers.scientific(tokens)}"
    return {"name": name, "said": said, "parameters": parameters, "tokens": tokens, "shown": shown}


def _own_runs() -> list[OwnRun]:
    """Read once for all visitors, and anew when a run has come."""
    store = store_folder()
    known = tuple(run.id for run in runs.list_runs(store))
    return _own.get((store, known), lambda: own_runs(store, all_use_cases()))


def _given(ledger: Ledger) -> str:
    grid, pue = ledger["grid"], ledger["pue"]
    return _(
        "Prices are list prices with their date, energy is the board's limit times {pue}, CO2 is {grid} kg a "
        "kilowatt-hour. All of it stands in the assumptions and can be changed there."
    ).format(pue=numbers.exact(pue.value), grid=numbers.exact(grid.value))


def _formulas(ledger: Ledger) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        st.latex(_FLOPS, width="content")
        st.caption(_("N parameters, D tokens. Kaplan et al. 2020: 2 operations forward, 4 backward."))
        st.latex(_HOURS, width="content")
        st.caption(_("Peak of the maker's sheet, 16 bits, without sparsity."))
        st.latex(_ENERGY, width="content")
    with right:
        st.latex(_MEMORY, width="content")
        st.caption(
            _(
                "Bytes of weights, gradients and Adam spread over all GPUs (ZeRO, stage 3), and activations of t "
                "tokens, width h, L layers (Korthikanti et al. 2022). N = 12 L h², h = 128 L, as in GPT-3."
            )
        )
        st.latex(_ANSWERS, width="content")
        st.caption(_("Operations of answering with t tokens a request, read and written."))
    given = [surroundings(ledger, gpu).price for gpu in GPUS]
    table(
        [
            {
                _("GPU"): gpu.title,
                _("Peak, TFLOP/s"): numbers.amount(gpu.peak_flops / 1e12),
                _("Limit, W"): numbers.count(gpu.watts),
                _("Memory, GB"): numbers.count(gpu.memory_gb),
                _("An hour"): numbers.between(
                    price.low.amount, price.high.amount, lambda end, more: units.price(end, "USD"), joint=" – "
                ),
                _("Date"): price.date,
                _("Source of the price"): _(ledger[f"price_{gpu.name.lower()}"].source),
                _("Source of the rest"): gpu.sheet,
            }
            for gpu, price in zip(GPUS, given, strict=True)
        ]
    )


def _published(ledger: Ledger) -> None:
    st.markdown(
        _(
            "The same formulas on trainings whose makers told what they took. Nothing is fitted: the used share of the "
            "peak is the published one; LLaMA's was published at 65B and is taken for its smaller ones too."
        )
    )
    table([line for one in PUBLISHED for line in _lines(one, ledger)])


_TOLD = {
    "flops": message("Operations"),
    "days": message("Days"),
    "gpu_hours": message("GPU hours"),
    "energy_kwh": message("Energy, kWh"),
    "co2_kg": message("CO2, kg"),
}


def _lines(one: Published, ledger: Ledger) -> list[dict[str, object]]:
    ours = one.planned(surroundings(ledger, gpu_named(one.gpu)))
    return [
        {
            _("Training"): one.name,
            _("What"): _(_TOLD[what]),
            _("Published"): _size(told),
            _("Ours"): _size(ours[what]),
            _("Apart"): numbers.percent(ours[what] / told - 1, 1, sign=True),
            _("Source"): one.source,
        }
        for what, told in one.told.items()
    ]


def _size(value: float) -> str:
    return numbers.scientific(value, 3) if value >= 1e12 else numbers.significant(value)


def _own_table(own: Sequence[OwnRun]) -> None:
    fastest = max(own, key=lambda run: run.flops_per_s)
    st.markdown(
        _(
            "Counted work times measured speed. The fastest, {title}, did {speed} operations a second on one thread. "
            "Large models multiply larger matrices, which a processor does faster: what is told at our speed is an "
            "upper end."
        ).format(title=named(_(fastest.use_case.title)), speed=named(numbers.scientific(fastest.flops_per_s)))
    )
    rows = sorted(own, key=lambda run: -run.flops)
    table(
        [
            {
                _("Use case"): _(run.use_case.title),
                _("Products an example"): numbers.count(run.products),
                _("Examples"): numbers.count(run.examples),
                _("Operations"): numbers.scientific(run.flops),
                _("A second"): numbers.scientific(run.flops_per_s),
                _("Device"): plain(run.device, SENTENCE),
                _("Run"): _("recorded") if run.recorded else _("of this machine"),
            }
            for run in rows
        ]
    )
