"""The features of a demand forecast, as a visitor meets them. All are known on the evening of the forecast."""

from __future__ import annotations

from core.contracts import Column, ColumnKind

_CATEGORY = ColumnKind.CATEGORY
_TIMES = "times the level"

_DAILY_HISTORY = (
    Column(name="level", label="Level: mean day of the last 8 weeks", unit="$", help="At least 5 dollars."),
    Column(name="last_day", label="The day of the forecast", unit=_TIMES),
    Column(name="last_3", label="Last 3 days", unit=_TIMES),
    Column(name="last_7", label="Last 7 days", unit=_TIMES),
    Column(name="week_before", label="The 7 days before those", unit=_TIMES),
    Column(name="last_28", label="Last 28 days", unit=_TIMES),
    Column(name="spread", label="Spread of the last 8 weeks", unit=_TIMES, help="Standard deviation of the days."),
    Column(name="best_day", label="Best day of the last 8 weeks", unit=_TIMES),
    Column(name="same_weekday_1", label="The target's weekday, last time", unit=_TIMES),
    Column(name="same_weekday_2", label="The target's weekday, last 2 weeks", unit=_TIMES),
    Column(name="same_weekday_4", label="The target's weekday, last 4 weeks", unit=_TIMES),
    Column(name="same_weekday_8", label="The target's weekday, last 8 weeks", unit=_TIMES),
    Column(name="same_weekday_middle", label="The target's weekday, median of 5 weeks", unit=_TIMES),
    Column(name="store_last_7", label="All departments, last 7 days", unit="times their level"),
)
_DAILY_AHEAD = (
    Column(name="horizon", label="Days ahead", unit="days"),
    Column(name="weekday", label="Weekday of the target", kind=_CATEGORY),
    Column(name="holiday", label="Holiday at the target", kind=_CATEGORY, help="Public holidays and Easter."),
    Column(name="days_to_holiday", label="Days from the target to the next holiday", unit="days", help="At most 7."),
    Column(name="day_of_month", label="Day of the month"),
    Column(name="department", label="Department", kind=_CATEGORY),
)
BY_DEPARTMENT = (*_DAILY_HISTORY, *_DAILY_AHEAD)
BY_STORE = (
    *_DAILY_HISTORY,
    Column(name="department_last_7", label="This department in all stores, last 7 days", unit="times its level"),
    *_DAILY_AHEAD,
    Column(name="store", label="Store", kind=_CATEGORY),
)
MONTHLY = (
    Column(name="level", label="Level: mean month of the last year"),
    Column(name="last", label="Last month", unit=_TIMES),
    Column(name="last_3", label="Last 3 months", unit=_TIMES),
    Column(name="last_6", label="Last 6 months", unit=_TIMES),
    Column(name="year_before", label="The target's month, a year before", unit=_TIMES),
    Column(name="growth", label="Last year against the year before", unit="times"),
    Column(name="smoothed", label="Smoothed level without seasons", unit=_TIMES, help="Simple exponential smoothing."),
    Column(name="smoothing", label="Weight of the newest month in it", help="The one that fitted the past best."),
    Column(name="slope", label="Trend of six years", unit="levels per month"),
    Column(name="slope_24", label="Trend of two years", unit="levels per month"),
    Column(name="slope_12", label="Trend of one year", unit="levels per month"),
    Column(name="noise", label="Change from month to month without seasons", unit=_TIMES),
    Column(name="season", label="Seasonal factor of the target's month", unit="times"),
    Column(name="seasonal_strength", label="Strength of the seasons", unit="times"),
    Column(name="yearly_change", label="Change from year to year", unit=_TIMES),
    Column(name="theta", label="Theta forecast", unit=_TIMES, help="Smoothed level with half the trend, and seasons."),
    Column(name="damped", label="Damped trend forecast", unit=_TIMES),
    Column(name="months_known", label="Months known", unit="months"),
    Column(name="horizon", label="Months ahead", unit="months"),
    Column(name="kind", label="Type of series", kind=_CATEGORY),
)
