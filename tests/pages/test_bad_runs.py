"""The gallery of bad runs: each recorded run has the fault that it hangs there for."""

from __future__ import annotations

import math
import re

import pytest
from streamlit.testing.v1 import AppTest

from core.charts.look import LIGHT
from core.charts.two_losses import two_losses
from core.diagnosis import doctor, findings
from core.store import runs, store_folder
from pages.bad_runs import GALLERY, LABELS
from pages.components.playground_words import PRESETS

_DRAWN = (
    "import streamlit as st\n"
    "from pages import bad_runs\n"
    "page = st.Page(lambda: None, title='x', url_path='x')\n"
    "st.navigation([page], position='hidden')\n"
    "bad_runs.draw(lambda use_case: page, page)\n"
)


@pytest.mark.parametrize("fault", GALLERY)
def test_a_recorded_run_has_the_fault_that_it_is_shown_for(fault: str) -> None:
    run_id, preset = GALLERY[fault]
    run = next(one for one in runs.list_runs(store_folder()) if one.id == run_id)
    assert doctor.diagnose(run.progress())[0].fault == fault
    assert preset in ("", *(one.name for one in PRESETS if one.is_bad))
    assert fault in LABELS


def test_the_page_shows_every_one_in_the_doctor_s_words() -> None:
    app = AppTest.from_string(_DRAWN, default_timeout=60).run()
    assert not app.exception
    assert len(app.header) == len(GALLERY)
    assert set(GALLERY) < set(findings.FAULTS)


def test_a_curve_has_gaps_where_the_loss_is_no_number_and_a_logarithm_where_it_is_wide() -> None:
    made = two_losses([1, math.nan, 0.5, 0.25], [1, 1, 1, 1], LIGHT)
    train = re.findall(r'd="([^"]+)"', made)[2]
    assert train.count("M") == 2, "it begins anew after the gap"
    heights = [
        float(y) for y in re.findall(r",([\d.]+)", re.findall(r'd="([^"]+)"', two_losses([1, 10, 100], [1], LIGHT))[2])
    ]
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=0.2)
