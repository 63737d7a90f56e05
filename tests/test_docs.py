"""The documents keep their word: what they link to and name is there, and a label that is a path is the link's."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "data").glob("*/CARD.md")])
LINK = re.compile(r"!?\[([^\]]*)\]\(([^)\s]+)\)")
NAMED = re.compile(r"`((?:core|data|tests|docs|pages|benchmarks)/[\w/.-]+)`")


def wrong_links(text: str, folder: Path) -> list[str]:
    """What is wrong with each link of a text that lies in a folder."""
    found = []
    for label, target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _hash, place = target.partition("#")
        at = (folder / path).resolve() if path else None
        if at is not None and not at.exists():
            found.append(f"{target} is not there")
        if place and (at is None or at.suffix == ".md"):
            headings = re.findall(r"^#+ (.+)$", text if at is None else at.read_text("utf-8"), re.MULTILINE)
            if place not in [re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings]:
                found.append(f"{target} is no heading there")
        named = label.strip("`")
        looks_like_a_path = re.fullmatch(r"[\w./-]+", named) and ("/" in named or Path(named).suffix)
        if looks_like_a_path and at not in ((folder / named).resolve(), (ROOT / named).resolve()):
            found.append(f"the link called {label} leads to {target}")
    return found


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_where_it_says(path: Path) -> None:
    assert wrong_links(path.read_text("utf-8"), path.parent) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("[docs/results.md](docs/benchmarks.md)", 1),
        ("[`docs/results.md`](docs/benchmarks.md)", 1),
        ("[docs/results.md](docs/results.md)", 0),
        ("[results](docs/results.md)", 0),
        ("[gone](docs/gone.md)", 1),
        ("[there](docs/add-a-use-case.md#data-of-your-own)", 0),
        ("[there](docs/add-a-use-case.md#data-of-others)", 1),
        ("![a picture](docs/pictures/gone.png)", 1),
        ("[elsewhere](https://example.com/gone.md)", 0),
    ],
)
def test_a_link_that_leads_elsewhere_is_found(text: str, count: int) -> None:
    assert len(wrong_links(text, ROOT)) == count


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/add-a-use-case.md"])
def test_every_path_that_a_document_names_exists(name: str) -> None:
    named = set(NAMED.findall((ROOT / name).read_text("utf-8")))
    assert named
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
