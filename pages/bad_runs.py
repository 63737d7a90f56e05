"""The gallery of bad runs: for each fault of the run doctor a recorded run that has it, and where it can be mended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

import streamlit as st

from core.charts.look import Look
from core.charts.two_losses import two_losses
from core.contracts import UseCase
from core.contracts.events import epochs_of
from core.diagnosis import doctor
from core.diagnosis.events import number
from core.formatting.text import _, escape_markdown, named
from core.store import runs, store_folder
from core.store.runs import Run
from core.use_cases import use_case
from pages.components.look import start_page
from pages.components.playground_words import PRESETS
from pages.components.story import sentence

OpenPage = Callable[[UseCase], st.Page]
# By fault: the recorded run that has it, and the playground's preset that shows the same in small.
GALLERY: Mapping[str, tuple[str, str]] = {
    "divergence": ("retail-churn-overshoot", "diverges"),
    "dead_units": ("supply_chain-shipment_delay-overshoot", "dead"),
    "vanishing_gradients": ("healthcare-heart_disease-fade", "vanishes"),
    "slow_learning": ("finance-credit_default-crawl", ""),
    "over_fitting": ("retail-coupon_response-memorise", "by_heart"),
    "too_good": ("healthcare-chest_xray-as_they_are", ""),
    "mode_collapse": ("vision-imagine-collapse", ""),
}
LABELS: dict[str, str] = {
    "divergence": "Look at the height of the loss: one constant answer for every row would lose less.",
    "dead_units": "Look at the share of dead units below the curves: once dead, always dead.",
    "vanishing_gradients": "Look at the gradients: those of the first layer are next to nothing, and little moves.",
    "slow_learning": "Look at the curve: it is still as steep at the end as at the beginning.",
    "over_fitting": "Look at the two curves: one goes on falling, the other has turned.",
    "too_good": "Look at the score, before anything else: nobody reads an X-ray as well as this.",
    "mode_collapse": "Look at the pictures that it makes: however the noise differs, they are alike.",
}


def draw(open_page: OpenPage, playground: st.Page) -> None:
    """Draw the page."""
    look = start_page()
    st.title(_("Gallery of bad runs"))
    sentence(_("How trainings fail, each on real data and recorded as it happened, and the click that mends it."))
    shipped = {run.id: run for run in runs.list_runs(store_folder())}
    for fault, (run_id, preset) in GALLERY.items():
        if run_id in shipped:
            _draw_one(fault, shipped[run_id], preset, open_page, playground, look)


def _draw_one(fault: str, run: Run, preset: str, open_page: OpenPage, playground: st.Page, look: Look) -> None:
    events = run.progress()
    finding = next((one for one in doctor.diagnose(events) if one.fault == fault), None)
    if finding is None:
        return
    declared, epochs = use_case(run.use_case), epochs_of(events)
    st.header(named(finding.title), anchor=fault)
    curves, words = st.columns([1, 2], gap="large")
    with curves:
        train = [number(e.get("train_loss")) for e in epochs]
        validation = [number(e.get("validation_loss")) for e in epochs]
        alt = _("Loss on training rows and on validation rows, epoch by epoch")
        st.image(two_losses(train, validation, look), width=320, alt=alt)
        st.caption(_("Loss, epoch by epoch: on training rows, and dashed on validation rows"))
    with words:
        st.markdown(f"**{escape_markdown(_(LABELS[fault]))}**")
        st.markdown(f"{escape_markdown(finding.saw)} {escape_markdown(finding.why)}")
        st.page_link(
            open_page(declared),
            label=_("{title}: the recorded run, and the doctor's button").format(title=named(_(declared.title))),
            query_params={"use_case": declared.name, "section": "train", "run": run.id},
        )
        lesson = next((one for one in PRESETS if one.name == preset), None)
        if lesson:
            st.page_link(
                playground,
                label=_("The same in the playground, to be mended there"),
                query_params=dict(parse_qsl(f"v=1&{lesson.query}")),
            )
