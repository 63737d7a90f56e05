"""An outside folder, a link and data full of links and pictures: no page makes one of them, or fetches it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlencode, urlparse

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, ROOT, App, drawn, open_section, picture, serving, settled

NAME = "green_energy/sun"
CODE = '''
from core.contracts import *
from core.value.threshold import Payoffs, ThresholdValue, ThresholdWords

BAD = (
    "![x](https://example.invalid/p.png) [c](https://example.invalid/c) https://example.invalid/l www.example.invalid "
    "me@example.invalid <a href='https://example.invalid/h'>h</a><img src='https://example.invalid/i.png'> $x$ :smile:"
)


def bad(name):
    """Each begins with its name, and every kind of link stands within a hundred letters of it."""
    kinds = BAD.split(" ")
    kind = kinds[sum(map(ord, name)) % 5] if name != "html" else BAD[BAD.index("<a") : BAD.index(" $x$")]
    return f"{name} {kind}"


def examples(tables):
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(17)
    x = rng.normal(size=600)
    kind = np.where(rng.random(600) > 0.5, bad("html"), bad("category"))
    features = pd.DataFrame({"x": x, "kind": kind, "flag": (x > 1).astype(float)})
    return Examples(
        features=features,
        target=pd.DataFrame({"returned": (x + rng.normal(size=600) > 0.3).astype(float)}),
        unit=np.arange(600),
        info=pd.DataFrame({bad("column"): [bad("told")] * 600, "x": x}),
    )


def plan(examples):
    import numpy as np

    a, b, c = np.array_split(np.random.default_rng(3).permutation(len(examples)), 3)
    return Plan(folds=(Fold(name="one", train=a, validation=b, test=c),), unit=bad("unit"), separation="unit",
                sentence=BAD)


WORDS = {name: bad(name) for name in ThresholdWords.__dataclass_fields__}
VALUE = ThresholdValue(
    payoffs=lambda assumed: Payoffs(tp=assumed["gain"], fp=-1.0, fn=0.0, tn=0.0),
    records_per_year=lambda assumed, info: 1000.0,
    words=ThresholdWords(**WORDS),
    currency="points",
    assumptions=(
        Assumption(name="gain", label=bad("gain"), value=2.0, low=0.0, high=5.0, step=0.5, unit=bad("u"),
                   source=BAD, help=BAD),
    ),
)
USE_CASE = UseCase(
    name="green_energy/sun",
    title="Sun ![x](https://example.invalid/t.png) https://example.invalid/s",
    summary=BAD,
    question=Question(who=BAD, problem=BAD, cost_today=BAD, what_ai_does=BAD),
    datasets=("hostile",),
    columns=(
        Column(name="x", label=bad("signal"), unit="$", help=BAD),
        Column(name="kind", label=bad("kind"), kind=ColumnKind.CATEGORY, help=BAD),
        Column(name="flag", label=bad("flag"), kind=ColumnKind.BINARY),
    ),
    task=Task(kind=Kind.BINARY, target=bad("target"), target_columns=("returned",), outputs=("chance",),
              loss="binary_cross_entropy", metrics=("roc_auc", "log_loss"), headline="roc_auc",
              positive=bad("positive"), negative=bad("negative")),
    model="table_network",
    baselines=("logistic",),
    examples=examples,
    plan=plan,
    value=VALUE,
    settings={"members": {"default": 2}, "num_epochs": {"default": 3}},
    presets=(Preset(name="recommended", title=bad("preset"), reason=BAD),
             Preset(name="bad", title=bad("worse"), reason=BAD, values={"width": 8}, good=False)),
    variants=(Variant(name="one", title=bad("first"), reason=BAD),
              Variant(name="two", title=bad("second"), reason=BAD, changes={"summary": BAD})),
    variants_label=bad("choice"),
    record_label=bad("record"),
)
'''
INDUSTRY = """
from core.contracts import Industry

BAD = "https://example.invalid/l ![x](https://example.invalid/p.png) <a href='https://example.invalid/h'>h</a>"
INDUSTRY = Industry(name="green_energy", title=f"Green {BAD}", summary=BAD, earns=(f"**Bold** {BAD}",), hard=(BAD,))
"""
DATASET = """
from pathlib import Path

from core.contracts import Dataset

