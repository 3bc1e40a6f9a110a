"""Dates in all the ways sources write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from republisher.parse.dates import parse_date

MORNING = datetime(2021, 7, 14, 8, 0, 48, tzinfo=UTC)
DAY = datetime(2021, 7, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2021-07-14T08:00:48Z",
        "2021-07-14T17:00:48+09:00",
        "2021-07-14T17:00:48.987654321+0900",
        "2021-07-14 08:00:48",
        "2021-07-14 08:00:48 UTC",
        "20210714T080048Z",
        "Wed, 14 Jul 2021 08:00:48 GMT",
        "Wed, 14 Jul 2021 08:00:48 -0000",
        "Wed, 14 Jul 21 17:00:48 KST",
        "14 Jul 2021 10:00:48 CEST",
        "Wed, 14 Jul 2021 04:00:48 EDT",
        "Wed , 14  Jul\t2021  08:00:48 +0000",
        "Wed Jul 14 08:00:48 2021",
        "Wed Jul 14 17:00:48 KST 2021",
        "Wed, 14 Jul 2021 17:00:48 GMT+09:00",
        "Wed, 14 Jul 2021 08:00:48 Nowhere",
        "1626249648",
        "1626249648000",
        "July 14, 2021 8:00:48 AM",
        "2021년 7월 14일 08시 00분 48초",
        "2021年7月14日 午前8時00分48秒",
        "  2021-07-14T08:00:48Z\n",
    ],
)
def test_a_moment_is_read_in_utc(text: str) -> None:
    """However it is written, it is the same moment."""
    assert parse_date(text) == MORNING


@pytest.mark.parametrize(
    "text",
    [
        "2021-07-14",
        "2021-7-14",
        "2021/07/14",
        "2021. 7. 14.",
        "2021년 7월 14일",
        "2021年7月14日",
        "14 July 2021",
        "14th July 2021",
        "Jul 14, 2021",
        "14. Juli 2021",
        "mercredi 14 juillet 2021",
        "mer. 14 juil. 2021",
        "miércoles, 14 de julio de 2021",
        "14 luglio 2021",
        "14 de Julho de 2021",
        "14 июля 2021 г.",
        "14 липня 2021",
        "14 lipca 2021",
        "14 temmuz 2021",
        "14 يوليو 2021",
        "14. července 2021",
        "14 Ιουλίου 2021",
        "2021. július 14.",
        "14 tháng 7, 2021",
        "14 กรกฎาคม 2564",
        "14 जुलाई 2021",
        "14 ביולי 2021",
        "14 heinäkuuta 2021",
        "2021-195",
        "2021195",
        "21-07-14",
        "210714",
        "2021-07-14Tcorrupt",
        "٢٠٢١-٠٧-١٤",
        "14/07/2021",
    ],
)
def test_a_day_is_read_in_many_languages(text: str) -> None:
    """A day without a time is its beginning in UTC."""
    assert parse_date(text) == DAY


@pytest.mark.parametrize(
    "text",
    ["", "  ", "yesterday", "Monday", "22021", "July 2021", "14 July", "12:30", "Mon, 30 Feb 2021 00:00:00 GMT"],
)
def test_nothing_is_filled_in(text: str) -> None:
    """A text without a year, a month and a day is no date, whatever today is."""
    assert parse_date(text) is None


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "1806-02-09", "9999-12-31T23:59:59-12:00", "2300-01-01"])
def test_years_no_feed_was_written_in_are_refused(text: str) -> None:
    """Absurd years are typing errors, not facts."""
    assert parse_date(text) is None


def test_the_end_of_a_day_is_the_next_one() -> None:
    """24:00 and the leap second are moments of the following day."""
    assert parse_date("2016-12-31T24:00:00Z") == datetime(2017, 1, 1, tzinfo=UTC)
    assert parse_date("2016-12-31T23:59:60Z") == datetime(2017, 1, 1, tzinfo=UTC)
    assert parse_date("Sat, 31 Dec 2016 24:00:00 +0900") == datetime(2016, 12, 31, 15, tzinfo=UTC)


def test_a_bare_year_or_month_is_its_beginning() -> None:
    """The W3C's note on dates allows both, and the feeds of libraries have them."""
    assert parse_date("2021") == datetime(2021, 1, 1, tzinfo=UTC)
    assert parse_date("2021-07") == datetime(2021, 7, 1, tzinfo=UTC)


def test_what_overflows_runs_over() -> None:
    """Hours, minutes, seconds and days just beyond their end are counted on; months are not."""
    assert parse_date("2021-07-13T25:00:00Z") == datetime(2021, 7, 14, 1, tzinfo=UTC)
    assert parse_date("2021-07-13T23:61:00+01:00") == datetime(2021, 7, 13, 23, 1, tzinfo=UTC)
    assert parse_date("2021-06-31T08:00:00Z") == datetime(2021, 7, 1, 8, tzinfo=UTC)
    assert parse_date("2021-13-01T08:00:00Z") is None


def test_finnish_november_is_not_march() -> None:
    """Months of other languages that begin like an English one are not taken for it."""
    assert parse_date("14 marraskuuta 2021") == datetime(2021, 11, 14, tzinfo=UTC)


def test_slashes_follow_the_caller() -> None:
    """Only the caller knows whose order of day and month it is."""
    assert parse_date("03/04/2021") == datetime(2021, 3, 4, tzinfo=UTC)
    assert parse_date("03/04/2021", day_first=True) == datetime(2021, 4, 3, tzinfo=UTC)


def test_a_weekday_is_not_taken_for_a_month() -> None:
    """French `mar.` before another month is Tuesday."""
    assert parse_date("mar. 13 juil. 2021 08h30") == datetime(2021, 7, 13, 8, 30, tzinfo=UTC)
