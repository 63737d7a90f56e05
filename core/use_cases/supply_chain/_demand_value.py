"""The money of a demand forecast: fresh shelves ordered up to a quantile. What is assumed, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from core.contracts import Assumption
from core.use_cases.supply_chain import _demand_stock
from core.value.level import LevelValue, LevelWords

if TYPE_CHECKING:
    import pandas as pd

LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
_HOUSEHOLDS = 2_469  # whose purchases the data are


def _rows_per_year(assumed: Mapping[str, float], info: pd.DataFrame) -> float:
    return len(info) / info["day"].nunique() * 365 * assumed["households"] / _HOUSEHOLDS


VALUE = LevelValue(
    levels=LEVELS,
    outcome=_demand_stock.outcome,
    simple=_demand_stock.simple,
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
        Assumption(
            name="margin",
            label="Gross margin on fresh goods",
            value=0.30,
            low=0.0,
            high=0.8,
            step=0.01,
            unit="share of sales",
            source="In the usual range of grocery chains; put in your own.",
        ),
        Assumption(
            name="waste_cost",
            label="Cost of what is thrown away",
            value=0.75,
            low=0.0,
            high=1.5,
            step=0.01,
            unit="share of its sales value",
            source="The purchase price at that margin, and 5 cents of a dollar for handling and disposal.",
        ),
        Assumption(
            name="lost_share",
            label="Of what is lacking, lost for good",
            value=0.5,
            low=0.0,
            high=1.0,
            step=0.05,
            unit="share",
            source="Shopper surveys put it between a third and a half (Corsten and Gruen, 2003): others take another "
            "product or come back.",
        ),
        Assumption(
            name="lead_days",
            label="From order to delivery",
            value=2.0,
            low=1.0,
            high=7.0,
            step=1.0,
            unit="days",
            source="Ordered in the evening, delivered before opening on the second morning after; put in your own.",
        ),
        Assumption(
            name="shelf_life",
            label="Fresh goods can be sold for",
            value=3.0,
            low=1.0,
            high=14.0,
            step=1.0,
            unit="days",
            source="Between a day for pastry and a week for packaged meat; one number for all fresh departments.",
        ),
        Assumption(
            name="households",
            label="Households that shop in the chain",
            value=100_000.0,
            low=100.0,
            high=50_000_000.0,
            step=10_000.0,
            unit="households",
            source="A regional chain; the data are the purchases of 2,469 households.",
        ),
    ),
)

BY_STORE = replace(VALUE, words=replace(VALUE.words, chosen="Stocked for a day in a store"))
