"""The money of a demand forecast: fresh shelves ordered up to a quantile. What is assumed, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from core.use_cases.helpers import QUANTILE_LEVELS, guess, slider
from core.use_cases.supply_chain import _demand_stock
from core.value.level import LevelValue, LevelWords

if TYPE_CHECKING:
    import pandas as pd

_HOUSEHOLDS = 2_469  # whose purchases the data are


def _rows_per_year(assumed: Mapping[str, float], info: pd.DataFrame) -> float:
    return len(info) / info["day"].nunique() * 365 * assumed["households"] / _HOUSEHOLDS


VALUE = LevelValue(
    levels=QUANTILE_LEVELS,
    outcome=_demand_stock.outcome,
    today="The mean of the last 4 weeks",
    retitled={"That mean times the best factor, known afterwards": "The 4-week mean, best factor in hindsight"},
    simple=_demand_stock.simple,
    at_once=True,
    rows_per_year=_rows_per_year,
    words=LevelWords(
        level="Stock up to the forecast's quantile",
        chosen="Stocked for a day, as if all stores shared one shelf",
        kept="Nothing lacked",
        short="Lacked on the shelf",
        over="Thrown away",
        amount_unit="USD of sales",
        unit="forecasts",
    ),
    assumptions=(
        guess(
            "margin",
            "Gross margin on fresh goods",
            slider(0.30, "share of sales", low=0.0, high=0.8, step=0.01),
            "In the usual range of grocery chains; put in your own.",
        ),
        guess(
            "waste_cost",
            "Cost of what is thrown away",
            slider(0.75, "share of its sales value", low=0.0, high=1.5, step=0.01),
            "The purchase price at that margin, and 5 cents of a dollar for handling and disposal.",
        ),
        guess(
            "lost_share",
            "Of what is lacking, lost for good",
            slider(0.5, "share", low=0.0, high=1.0, step=0.05),
            "Shopper surveys put it between a third and a half (Corsten and Gruen, 2003): others take another "
            "product or come back.",
        ),
        guess(
            "lead_days",
            "From order to delivery",
            slider(2.0, "days", low=1.0, high=7.0, step=1.0),
            "Ordered in the evening, delivered before opening on the second morning after; put in your own.",
        ),
        guess(
            "shelf_life",
            "Fresh goods can be sold for",
            slider(3.0, "days", low=1.0, high=14.0, step=1.0),
            "Between a day for pastry and a week for packaged meat; one number for all fresh departments.",
        ),
        guess(
            "households",
            "Households that shop in the chain",
            slider(100_000.0, "households", low=100.0, high=50_000_000.0, step=10_000.0),
            "A regional chain; the data are the purchases of 2,469 households.",
        ),
    ),
)

BY_STORE = replace(VALUE, words=replace(VALUE.words, chosen="Stocked for a day in a store"))
