"""The features of a flight as a visitor meets them: label, unit and what they mean."""

from __future__ import annotations

from core.contracts import Column
from core.use_cases.helpers import category, number


def _late(name: str, label: str) -> Column:
    return number(
        name,
        label,
        "share of flights",
        help="Flights that had not left 15 minutes after schedule. Where few, it leans on the last 28 days' share.",
    )


def _history(name: str, label: str) -> Column:
    return number(name, label, "difference in shares", help=_HISTORY_HELP)


_HISTORY_HELP = (
    "Share that arrived late or never, minus that of all flights of 28 days; of a flight number, minus its route's. "
    "From flights scheduled at least 13 hours before, whose arrival was due."
)
_STANDING_HELP = "Between 15 minutes and 3 hours after their schedule, and still at the gate."

COLUMNS = (
    category("carrier", "Airline"),
    category("origin", "From"),
    category("destination", "To"),
    category("weekday", "Day of the week"),
    number("departure_hour", "Scheduled departure", "hour of day"),
    number("arrival_hour", "Scheduled arrival", "hour of day, local time"),
    number("distance", "Distance", "miles"),
    number(
        "padding",
        "Scheduled time, beyond the usual",
        "minutes",
        help="Scheduled duration minus the mean of the route's flights of the last 28 days: slack to catch up in.",
    ),
    number("days_from_holiday", "Days to or from a federal holiday", "days", help="4 stands for more."),
    number("departures_before", "Scheduled from this airport, hour before", "flights"),
    number("departures_after", "Scheduled from this airport, hour after", "flights"),
    number("own_departures", "The airline's, within an hour", "flights"),
    _late("late_origin_1h", "Leaving late here, last hour"),
    _late("late_origin_4h", "Leaving late here, last 4 hours"),
    _late("late_origin_24h", "Leaving late here, last 24 hours"),
    _late("late_all_2h", "Leaving late at all three airports, last 2 hours"),
    _late("late_carrier_4h", "The airline's leaving late, last 4 hours"),
    _late("late_carrier_24h", "The airline's leaving late, last 24 hours"),
    _late("late_dest_6h", "Leaving late for this destination, last 6 hours"),
    _late("late_dest_24h", "Leaving late for this destination, last 24 hours"),
    _late("late_carrier_route_24h", "The airline's on this route, last 24 hours"),
    number("delay_origin_2h", "Mean delay of those that left here, last 2 hours", "minutes"),
    number("delay_carrier_4h", "Mean delay of the airline's, last 4 hours", "minutes"),
    number("delay_dest_6h", "Mean delay to this destination, last 6 hours", "minutes"),
    number("overdue_origin", "Standing late here now", "flights", help=_STANDING_HELP),
    number("overdue_origin_min", "For how long, on average", "minutes"),
    number("overdue_all", "Standing late at all three airports", "flights", help=_STANDING_HELP),
    number("overdue_all_min", "All three: for how long, on average", "minutes"),
    number("overdue_carrier", "The airline's standing late now", "flights", help=_STANDING_HELP),
    number("overdue_carrier_min", "The airline's: for how long, on average", "minutes"),
    number(
        "cancelled_24h",
        "Not gone after 3 hours, last 24 hours",
        "share of flights",
        help="When a flight was cancelled is not in the data: it counts once it is three hours overdue.",
    ),
    _history("history_all_3d", "All flights, last 3 days"),
    _history("history_carrier_28d", "This airline, last 28 days"),
    _history("history_dest_28d", "This destination, last 28 days"),
    _history("history_hour_28d", "This airport at this hour, last 28 days"),
    _history("history_route_28d", "The airline on this route, last 28 days"),
    _history("history_flight_28d", "This flight number, last 28 days"),
    _history("history_flight_year", "This flight number, since January"),
    number(
        "lost_on_route_28d",
        "Lost on the way on this route, last 28 days",
        "minutes",
        help="Arrival delay minus departure delay; below 0 flights catch up.",
    ),
    number(
        "temperature",
        "Temperature",
        "°F",
        help="Weather is that of the last complete hour before the moment of prediction, not that at departure: no "
        "forecast is in the data.",
    ),
    number("dew_gap", "Temperature above dew point", "°F", help="Near 0 there is fog or rain."),
    number("wind", "Wind", "mph"),
    number("gust", "Gusts", "mph", help="The wind itself where no gusts were reported."),
    number("wind_east", "Wind from the east", "mph", help="Below 0 from the west."),
    number("wind_north", "Wind from the north", "mph", help="Below 0 from the south."),
    number("visibility", "Visibility", "miles", help="10 stands for more."),
    number("visibility_region", "Worst visibility of the three airports", "miles"),
    number("rain", "Rain or snow, last hour", "inches"),
    number("rain_6h", "Rain or snow, last 6 hours", "inches"),
    number("pressure", "Air pressure", "mbar"),
    number("pressure_change", "Change of pressure in 3 hours", "mbar"),
)
