"""The page that goes home, opened with the network cut: its charts are drawn, on a phone too, and on paper."""

from __future__ import annotations

from core.export.facts import Facts
from core.export.page import dossier
from core.export.pictures import pictures
from core.export.subject import Subject
from core.store import store_folder


def test_it_draws_without_a_network_and_fits_a_phone(chromium, tmp_path):
    facts = Facts(Subject.load(store_folder(), "retail-coupon_response-recommended"))
    (tmp_path / "dossier.html").write_text(dossier(facts), encoding="utf-8")
    window = chromium.new_context(offline=True, viewport={"width": 390, "height": 844})
    tab = window.new_page()
    said, asked = [], []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto((tmp_path / "dossier.html").as_uri())
    tab.locator("#chart-importance .main-svg").first.wait_for()
    charts = [picture.name for picture in pictures(facts)]
    assert tab.locator(".chart > .plot-container").count() == len(charts)
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    assert tab.locator("[data-origin='scoreboard']").first.get_attribute("title") == "scoreboard"
    paper = tab.pdf(format="A4", print_background=True)
    assert paper.startswith(b"%PDF")
    assert paper.count(b"/Type /Page\n") + paper.count(b"/Type/Page\n") + paper.count(b"/Type /Page ") <= 12
    window.close()
