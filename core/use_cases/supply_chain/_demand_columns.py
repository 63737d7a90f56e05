"""The features of a demand forecast, as a visitor meets them. All are known on the evening of the forecast."""

from __future__ import annotations

from core.use_cases.helpers import category, number

_TIMES = "times the level"

_DAILY_HISTORY = (
    number("level", "Level: mean day of the last 8 weeks", "$", help="At least 5 dollars."),
    number("last_day", "The day of the forecast", _TIMES),
    number("last_3", "Last 3 days", _TIMES),
    number("last_7", "Last 7 days", _TIMES),
    number("week_before", "The 7 days before those", _TIMES),
    number("last_28", "Last 28 days", _TIMES),
    number("spread", "Spread of the last 8 weeks", _TIMES, help="Standard deviation of the days."),
    number("best_day", "Best day of the last 8 weeks", _TIMES),
    number("same_weekday_1", "The target's weekday, last time", _TIMES),
    number("same_weekday_2", "The target's weekday, last 2 weeks", _TIMES),
    number("same_weekday_4", "The target's weekday, last 4 weeks", _TIMES),
    number("same_weekday_8", "The target's weekday, last 8 weeks", _TIMES),
    number("same_weekday_middle", "The target's weekday, median of 5 weeks", _TIMES),
    number("store_last_7", "All departments, last 7 days", "times their level"),
)
_DAILY_AHEAD = (
    number("horizon", "Days ahead", "days"),
    category("weekday", "Weekday of the target"),
    category("holiday", "Holiday at the target", help="Public holidays and Easter."),
    number("days_to_holiday", "Days from the target to the next holiday", "days", help="At most 7."),
    number("day_of_month", "Day of the month"),
    category("department", "Department"),
)
BY_DEPARTMENT = (*_DAILY_HISTORY, *_DAILY_AHEAD)
BY_STORE = (
    *_DAILY_HISTORY,
    number("department_last_7", "This department in all stores, last 7 days", "times its level"),
    *_DAILY_AHEAD,
    category("store", "Store"),
)
MONTHLY = (
    number("level", "Level: mean month of the last year"),
    number("last", "Last month", _TIMES),
    number("last_3", "Last 3 months", _TIMES),
    number("last_6", "Last 6 months", _TIMES),
    number("year_before", "The target's month, a year before", _TIMES),
    number("growth", "Last year against the year before", "times"),
    number("smoothed", "Smoothed level without seasons", _TIMES, help="Simple exponential smoothing."),
    number("smoothing", "Weight of the newest month in it", help="The one that fitted the past best."),
    number("slope", "Trend of six years", "levels per month"),
    number("slope_24", "Trend of two years", "levels per month"),
    number("slope_12", "Trend of one year", "levels per month"),
    number("noise", "Change from month to month without seasons", _TIMES),
    number("season", "Seasonal factor of the target's month", "times"),
    number("seasonal_strength", "Strength of the seasons", "times"),
    number("yearly_change", "Change from year to year", _TIMES),
    number("theta", "Theta forecast", _TIMES, help="Smoothed level with half the trend, and seasons."),
    number("damped", "Damped trend forecast", _TIMES),
    number("months_known", "Months known", "months"),
    number("horizon", "Months ahead", "months"),
    category("kind", "Type of series"),
)
