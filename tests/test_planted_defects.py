"""The defects of `python -m tests.planted_defects` can all be planted in the code as it is: the list moves with it."""

import ast

import pytest

from tests.planted_defects import DEFECTS, ROOT, planted


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda d: d.area)
def test_a_defect_can_be_planted(defect):
    text = planted(ROOT, defect)
    assert text != (ROOT / defect.file).read_text(encoding="utf-8")
    if defect.file.endswith(".py"):
        ast.parse(text)
    assert all((ROOT / named).exists() for named in defect.tests.split())


def test_there_is_one_defect_an_area_and_twenty_of_them():
    assert len({defect.area for defect in DEFECTS}) == len(DEFECTS) >= 20


def test_code_that_has_moved_is_told(tmp_path):
    defect = DEFECTS[0]
    (tmp_path / defect.file).parent.mkdir(parents=True)
    (tmp_path / defect.file).write_text("pass\n")
    with pytest.raises(ValueError, match="0 times"):
        planted(tmp_path, defect)