BAD = "https://example.invalid/l ![x](https://example.invalid/p.png) <a href='https://example.invalid/h'>h</a>"
DATASET = Dataset(name="hostile", title=f"Data {BAD}", origin=BAD, licence=BAD, synthetic=True, files=(), rebuild=BAD,
                  caveats=(BAD,), folder=str(Path(__file__).parent))
"""
BROKEN = "raise RuntimeError('see https://example.invalid/l ![x](https://example.invalid/p.png)')"
FOREIGN = """
() => {
    const found = [], todo = [document];
    while (todo.length) {
        const root = todo.pop();
        for (const node of root.querySelectorAll("*")) {
            if (node.shadowRoot) todo.push(node.shadowRoot);
            for (const name of ["href", "src", "xlink:href", "srcset", "style", "formaction"]) {
                const value = node.getAttribute(name) ?? "";
                if (/example\\.invalid/.test(value)) found.push(`${node.tagName} ${name}=${value}`);
            }
        }
    }
    return found;
}
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A server that was told of the folder, with one run of its use case."""
    extra = tmp_path_factory.mktemp("extra")
    for name, text in (
        (f"use_cases/{NAME}.py", CODE),
        ("use_cases/green_energy/__init__.py", INDUSTRY),
        ("use_cases/green_energy/wind.py", BROKEN),
        ("datasets/hostile.py", DATASET),
    ):
        (extra / name).parent.mkdir(parents=True, exist_ok=True)
        (extra / name).write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROVING_GROUND_EXTRA", str(extra))
        with serving(tmp_path_factory.mktemp("store")) as running:
            subprocess.run(
                [sys.executable, "-m", "core", "train", NAME, "--set", "num_epochs=3"],
                cwd=ROOT,
                env={**os.environ, "PROVING_GROUND_STORE": str(running.store)},
                check=True,
                capture_output=True,
                timeout=180,
            )
            yield running


@pytest.fixture
def asked(page: Page) -> list[str]:
    """The hosts that the browser asked for anything."""
    hosts: list[str] = []
    page.on("request", lambda request: hosts.append(urlparse(request.url).hostname or "127.0.0.1"))  # data: has none
    return hosts


def test_no_text_from_outside_is_a_link_or_a_picture(app: App, page: Page, asked: list[str]) -> None:
    slug = NAME.replace("/", "-")
    bad = "expired. Sign in at https://example.invalid/l ![x](https://example.invalid/p.png)"
    link = urlencode({"run": bad, "section": bad, bad: "1", "set.width": bad, "change.kind": bad, "decision": bad})
    found: dict[str, list[str]] = {}

    def look(where: str) -> None:
        settled(page)
        drawn(page)
        expect(page.get_by_text("example", exact=False).first).to_be_attached()
        found[where] = page.evaluate(FOREIGN)
        picture(page, f"foreign-text-{where}")

    page.goto(app.url)
    look("home")
    page.goto(f"{app.url}/green_energy")
    look("industry")
    page.goto(f"{app.url}/{slug}?{link}")
    look("link")
    assert page.get_by_test_id("stAlert").count() >= 1
    page.get_by_role("button", name="Dismiss").click()
    for section in ("Question", "Data", "Train", "Results", "What if", "Money"):
        open_section(page, section)
        if section == "Train":
            page.get_by_text("All settings").click()
        if section == "What if":
            page.get_by_text("features, not only the strongest").click()
        look(section.lower())
    for help_mark in page.get_by_test_id("stTooltipIcon").all()[:6]:
        help_mark.hover()
        expect(page.get_by_test_id("stTooltipContent").first).to_be_visible()
        found.setdefault("tooltip", []).extend(page.evaluate(FOREIGN))
    assert {where: links for where, links in found.items() if links} == {}
    assert set(asked) == {"127.0.0.1"}
    assert page.title().endswith(" · Proving Ground")


def test_an_industry_from_outside_is_in_the_menu_of_a_phone(app: App, page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto(app.url)
    settled(page)
    page.get_by_test_id("stExpandSidebarButton").click()
    menu = page.get_by_test_id("stSidebarNav")
    link = menu.get_by_role("link", name="Green", exact=False)
    link.scroll_into_view_if_needed()
    picture(page, "foreign-text-menu-phone")
    link.click()
    settled(page)
    expect(page.get_by_role("heading", name="Green", exact=False).first).to_be_visible()
