"""How the tests are arranged (decision 0032): no test is left out of both parts, and files that wait come first."""

import itertools
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def parts_of(target: str) -> list[str]:
    """The marks that each part of a target of the Makefile takes."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    lines = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert lines
    return re.findall(r'-m "([^"]+)"', lines[1])


def test_every_test_is_in_exactly_one_part_and_a_long_one_in_the_long_run_alone():
    for target, takes_long in (("test", False), ("test-long", True)):
        for long, alone in itertools.product((False, True), repeat=2):
            found = [part for part in parts_of(target) if eval(part, {"long": long, "alone": alone})]
            assert len(found) == int(takes_long or not long), (target, long, alone)


def test_the_check_of_a_clean_checkout_is_make_test():
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").rstrip().endswith("exec make test")


def test_files_that_wait_come_before_the_others(request):
    folders = [item.path.parent.name in ("browser", "jobs") for item in request.session.items]
    assert folders == sorted(folders, reverse=True)
