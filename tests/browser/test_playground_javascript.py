"""The playground's training by itself, in a browser: the core's own steps on the same weights and batches, what a link
holds, points in and out, and what the presets promise."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser, Page

from core.contracts.workspace import Workspace
from core.diagnosis import doctor, findings
from core.models.table_network import MODEL
from core.settings.training import OPTIMISERS
from core.training.losses.binary_cross_entropy import LOSS
from core.training.optimisers import Optimiser, Rates
from core.training.parameters import Layout
from core.training.worked_examples import house_losses, largest_stable_rate
from core.use_cases import use_case
from pages.components.playground_words import PRESETS, WORDS
from pages.components.scripts import LAB_ENGINE, VALLEY
from tests.browser.test_javascript import SITE, loaded

ENGINE = ("Training", "readLink", "writeLink", "begun", "diagnosed", "readPoints", "packPoints", "unpackPoints", "erf",
          "BENDS", "makePoints", "Dice")  # fmt: skip
STEPS = 200
TRAINED = """
([state, steps]) => {
    const training = new Training({ ...begun(), ...state });
    const [start, batches] = [[...training.network.values], []];
    for (let i = 0; i < steps; i += 1) {
        const rows = Math.min(training.batchSize, training.order.length - training.at);
        training.step();
        const inputs = [...training.batchInputs.subarray(0, rows * training.features.length)];
        batches.push([inputs, [...training.batchLabels.subarray(0, rows)]]);
    }
    return { start, batches, end: [...training.network.values] };
}
"""


@pytest.fixture(scope="module")
def engine(chromium: Browser) -> Iterator[Page]:
    """What trains, on an empty page."""
    context = chromium.new_context()
    page = context.new_page()
    page.route("**/*", lambda route: route.fulfill(body="<!doctype html><body>", content_type="text/html"))
    yield loaded(page, SITE, *LAB_ENGINE, expose=ENGINE)
    context.close()


# -- the core's steps


def by_the_core(state: dict[str, Any], start: list[float], batches: list[Any]) -> torch.Tensor:
    """The parameters after the core's steps: model, loss and optimiser as Members calls them, in 64 bits."""
    sizes = [len(state["features"]), *state["layers"], 1]
    named = [f"hidden.{n}" for n in range(len(sizes) - 2)] + ["output"]
    shapes = {}
    for name, fan_in, fan_out in zip(named, sizes, sizes[1:], strict=False):
        shapes |= {f"{name}.weight": (1, fan_in, fan_out), f"{name}.bias": (1, 1, fan_out)}
    layout = Layout.of({name: torch.zeros(shape) for name, shape in shapes.items()})
    flat = torch.tensor([start], dtype=torch.float64)
    params, gradient = layout.views(flat), torch.zeros_like(flat)

    def number(value: float) -> torch.Tensor:
        return torch.tensor([[value]], dtype=torch.float64)

    decays = layout.mask([name for name in shapes if name.endswith("weight")]).double()
    rates = Rates(
        learning_rate=number(state["rate"]),
        weight_decay=number(state["decay"]),
        l1=number(state["l1"]),
        momentum=number(state["momentum"]),
        clip_norm=number(0.0),
        decays=decays,
    )
    optimiser = Optimiser(state["optimiser"], flat, rates)
    settings = {one.name: one.default for one in MODEL.settings} | {"activation": state["activation"]}
    task = use_case("retail/coupon_response").task
    for inputs, labels in batches:
        rows = len(labels)
        numeric = torch.tensor(inputs, dtype=torch.float64).view(1, rows, sizes[0])
        read = {"numeric": numeric, "category": torch.zeros(1, rows, 0, dtype=torch.long)}
        workspace = Workspace()
        raw = MODEL.forward(params, read, settings, None, workspace)
        target = torch.tensor(labels, dtype=torch.float64).view(1, rows, 1)
        of_raw = LOSS.gradient(raw, target, torch.full((1, rows, 1), 1 / rows, dtype=torch.float64), task)
        MODEL.backward(params, workspace, of_raw, settings, layout.views(gradient))
        optimiser.step(gradient, 1.0)
    return flat[0]


