"""Moments keep their hour, clocks name their zone, and estimates claim no digit that they do not know."""

from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest

from core.formatting import messages, moments
from core.formatting.durations import about, at_most, duration, span
from core.formatting.messages import translate
from core.formatting.moments import iso, moment


@pytest.mark.parametrize(
    ("value", "said", "in_a_table"),
    [
        (pd.Timestamp("2013-10-31 10:30"), "31 Oct 2013, 10:30", "2013-10-31 10:30"),
        (np.datetime64("2013-10-31T10:30:00.000000000"), "31 Oct 2013, 10:30", "2013-10-31 10:30"),
        (np.datetime64("2013-10-31T10", "h"), "31 Oct 2013, 10:00", "2013-10-31 10:00"),
        ("2013-10-31T10:30:15", "31 Oct 2013, 10:30", "2013-10-31 10:30:15"),
        (pd.Timestamp("2013-10-31"), "31 Oct 2013", "2013-10-31"),
        (date(2013, 10, 31), "31 Oct 2013", "2013-10-31"),
        (datetime(2013, 10, 31, tzinfo=UTC), "31 Oct 2013, 00:00 UTC", "2013-10-31 UTC"),
        (
            datetime(2013, 10, 31, 1, tzinfo=timezone(timedelta(hours=2))),
            "30 Oct 2013, 23:00 UTC",
            "2013-10-30 23:00 UTC",
        ),
        (pd.NaT, "—", "—"),
        (None, "—", "—"),
        ("2013-02-31", "2013-02-31", "2013-02-31"),
        ("GB-12", "GB-12", "GB-12"),
        (7, "7", "7"),
    ],
)
def test_a_moment_in_words_and_in_a_table(value, said, in_a_table):
    assert moment(value) == said
    assert iso(value) == in_a_table


def test_moments_are_said_in_the_visitor_s_language() -> None:
    at = datetime(2013, 10, 1, 9, 30, 5, tzinfo=UTC)
    assert moment(at, seconds=True) == "1 Oct 2013, 09:30:05 UTC"
    assert translate(moment(at, seconds=True), "zh_CN") == "2013年10月1日 09:30:05 UTC"
    assert [translate(moment(f"2013-{month:02d}-28"), "zh_CN") for month in range(1, 13)] == [
        f"2013年{month}月28日" for month in range(1, 13)
    ]


def test_an_axis_of_dates_has_no_english_months_in_another_language() -> None:
    assert moments.on_axis() == {}
    messages.use("zh_CN")
    try:
        told = moments.on_axis()
    finally:
        messages.use("en")
    assert all("%b" not in stop["value"] for stop in told["tickformatstops"])
    assert "%b" not in told["hoverformat"]


def test_midnight_is_an_hour_where_the_others_are():
    column = ["2013-10-31T00:00:00", "2013-10-31T10:30:00"]
    hours = moments.have_hours(column)
    assert [moment(v, hours=hours) for v in column] == ["31 Oct 2013, 00:00", "31 Oct 2013, 10:30"]
    assert not moments.have_hours(["2013-10-31", None, "GB-12"])


def test_durations_read_like_a_clock():
    said = [
        "0 s",
        "less than 0.1 s",
        "0.3 s",
        "9.9 s",
        "10 s",
        "1 min",
        "1 min 15 s",
        "59 min 59 s",
        "1 h",
        "1 h 1 min",
    ]
    assert [duration(s) for s in (0, 0.01, 0.31, 9.94, 9.96, 59.7, 75, 3599, 3600, 3661)] == said


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (5.1, 48.0, "5 to 50 s"),
        (21.3, 41.2, "20 to 40 s"),
        (0.01, 0.2, "1 s"),
        (2.04, 3.51, "2 to 4 s"),
        (50.0, 130.0, "50 s to 2 min"),
        (150.0, 600.0, "2 to 10 min"),
        (3000.0, 9000.0, "50 min to 2.5 h"),
        (29.0, 31.0, "30 s"),
    ],
)
def test_a_span_claims_one_digit_and_names_its_unit_once_where_it_is_the_same(low, high, words):
    assert span(low, high) == words


def test_guesses_are_said_in_the_visitor_s_language_with_all_their_units():
    said = [translate(text, "zh_CN") for text in (span(5, 300), span(5, 50), about(48), at_most(150), about(7200))]
    assert said == ["5 秒 至 5 分", "5 至 50 秒", "50 秒", "3 分", "2 小时"]


def test_a_limit_is_never_said_shorter_than_it_is():
    assert [at_most(s) for s in (0.2, 150, 600, 41, 7000)] == ["1 s", "3 min", "10 min", "50 s", "2 h"]
    assert [about(s) for s in (0.2, 1.04, 9.96, 35.4, 81, 99.4, 240, 5400)] == [
        *("1 s", "1 s", "10 s", "40 s", "80 s", "100 s", "4 min", "1.5 h"),
    ]


@pytest.mark.parametrize("value", ["9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+05:00", "2013-02-31"])
def test_a_moment_that_no_calendar_has_is_told_as_it_stands(value):
    assert moments.as_moment(value) is None
    assert moments.moment(value) == value
