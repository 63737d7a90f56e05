"""What stands beside a demand forecast, and departments, kinds of series and weekdays as people write them."""

from __future__ import annotations

from core.use_cases.helpers import number

BESIDE = (
    number("made", "Forecast made"),
    number("day", "Day"),
    number("fresh", "Fresh goods"),
    number("week_ago", "Sold a week before", "$"),
    number("four_weeks", "Mean of this weekday, last 4 weeks", "$"),
    number("week", ""),
)
NAMES = {
    "DELI": "Deli",
    "DRUG GM": "Drugstore and household",
    "FLORAL": "Flowers",
    "FUEL": "Fuel",
    "GROCERY": "Groceries",
    "MEAT": "Meat",
    "MEAT-PCKGD": "Meat, packaged",
    "MISCELLANEOUS": "Miscellaneous",
    "NUTRITION": "Nutrition",
    "PASTRY": "Pastry",
    "PRODUCE": "Fruit and vegetables",
    "SEAFOOD-PCKGD": "Seafood, packaged",
    "DEMOGRAPHIC": "Demographic",
    "FINANCE": "Finance",
    "INDUSTRY": "Industry",
    "MACRO": "Macro",
    "MICRO": "Micro",
    "OTHER": "Other",
    **{day: day for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")},
}
