"""Features of a flight as it stands three hours before its scheduled departure. Every number has a moment from which
it was known, and is read only by flights whose moment of prediction is later.

Times are whole minutes of absolute time (UTC) since 2013 began; sums are of integers, so that what happens later cannot
change even the last bit of an earlier flight's features.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.use_cases.supply_chain._flight_weather import minutes, weather

if TYPE_CHECKING:
    import pandas as pd

NOTICE_MIN = 180
LATE_MIN = 15
_HOUR, _DAY = 60, 1440
_OUTCOME_KNOWN_MIN = 13 * _HOUR  # the longest flight, to Honolulu, is scheduled to take under 12 hours
_GIVEN_UP_MIN = 180  # a flight overdue for longer counts as cancelled
_NEVER = 10**7
_FARTHEST_MIN = 6 * _HOUR  # Honolulu's clock in summer: no destination's is further behind New York's
_NEW_YORK_STANDARD_MIN = -5 * _HOUR
_NO_SUMMER_TIME = ("PHX", "HNL", "SJU", "BQN", "PSE", "STT")
_SPAN = 10**8  # more minutes than any time has: keeps the keys of a running sum apart
_MONTH = 28 * _DAY


@dataclass(frozen=True, kw_only=True, slots=True)
class _Flights:
    """One row a flight. sched, moment: scheduled departure and the moment of prediction. departed: actual departure,
    `_NEVER` where it did not leave. late: arrived more than 15 minutes late, or never. block: scheduled arrival minus
    departure by the two clocks, as in winter where only New York's changes. lost: minutes lost on the way; it and
    arrival_delay are 0 of those that did not arrive."""

    sched: np.ndarray
    moment: np.ndarray
    departed: np.ndarray
    late: np.ndarray
    arrived: np.ndarray
    arrival_delay: np.ndarray
    lost: np.ndarray
    block: np.ndarray
    keys: Mapping[str, np.ndarray]

    @property
    def departed_late(self) -> np.ndarray:
        return (self.departed > self.sched + LATE_MIN).astype(np.int64)


def build(tables: Mapping[str, pd.DataFrame]) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    """Features, target (late) and info of every flight, in the order of scheduled departure."""
    import pandas as pd

    table = _in_order(tables["flights"])
    flights = _read(table)
    columns = _schedule(table, flights) | _recent(flights) | _history(flights)
    columns |= weather(tables["weather"], table["origin"].to_numpy(), flights.moment)
    info = pd.DataFrame(
        {
            "day": _clock(table).astype("datetime64[D]").astype("datetime64[s]"),
            "scheduled_departure": _clock(table),
            "flight": table["carrier"] + " " + table["flight"].astype(str),
            "origin": table["origin"].astype(str),
            "destination": table["dest"].astype(str),
            "arrival_delay_min": table["arr_delay"].astype(float),
        }
    )
    return pd.DataFrame(columns), pd.Series(flights.late.astype(float), name="late"), info


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Sorted by schedule alone: the file's order follows the actual departures, and would tell."""
    return table.sort_values(["time_hour", "minute", "origin", "carrier", "flight"], kind="stable").reset_index(
        drop=True
    )


def _clock(table: pd.DataFrame) -> np.ndarray:
    """Scheduled departure by New York's clock, as datetime64."""
    days = (table["year"].astype(str) + "-01-01").to_numpy().astype("datetime64[D]").astype("datetime64[m]")
    months = table["year"] * 12 + table["month"] - 1 - 1970 * 12
    days = months.to_numpy().astype("datetime64[M]").astype("datetime64[D]") + (table["day"].to_numpy() - 1)
    return (days.astype("datetime64[m]") + (table["hour"] * _HOUR + table["minute"]).to_numpy()).astype("datetime64[s]")


def _codes(*parts: pd.Series | np.ndarray) -> np.ndarray:
    import pandas as pd

    return pd.MultiIndex.from_arrays([*parts, np.zeros(len(parts[0]), dtype=int)]).factorize()[0].astype(np.int64)


def _read(table: pd.DataFrame) -> _Flights:
    sched = minutes(table["time_hour"]) + table["minute"].to_numpy()
    left = table["dep_delay"].notna().to_numpy()
    arrived = table["arr_delay"].notna().to_numpy()
    dep_delay = table["dep_delay"].fillna(0).to_numpy().astype(np.int64)
    arr_delay = table["arr_delay"].fillna(0).to_numpy().astype(np.int64)
    leaves, lands = (_minute_of_day(table[c]) for c in ("sched_dep_time", "sched_arr_time"))
    origin, carrier, dest = table["origin"], table["carrier"], table["dest"]
    return _Flights(
        sched=sched,
        moment=sched - NOTICE_MIN,
        departed=np.where(left, sched + dep_delay, _NEVER),
        late=(~arrived | (arr_delay > LATE_MIN)).astype(np.int64),
        arrived=arrived.astype(np.int64),
        arrival_delay=arr_delay,
        lost=np.where(arrived, arr_delay - dep_delay, 0),
        block=(lands - leaves + _summer_time(table, sched)) % _DAY,
        keys={
            "all": np.zeros(len(table), dtype=np.int64),
            "origin": _codes(origin),
            "carrier": _codes(carrier),
            "dest": _codes(dest),
            "carrier_origin": _codes(carrier, origin),
            "route": _codes(origin, dest),
            "carrier_route": _codes(carrier, origin, dest),
            "flight": _codes(carrier, table["flight"], dest),
            "origin_hour": _codes(origin, table["hour"]),
        },
    )


