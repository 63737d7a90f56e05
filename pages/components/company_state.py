"""What the company pages share of a visitor: the ledger of assumptions as it is kept, and whose it is."""

from __future__ import annotations

import streamlit as st

from core.company.assumptions import Ledger
from core.company.declared import BUSINESS, COMPUTE, LEDGER
from core.formatting.text import _, escape_markdown
from core.jobs import rules
from core.store import company, store_folder
from pages.components.state import visitor


def whose() -> str | None:
    """Whose ledger and cases: on a shared server each visitor's own, else everybody's."""
    return visitor() if rules.current().shared else None


def titles() -> dict[str, str]:
    """What the company pages are called, by their addresses."""
    return {BUSINESS: _("Business case"), COMPUTE: _("Compute planner"), LEDGER: _("Assumptions")}


def ledger() -> Ledger:
    """As it is kept; what of it cannot be taken is told on the page."""
    found, problems = company.read_ledger(store_folder(), whose())
    for problem in problems:
        st.warning(escape_markdown(problem))
    return found
