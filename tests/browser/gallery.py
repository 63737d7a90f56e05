"""`make gallery`: every page and section as a picture, light and dark, wide and narrow, with an index to look at."""

from __future__ import annotations

import argparse
import html
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from core.contracts import UseCase
from core.contracts.glossary import BAD_RUNS, PAGE, PLAYGROUND, PRINTED, SPLIT
from core.use_cases import INDUSTRIES, all_use_cases
from tests.browser.conftest import _FLAGS, ROOT, TITLES, App, free_port, open_section, settled
from tests.browser.install import installed
from tests.browser.stops import sections_of
from tests.processes import end_processes_of

SIZES = {"wide": (1440, 900), "narrow": (390, 844)}
SCHEMES = ("light", "dark")
_TALLEST = 6000
_PATIENCE_S = 180


def main() -> None:
    """Start a server on an empty store, walk it, and write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", help="use cases, 'home' or industries; all, where none is named")
    parser.add_argument("--out", type=Path, default=ROOT / "tests" / "browser" / "screenshots" / "gallery")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        app = App(store=Path(folder), port=free_port())
        app.start()
        browser = playwright.chromium.launch(executable_path=installed(), args=_FLAGS)
        try:
            names = [
                name for size in SIZES for scheme in SCHEMES for name in _walk(browser, app, size, scheme, options)
            ]
        finally:
            browser.close()
            app.kill()
            end_processes_of(app.store)
    _write_index(options.out, names)
    print(f"{len(names)} pictures; look at {options.out / 'index.html'}")


def _walk(browser: Browser, app: App, size: str, scheme: str, options: argparse.Namespace) -> Iterator[str]:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    places = ["", PAGE, SPLIT, PLAYGROUND, PRINTED, BAD_RUNS, *(name for name in INDUSTRIES.all() if name != "testing")]
    for place in places:
        if not options.only or (place or "home") in options.only:
            yield _open(page, app, place, options.out, f"{place or 'home'}-{size}-{scheme}")
    for use_case in all_use_cases():
        if use_case.industry != "testing" and (not options.only or use_case.name in options.only):
            yield from _sections(page, app, use_case, options.out, f"{size}-{scheme}")
    context.close()


def _open(page: Page, app: App, place: str, out: Path, name: str) -> str:
    page.goto(f"{app.url}/{place}")
    settled(page, _PATIENCE_S)
    return _picture(page, out, name)


def _sections(page: Page, app: App, use_case: UseCase, out: Path, kind: str) -> Iterator[str]:
    page.goto(f"{app.url}/{use_case.slug}")
    settled(page, _PATIENCE_S)
    for section in sections_of(use_case):
        open_section(page, TITLES[section])
        settled(page, _PATIENCE_S)  # the first profile of a data set is made while one waits
        page.wait_for_timeout(700)  # charts and components draw after the script has run
        yield _picture(page, out, f"{use_case.slug}-{section.value}-{kind}")


def _picture(page: Page, out: Path, name: str) -> str:
    """The whole page: Streamlit scrolls inside, so the window grows for the picture."""
    size = page.viewport_size
    assert size is not None
    tall = int(page.get_by_test_id("stMain").evaluate("main => main.scrollHeight"))
    page.set_viewport_size({"width": size["width"], "height": min(max(tall, size["height"]), _TALLEST)})
    page.wait_for_timeout(300)
    page.screenshot(path=out / f"{name}.png")
    page.set_viewport_size(size)
    return name


def _write_index(out: Path, names: list[str]) -> None:
    figures = "".join(
        f'<figure><a href="{n}.png"><img loading="lazy" src="{n}.png" alt=""></a><figcaption>{n}</figcaption></figure>'
        for n in map(html.escape, sorted(names))
    )
    style = "body{font-family:sans-serif;display:flex;flex-wrap:wrap;gap:16px}img{height:420px;border:1px solid #ccc}"
    out.joinpath("index.html").write_text(
        f'<!doctype html><meta charset="utf-8"><title>Gallery</title><style>{style}</style>{figures}', encoding="utf-8"
    )


if __name__ == "__main__":
    main()