def _summer_time(table: pd.DataFrame, sched: np.ndarray) -> np.ndarray:
    """Minutes by which New York's clock is ahead of its winter time, where the destination's clock never changes: else
    a route's scheduled time would seem to change by an hour for the four weeks after each change of the clocks."""
    clock = (_clock(table).astype("datetime64[m]") - np.datetime64("2013-01-01T00:00", "m")).astype(np.int64)
    return np.where(table["dest"].isin(_NO_SUMMER_TIME), clock - sched - _NEW_YORK_STANDARD_MIN, 0)


def _minute_of_day(clock: pd.Series) -> np.ndarray:
    """Minutes after midnight of a clock time such as 1435."""
    return (clock // 100 * _HOUR + clock % 100).to_numpy().astype(np.int64)


class _Running:
    """Sums of integer values per key over the events strictly before a moment."""

    def __init__(self, key: np.ndarray, time: np.ndarray, *values: np.ndarray) -> None:
        place = key * _SPAN + time
        order = np.argsort(place, kind="stable")
        self._places = place[order]
        self._sums = [np.concatenate([[0], np.cumsum(v[order])]) for v in (np.ones_like(place), *values)]

    def between(self, key: np.ndarray, start: np.ndarray, end: np.ndarray) -> list[np.ndarray]:
        """How many events of the key have start <= time < end, and the sum of each of their values."""
        first = np.searchsorted(self._places, key * _SPAN + np.maximum(start, -_SPAN // 4))
        last = np.searchsorted(self._places, key * _SPAN + end)
        return [s[last] - s[first] for s in self._sums]


def _share(total: np.ndarray, count: np.ndarray, prior: np.ndarray, strength: float) -> np.ndarray:
    """A mean that leans on `prior` as if on `strength` more events."""
    return (total + strength * prior) / (count + strength)


def _schedule(table: pd.DataFrame, flights: _Flights) -> dict[str, np.ndarray]:
    """What the timetable says: nothing here has happened yet, and all of it is known long before."""
    from pandas.tseries.holiday import USFederalHolidayCalendar

    clock = _clock(table)
    days = clock.astype("datetime64[D]")
    holidays = np.array(
        USFederalHolidayCalendar().holidays("2012-12-01", "2014-02-28").to_numpy().astype("datetime64[D]")
    )
    after = np.searchsorted(holidays, days)
    airport, counter = flights.keys["origin"], flights.keys["carrier_origin"]
    timetable, own = _Running(airport, flights.sched), _Running(counter, flights.sched)
    blocks = _Running(flights.keys["route"], flights.sched, flights.block)
    count, total = blocks.between(flights.keys["route"], flights.moment - _MONTH, flights.moment)
    usual = _share(total, count, flights.block.astype(float), 1.0)
    return {
        "carrier": table["carrier"].to_numpy(dtype=object),
        "origin": table["origin"].to_numpy(dtype=object),
        "destination": table["dest"].to_numpy(dtype=object),
        "weekday": np.array(_WEEKDAYS, dtype=object)[(days.astype(np.int64) + 3) % 7],
        "departure_hour": table["hour"].to_numpy() + table["minute"].to_numpy() / _HOUR,
        "arrival_hour": _minute_of_day(table["sched_arr_time"]) / _HOUR,
        "distance": table["distance"].to_numpy(dtype=float),
        "padding": flights.block - usual,
        "days_from_holiday": np.minimum(
            np.minimum(holidays[after] - days, days - holidays[after - 1]).astype(int), 4.0
        ),
        "departures_before": timetable.between(airport, flights.sched - _HOUR, flights.sched)[0].astype(float),
        "departures_after": timetable.between(airport, flights.sched, flights.sched + _HOUR)[0].astype(float),
        "own_departures": own.between(counter, flights.sched - _HOUR, flights.sched + _HOUR)[0].astype(float),
    }


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _recent(flights: _Flights) -> dict[str, np.ndarray]:
    """How the last hours went. A flight is known to leave late 15 minutes after its schedule, even while it stands."""
    found: dict[str, np.ndarray] = {}
    usual = _usual_departing_late(flights)
    known = flights.sched + LATE_MIN
    for name, key, hours, strength in (
        ("late_origin_1h", "origin", 1, 3),
        ("late_origin_4h", "origin", 4, 3),
        ("late_origin_24h", "origin", 24, 3),
        ("late_all_2h", "all", 2, 3),
        ("late_carrier_4h", "carrier", 4, 3),
        ("late_carrier_24h", "carrier", 24, 3),
        ("late_dest_6h", "dest", 6, 1),
        ("late_dest_24h", "dest", 24, 1),
        ("late_carrier_route_24h", "carrier_route", 24, 1),
    ):
        k = flights.keys[key]
        count, late = _Running(k, known, flights.departed_late).between(
            k, flights.moment - hours * _HOUR, flights.moment
        )
        found[name] = _share(late, count, usual, strength)
    gone = flights.departed < _NEVER
    for name, key, hours in (
        ("delay_origin_2h", "origin", 2),
        ("delay_carrier_4h", "carrier", 4),
        ("delay_dest_6h", "dest", 6),
    ):
        k = flights.keys[key]
        delay = (flights.departed - flights.sched)[gone]
        count, total = _Running(k[gone], flights.departed[gone], delay).between(
            k, flights.moment - hours * _HOUR, flights.moment
        )
        found[name] = _share(total, count, np.full(len(k), 10.0), 1.0)
    for name, key in (("overdue_origin", "origin"), ("overdue_all", "all"), ("overdue_carrier", "carrier")):
        waiting, minutes = _overdue(flights, flights.keys[key])
        found[name], found[f"{name}_min"] = waiting.astype(float), minutes / np.maximum(waiting, 1)
    given_up = _Running(
        flights.keys["origin"], flights.sched + _GIVEN_UP_MIN, (flights.departed > flights.sched + _GIVEN_UP_MIN) * 1
    )
    count, total = given_up.between(flights.keys["origin"], flights.moment - _DAY, flights.moment)
    found["cancelled_24h"] = total / np.maximum(count, 1)
    return found


def _usual_departing_late(flights: _Flights) -> np.ndarray:
    """Share of all flights that left late in the last 28 days."""
    count, late = _Running(flights.keys["all"], flights.sched + LATE_MIN, flights.departed_late).between(
        flights.keys["all"], flights.moment - _MONTH, flights.moment
    )
    return _share(late, count, np.full(len(count), 0.2), 50.0)


def _overdue(flights: _Flights, key: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Flights of the key that stand at the moment, 15 to 180 minutes after their schedule: count, and all minutes."""
    start, end = flights.sched + LATE_MIN, np.minimum(flights.departed, flights.sched + _GIVEN_UP_MIN)
    stood = end > start
    k, start, end, sched = key[stood], start[stood], end[stood], flights.sched[stood]
    early = np.full(len(key), -_SPAN // 4)
    begun, begun_sum = _Running(k, start, sched).between(key, early, flights.moment)
    over, over_sum = _Running(k, end, sched).between(key, early, flights.moment)
    waiting = begun - over
    return waiting, waiting * flights.moment - (begun_sum - over_sum)


def _history(flights: _Flights) -> dict[str, np.ndarray]:
    """How much more often flights of a kind arrived late than all did in the last 28 days, from flights whose arrival
    was due before the moment; minutes lost, from those that had landed by then. Differences: the level itself would
    only tell the season, and mislead in the next."""
    known = flights.sched + _OUTCOME_KNOWN_MIN

    def late(key: str, days: int, prior: np.ndarray, strength: float) -> np.ndarray:
        k = flights.keys[key]
        count, total = _Running(k, known, flights.late).between(k, flights.moment - days * _DAY, flights.moment)
        return _share(total, count, prior, strength)

    usual = late("all", 28, np.full(len(known), 0.25), 50.0)
    route = late("carrier_route", 28, usual, 20.0)
    k, there = flights.keys["route"], flights.arrived > 0
    landed = np.maximum(known, flights.sched + flights.block + _FARTHEST_MIN + flights.arrival_delay)[there]
    arrived, lost = _Running(k[there], landed, flights.lost[there]).between(k, flights.moment - _MONTH, flights.moment)
    return {
        "history_all_3d": late("all", 3, usual, 50.0) - usual,
        "history_carrier_28d": late("carrier", 28, usual, 50.0) - usual,
        "history_dest_28d": late("dest", 28, usual, 30.0) - usual,
        "history_hour_28d": late("origin_hour", 28, usual, 50.0) - usual,
        "history_route_28d": route - usual,
        "history_flight_28d": late("flight", 28, route, 5.0) - route,
        "history_flight_year": late("flight", 365, route, 10.0) - route,
        "lost_on_route_28d": _share(lost, arrived, np.full(len(k), -4.0), 3.0),
    }