USUAL: dict[str, Any] = {
    "data": "circle", "features": ["x", "y"], "layers": [4, 2], "activation": "tanh", "optimiser": "adam", "rate": 0.03,
    "batch": 10, "momentum": 0.9, "l1": 0.0, "decay": 0.0, "seed": 7,
}  # fmt: skip
COMPARED = [
    *({"optimiser": one} for one in OPTIMISERS),
    *({"activation": one} for one in ("relu", "leaky_relu", "gelu", "silu", "sigmoid")),
    {"l1": 0.01, "decay": 0.03, "optimiser": "sgd"},
    {"decay": 0.1, "optimiser": "adamw"},
    {"layers": []},
    {"layers": [8, 8, 8], "features": ["x", "y", "x2", "y2", "xy", "sinx", "siny"], "data": "spiral", "batch": 32},
]  # fmt: skip


@pytest.mark.parametrize("differing", COMPARED, ids=lambda one: "-".join(map(str, one.values())))
def test_two_hundred_steps_are_the_core_s(engine: Page, differing: dict[str, Any]) -> None:
    state = {**USUAL, **differing}
    told = engine.evaluate(TRAINED, [state, STEPS])
    torch.testing.assert_close(
        torch.tensor(told["end"], dtype=torch.float64),
        by_the_core(state, told["start"], told["batches"]),
        rtol=0,
        atol=1e-7,
    )
    assert max(abs(a - b) for a, b in zip(told["start"], told["end"], strict=True)) > 0.01, "it has moved"


def test_the_bends_have_the_slopes_that_autograd_finds(engine: Page) -> None:
    at = [-7.3, -2.0, -0.4, 0.01, 0.7, 3.1, 6.5]
    for name in ("gelu", "silu", "tanh", "sigmoid", "leaky_relu"):
        script = "([name, at]) => at.map((z) => [BENDS[name].to(z), BENDS[name].slope(z, BENDS[name].to(z))])"
        found = torch.tensor(engine.evaluate(script, [name, at]), dtype=torch.float64)
        z = torch.tensor(at, dtype=torch.float64, requires_grad=True)
        bent = (
            getattr(torch.nn.functional, name)(z) if name in ("gelu", "silu", "leaky_relu") else getattr(torch, name)(z)
        )
        (slope,) = torch.autograd.grad(bent.sum(), z)
        torch.testing.assert_close(found, torch.stack([bent.detach(), slope], 1), rtol=0, atol=1e-8)
    values = engine.evaluate("([0, 0.3, -1.7, 3.9, 5.99, 7]).map(erf)")
    assert values == pytest.approx([math.erf(x) for x in (0, 0.3, -1.7, 3.9, 5.99, 7)], abs=1e-9)


def test_dropout_switches_off_the_share_that_it_says_and_keeps_the_mean(engine: Page) -> None:
    kept, mean = engine.evaluate(
        """() => {
            const training = new Training({ ...begun(), layers: [8], activation: "linear", dropout: 0.3 });
            training.network.values.fill(0);
            training.network.values.fill(1, 16, 24);
            let [kept, sum, all] = [0, 0, 0];
            for (let i = 0; i < 40; i += 1) {
                training.network.forward(training.inputs, training.rows, training.room, 0.3, training.dropDice);
                for (const value of training.room[0].after) { kept += value > 0; sum += value; all += 1; }
            }
            return [kept / all, sum / all];
        }"""
    )
    assert kept == pytest.approx(0.7, abs=0.01)
    assert mean == pytest.approx(1, abs=0.015)


# -- points and links


