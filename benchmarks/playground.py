"""Steps a second of the playground beside TensorFlow.js: the same network, batches and optimiser, in the same Chromium.

    .venv/bin/python benchmarks/playground.py --rounds 5 --json FILE
    .venv/bin/python benchmarks/playground.py --page http://127.0.0.1:8501    # what a running app's page draws

TensorFlow.js comes from npm into a folder that is deleted afterwards; of its backends that start, the fastest counts.
Both train 2-4-2-1 with tanh, Adam at 0.03 and batches of ten points, in turn, on one page; the median of the rounds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.first_page import CHROMIUM_FLAGS, installed_browser
from core.contracts.glossary import PLAYGROUND
from pages.components.scripts import LAB_ENGINE, javascript

PACKAGES = ("@tensorflow/tfjs@4.22.0", "@tensorflow/tfjs-backend-wasm@4.22.0")
SITE = "http://playground.example"
SECONDS = 2.0
LIMIT_MS = 40_000
OURS = """
(seconds) => {
    const training = new Training(begun());
    training.advance(2000);
    const begin = performance.now();
    let steps = 0;
    while (performance.now() - begin < 1000 * seconds) { training.advance(100); steps += 100; }
    return { rate: steps / (performance.now() - begin) * 1000, loss: (training.judge(), training.train.loss) };
}
"""
FRAMES = """
(seconds) => new Promise((resolve) => {
    const lab = document.querySelector("[data-testid=playground]"), redraws = [];
    const begin = performance.now();
    const look = () => {
        redraws.push(Number(lab.dataset.redraw));
        if (performance.now() - begin < 1000 * seconds) return requestAnimationFrame(look);
        resolve({ frames: redraws.length / (performance.now() - begin) * 1000, redraws });
    };
    requestAnimationFrame(look);
})
"""
THEIRS = """
async ([backend, seconds]) => {
    if (backend === "wasm") tf.wasm.setWasmPaths("/wasm/");
    if (!(await tf.setBackend(backend)) || tf.getBackend() !== backend) return null;
    const training = new Training(begun());
    const batches = [];
    for (let i = 0; i < 15; i += 1) {
        training.step();
        batches.push([tf.tensor2d(Float32Array.from(training.batchInputs.subarray(0, 20)), [10, 2]),
            tf.tensor2d(Float32Array.from(training.batchLabels.subarray(0, 10)), [10, 1])]);
    }
    const sizes = [2, 4, 2, 1];
    const drawn = (n) => tf.randomUniform([sizes[n], sizes[n + 1]], -0.5, 0.5, "float32", n);
    const weights = [0, 1, 2].map((n) => tf.variable(drawn(n)));
    const biases = [0, 1, 2].map((n) => tf.variable(tf.zeros([sizes[n + 1]])));
    const optimiser = tf.train.adam(0.03);
    const step = (i) => {
        const [x, y] = batches[i % 15];
        optimiser.minimize(() => {
            const hidden = [0, 1].reduce((h, n) => h.matMul(weights[n]).add(biases[n]).tanh(), x);
            return tf.losses.sigmoidCrossEntropy(y, hidden.matMul(weights[2]).add(biases[2]));
        });
    };
    for (let i = 0; i < 30; i += 1) step(i);
    await weights[0].data();
    const begin = performance.now();
    let steps = 0;
    while (performance.now() - begin < 1000 * seconds) { for (let i = 0; i < 5; i += 1) step(steps + i); steps += 5; }
    await weights[0].data();
    const rate = steps / (performance.now() - begin) * 1000;
    const scores = batches.map(([x, y]) => {
        const hidden = [0, 1].reduce((h, n) => h.matMul(weights[n]).add(biases[n]).tanh(), x);
        return tf.losses.sigmoidCrossEntropy(y, hidden.matMul(weights[2]).add(biases[2])).dataSync()[0];
    });
    return { rate, loss: scores.reduce((a, b) => a + b) / 15 };
}
"""


def main() -> None:
    """Fetch, run in turn, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--page", help="address of a running app: pictures a second, and the wait for an answer")
    options = parser.parse_args()
    if options.page:
        _print(_drawn(options.page, options.rounds), options.json)
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        scripts = _fetched(Path(folder))
        browser = playwright.chromium.launch(executable_path=installed_browser(), args=CHROMIUM_FLAGS)
        told: dict[str, list[dict[str, float]]] = {}
        backends = ["cpu", "wasm", "webgl"]
        for _round in range(options.rounds):
            page = _page_of(browser.new_page(), scripts)
            told.setdefault("playground", []).append(page.evaluate(OURS, SECONDS))
            page.close()
            for backend in [*backends]:
                found = _theirs(_page_of(browser.new_page(), scripts), backend)
                if found is None:
                    backends.remove(backend)
                else:
                    told.setdefault(f"tensorflow.js {backend}", []).append(found)
        browser.close()
    _print(_summary(told), options.json)


