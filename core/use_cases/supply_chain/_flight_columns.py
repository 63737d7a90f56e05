"""The features of a flight as a visitor meets them: label, unit and what they mean. Computes nothing."""

from __future__ import annotations

from core.contracts import Column, ColumnKind

_CATEGORY = ColumnKind.CATEGORY


def _late(name: str, label: str) -> Column:
    return Column(
        name=name,
        label=label,
        unit="share of flights",
        help="Flights that had not left 15 minutes after schedule. Where few, it leans on the last 28 days' share.",
    )


def _history(name: str, label: str) -> Column:
    return Column(name=name, label=label, unit="difference in shares", help=_HISTORY_HELP)


_HISTORY_HELP = (
    "Share that arrived late or never, minus that of all flights of 28 days; of a flight number, minus its route's. "
    "From flights scheduled at least 13 hours before, whose arrival was due."
)
_STANDING_HELP = "Between 15 minutes and 3 hours after their schedule, and still at the gate."

COLUMNS = (
    Column(name="carrier", label="Airline", kind=_CATEGORY),
    Column(name="origin", label="From", kind=_CATEGORY),
    Column(name="destination", label="To", kind=_CATEGORY),
    Column(name="weekday", label="Day of the week", kind=_CATEGORY),
    Column(name="departure_hour", label="Scheduled departure", unit="h"),
    Column(name="arrival_hour", label="Scheduled arrival", unit="h, local time"),
    Column(name="distance", label="Distance", unit="miles"),
    Column(
        name="padding",
        label="Scheduled time, beyond the usual",
        unit="minutes",
        help="Scheduled duration minus the mean of the route's flights of the last 28 days: slack to catch up in.",
    ),
    Column(name="days_from_holiday", label="Days to or from a federal holiday", unit="days", help="4 stands for more."),
    Column(name="departures_before", label="Scheduled from this airport, hour before", unit="flights"),
    Column(name="departures_after", label="Scheduled from this airport, hour after", unit="flights"),
    Column(name="own_departures", label="The airline's, within an hour", unit="flights"),
    _late("late_origin_1h", "Leaving late here, last hour"),
    _late("late_origin_4h", "Leaving late here, last 4 hours"),
    _late("late_origin_24h", "Leaving late here, last 24 hours"),
    _late("late_all_2h", "Leaving late at all three airports, last 2 hours"),
    _late("late_carrier_4h", "The airline's leaving late, last 4 hours"),
    _late("late_carrier_24h", "The airline's leaving late, last 24 hours"),
    _late("late_dest_6h", "Leaving late for this destination, last 6 hours"),
    _late("late_dest_24h", "Leaving late for this destination, last 24 hours"),
    _late("late_carrier_route_24h", "The airline's on this route, last 24 hours"),
    Column(name="delay_origin_2h", label="Mean delay of those that left here, last 2 hours", unit="minutes"),
    Column(name="delay_carrier_4h", label="Mean delay of the airline's, last 4 hours", unit="minutes"),
    Column(name="delay_dest_6h", label="Mean delay to this destination, last 6 hours", unit="minutes"),
    Column(name="overdue_origin", label="Standing late here now", unit="flights", help=_STANDING_HELP),
    Column(name="overdue_origin_min", label="For how long, on average", unit="minutes"),
    Column(name="overdue_all", label="Standing late at all three airports", unit="flights", help=_STANDING_HELP),
    Column(name="overdue_all_min", label="All three: for how long, on average", unit="minutes"),
    Column(name="overdue_carrier", label="The airline's standing late now", unit="flights", help=_STANDING_HELP),
    Column(name="overdue_carrier_min", label="The airline's: for how long, on average", unit="minutes"),
    Column(
        name="cancelled_24h",
        label="Not gone after 3 hours, last 24 hours",
        unit="share of flights",
        help="When a flight was cancelled is not in the data: it counts once it is three hours overdue.",
    ),
    _history("history_all_3d", "All flights, last 3 days"),
    _history("history_carrier_28d", "This airline, last 28 days"),
    _history("history_dest_28d", "This destination, last 28 days"),
    _history("history_hour_28d", "This airport at this hour, last 28 days"),
    _history("history_route_28d", "The airline on this route, last 28 days"),
    _history("history_flight_28d", "This flight number, last 28 days"),
    _history("history_flight_year", "This flight number, since January"),
    Column(
        name="lost_on_route_28d",
        label="Lost on the way on this route, last 28 days",
        unit="minutes",
        help="Arrival delay minus departure delay; below 0 flights catch up.",
    ),
    Column(
        name="temperature",
        label="Temperature",
        unit="°F",
        help="Weather is that of the last complete hour before the moment of prediction, not that at departure: no "
        "forecast is in the data.",
    ),
    Column(name="dew_gap", label="Temperature above dew point", unit="°F", help="Near 0 there is fog or rain."),
    Column(name="wind", label="Wind", unit="mph"),
    Column(name="gust", label="Gusts", unit="mph", help="The wind itself where no gusts were reported."),
    Column(name="wind_east", label="Wind from the east", unit="mph", help="Below 0 from the west."),
    Column(name="wind_north", label="Wind from the north", unit="mph", help="Below 0 from the south."),
    Column(name="visibility", label="Visibility", unit="miles", help="10 stands for more."),
    Column(name="visibility_region", label="Worst visibility of the three airports", unit="miles"),
    Column(name="rain", label="Rain or snow, last hour", unit="inches"),
    Column(name="rain_6h", label="Rain or snow, last 6 hours", unit="inches"),
    Column(name="pressure", label="Air pressure", unit="mbar"),
    Column(name="pressure_change", label="Change of pressure in 3 hours", unit="mbar"),
)