def test_the_same_seed_gives_the_same_points_and_the_shares_that_were_asked_for(engine: Page) -> None:
    told = engine.evaluate(
        """() => CONTROLS.data.choices.filter((one) => one !== "own").map((data) => {
            const state = { ...begun(), data, points: 200, balance: 0.2, share: 0.7, seed: 5 };
            const [one, same, other] = [makePoints(state), makePoints(state), makePoints({ ...state, seed: 6 })];
            return [one.x.length, one.train, one.label.reduce((a, b) => a + b), String(one.x) === String(same.x),
                String(one.x) === String(other.x), one.x.every(Number.isFinite)];
        })""".replace("CONTROLS.data.choices", '["circle", "xor", "corners", "gauss", "moons", "spiral"]')
    )
    assert told == [[200, 140, 40, True, False, True]] * 6


def test_pasted_points_are_read_and_what_cannot_be_meant_is_counted(engine: Page) -> None:
    text = "x,y,class\n1.5, -2, a\n-3;0.5;b\n\n1 2 b\n12\t-6\ta\nnan,1,a\n1,2\n3,4,c"
    told = engine.evaluate("(text) => readPoints(text)", text)
    assert told["classes"] == ["a", "b"]
    assert told["skipped"] == 4, "the heading, what is no number, what lacks a class, and the third class"
    factor = 0.95 * 6 / 12
    assert told["points"] == [
        pytest.approx(one) for one in ([1.5 * factor, -2 * factor, 0], [-3 * factor, 0.5 * factor, 1],
                                       [factor, 2 * factor, 1], [12 * factor, -6 * factor, 0])
    ]  # fmt: skip


def test_own_points_pass_through_a_link(engine: Page) -> None:
    points = [[-6, 6, 0], [0.01, -3.3, 1], [5.999, 2, 1]]
    there = engine.evaluate("(points) => unpackPoints(packPoints(points))", points)
    for sent, found in zip(points, there, strict=True):
        assert found == pytest.approx(sent, abs=0.004)
    assert engine.evaluate("unpackPoints('a!b')") == []
    assert engine.evaluate("unpackPoints('abc')") == []


def test_a_link_says_everything_and_brings_back_the_same_weights(engine: Page) -> None:
    told = engine.evaluate(
        """() => {
            const own = Array.from({ length: 30 }, (_, i) => [Math.sin(i) * 5, Math.cos(2 * i) * 5, i % 2]);
            const packed = unpackPoints(packPoints(own));
            const state = { ...begun(), data: "own", own: packed, layers: [3, 5], activation: "gelu",
                optimiser: "adamw", rate: 0.003, dropout: 0.2, seed: 42, batch: 4 };
            const training = new Training(state);
            training.advance(37);
            training.change("rate", 0.1);
            training.change("l1", 0.001);
            training.advance(100);
            const link = writeLink(training, ["noise", "seed"], "?lang=zh_CN");
            const read = readLink(`?${link}`);
            const again = new Training(read.state, read.changes);
            again.advance(read.steps);
            const same = String(again.network.values) === String(training.network.values);
            return { link, hidden: read.hidden, steps: read.steps, same,
                second: writeLink(again, read.hidden, "?lang=zh_CN") };
        }"""
    )
    assert told["same"]
    assert told["steps"] == 137
    assert told["hidden"] == ["noise", "seed"]
    assert told["second"] == told["link"]
    assert "then=37:rate:0.1,37:l1:0.001" in told["link"]
    assert told["link"].endswith("lang=zh_CN")


@pytest.mark.parametrize(
    "query",
    [
        "data=none&layers=9-9&rate=-1&batch=x&noise=&features=z&seed=1e99&activation=__proto__",
        "layers=1-1-1-1-1-1-1&own=%%%&then=a:b,5:seed:2,x:rate:1&steps=-5&hide=everything",
        "data=own&own=AAAA&layers=0.5&points=NaN&balance=Infinity&optimiser=constructor",
    ],
)
def test_what_a_link_cannot_mean_is_passed_over(engine: Page, query: str) -> None:
    read = engine.evaluate("(query) => readLink(query)", query)
    assert read["state"] == engine.evaluate("begun()")
    assert read["steps"] == 0
    assert read["changes"] == read["hidden"] == []


# -- what the presets promise