def _print(result: dict[str, Any], file: Path | None) -> None:
    print(json.dumps(result, indent=2))
    if file:
        file.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def _drawn(address: str, rounds: int) -> dict[str, Any]:
    """While the default network trains: pictures a second, milliseconds a redraw, and from a control to its picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed_browser(), args=CHROMIUM_FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{address}/{PLAYGROUND}?v=1")
        lab = page.get_by_test_id("playground")
        page.get_by_role("button", name="Train", exact=True).click(timeout=60_000)
        page.wait_for_timeout(2000)
        found, answers = [], []
        for turn in range(rounds):
            found.append(page.evaluate(FRAMES, SECONDS))
            page.get_by_role("combobox", name="Learning rate").select_option(("0.1", "0.03")[turn % 2])
            answers.append(float(lab.get_attribute("data-answer") or "nan"))
        browser.close()
    return {
        "frames_per_s": round(statistics.median(one["frames"] for one in found), 1),
        "redraw_ms": round(statistics.median(ms for one in found for ms in one["redraws"]), 1),
        "answer_ms": round(statistics.median(answers), 1),
    }


def _fetched(folder: Path) -> dict[str, Path]:
    """The scripts and the binaries, by the address that the page asks for."""
    subprocess.run(["npm", "pack", "--silent", *PACKAGES], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    for archive in folder.glob("*.tgz"):
        with tarfile.open(archive) as packed:
            packed.extractall(folder / archive.stem.rsplit("-", 1)[0], filter="data")
    whole, wasm = folder / "tensorflow-tfjs" / "package" / "dist", folder / "tensorflow-tfjs-backend-wasm" / "package"
    binaries = {f"/wasm/{path.name}": path for path in wasm.rglob("*.wasm")}
    return {"/tf.js": whole / "tf.min.js", "/tf-wasm.js": wasm / "dist" / "tf-backend-wasm.min.js", **binaries}


def _page_of(page: Page, scripts: dict[str, Path]) -> Page:
    """An empty page with both of them in it."""

    def answer(route: Route) -> None:
        path = scripts.get("/" + route.request.url.removeprefix(SITE).lstrip("/"))
        kind = "application/wasm" if path and path.suffix == ".wasm" else "text/javascript"
        if path is None:
            route.fulfill(body="<!doctype html><body>", content_type="text/html")
        else:
            route.fulfill(body=path.read_bytes(), content_type=kind)

    page.route("**/*", answer)
    page.goto(SITE)
    page.add_script_tag(url="/tf.js")
    page.add_script_tag(url="/tf-wasm.js")
    shown = "Object.assign(window, { Training, begun }); window.isLoaded = true;"
    page.add_script_tag(type="module", content=f"{javascript(*LAB_ENGINE)}\n{shown}")
    page.wait_for_function("window.isLoaded")
    return page


def _theirs(page: Page, backend: str) -> dict[str, float] | None:
    """What a backend reaches; None for one that does not start or end here: WebGL without a GPU."""
    page.evaluate(f"(asked) => {{ window.told = 0; ({THEIRS})(asked).then((found) => {{ window.told = found; }}); }}",
                  [backend, SECONDS])  # fmt: skip
    try:
        page.wait_for_function("window.told !== 0", timeout=LIMIT_MS)
        found: dict[str, float] | None = page.evaluate("window.told")
    except PlaywrightTimeout:
        print(f"{backend}: not done within {LIMIT_MS / 1000:.0f} s", file=sys.stderr)
        return None
    page.close()
    return found


def _summary(told: dict[str, list[dict[str, float]]]) -> dict[str, Any]:
    """Medians, and how many times the fastest of theirs."""
    rates = {name: statistics.median(one["rate"] for one in rounds) for name, rounds in told.items()}
    fastest = max((name for name in rates if name != "playground"), key=lambda name: rates[name])
    return {
        "steps_per_s": {name: round(rate) for name, rate in rates.items()},
        "loss": {name: rounds[-1]["loss"] for name, rounds in told.items()},
        "fastest_of_theirs": fastest,
        "times": round(rates["playground"] / rates[fastest], 1),
    }


if __name__ == "__main__":
    main()