ENDS = {  # where a preset has come to after so many epochs
    "circle": (200, "solved"),
    "xor": (300, "solved"),
    "xor_stuck": (600, "stuck"),
    "spiral": (400, "solved"),
    "line": (300, "no_bend"),
    "diverges": (30, "nan"),
    "dead": (30, "dead_units"),
    "vanishes": (300, "vanishing_gradients"),
    "by_heart": (200, "over_fitting"),
    "alike": (200, "alike"),
}
_RUN = """
([query, epochs, mended]) => {
    const { state } = readLink(query);
    const run = (state) => {
        const training = new Training(state);
        while (training.epoch < epochs) training.step();
        training.judge();
        return { ...diagnosed(training), train: training.train.accuracy, test: training.test.accuracy };
    };
    const first = run(state);
    return [first, ...(first.mends ?? []).map(({ set }) => run({ ...state, ...set }))];
}
"""


@pytest.mark.parametrize("preset", PRESETS, ids=lambda one: one.name)
def test_a_preset_comes_to_what_it_promises_and_a_bad_one_can_be_mended(engine: Page, preset: Any) -> None:
    epochs, fault = ENDS[preset.name]
    found, *mended = engine.evaluate(_RUN, [preset.query, epochs, True])
    assert found["fault"] == fault
    assert preset.is_bad == (fault != "solved")
    if not preset.is_bad:
        assert found["test"] >= 0.97
        return
    assert mended, "a click that mends it"
    assert mended[0]["fault"] != fault
    assert mended[0]["test"] >= found["test"]


def test_two_neurons_solve_the_corners_from_one_seed_and_not_from_another(engine: Page) -> None:
    solved, stuck = (
        engine.evaluate(_RUN, [one.query, 1000, False])[0] for one in PRESETS if one.name in ("xor", "xor_stuck")
    )
    assert solved["train"] == solved["test"] == 1
    assert stuck["train"] < 0.85
    queries = [one.query for one in PRESETS if one.name in ("xor", "xor_stuck")]
    assert queries[0].replace("seed=1", "seed=4") == queries[1], "the seed is all that differs"


def test_what_the_run_doctor_has_words_for_is_said_in_them() -> None:
    tree = ast.parse(Path(doctor.__file__ or "").read_text("utf-8"))
    own = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    titles = {node.value for node in ast.walk(ast.parse(Path(findings.__file__ or "").read_text("utf-8")))
              if isinstance(node, ast.Constant) and isinstance(node.value, str)}  # fmt: skip
    for fault in findings.FAULTS:
        if f"{fault}_title" in WORDS:
            assert WORDS[f"{fault}_title"] in titles, fault
            assert WORDS[f"{fault}_why"] in own, fault
    assert WORDS["divergence_saw"] in own
    assert WORDS["nan_saw"] in own


def test_every_finding_has_words(engine: Page) -> None:
    source = (Path(__file__).parents[2] / "pages" / "components" / "lab" / "doctor.js").read_text("utf-8")
    faults = set(re.findall(r'fault: "(\w+)"', source))
    titles = dict(re.findall(r'fault: "(\w+)", title: "(\w+)"', source))
    assert len(faults) > 10
    for fault in faults:
        assert f"{titles.get(fault, fault)}_title" in WORDS
        assert f"{fault}_saw" in WORDS
    for mend in re.findall(r'mend: "(\w+)"', source):
        assert f"mend_{mend}" in WORDS


def test_the_valley_of_house_prices_is_the_core_s(chromium: Browser) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.route("**/*", lambda route: route.fulfill(body="<!doctype html><body>", content_type="text/html"))
    loaded(page, SITE, *VALLEY, expose=("descended", "EDGE"))
    for rate in (0.05, 0.08, 0.1):
        there = [one["loss"] for one in page.evaluate("(rate) => descended(rate)", rate)]
        assert there == pytest.approx(house_losses(rate, 100), rel=1e-9)
    assert page.evaluate("EDGE") == pytest.approx(largest_stable_rate(), rel=1e-12)
    context.close()
