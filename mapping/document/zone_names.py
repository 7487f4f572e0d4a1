"""What people write where the name of a time zone belongs: a city without a zone of its own, Windows, Rails.

Names of the tz database are taken as they stand; these are only answered with the name that was meant.
Windows names after CLDR's windowsZones, Rails names after ActiveSupport::TimeZone: those of places with
universities that are not found by their city alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

_MEANT: Mapping[str, str] = {
    # Cities whose clock is another city's zone.
    "astana": "Asia/Almaty",
    "nur-sultan": "Asia/Almaty",
    "karaganda": "Asia/Almaty",
    "shymkent": "Asia/Almaty",
    "beijing": "Asia/Shanghai",
    "hanoi": "Asia/Ho_Chi_Minh",
    "mumbai": "Asia/Kolkata",
    "new delhi": "Asia/Kolkata",
    "delhi": "Asia/Kolkata",
    "abu dhabi": "Asia/Dubai",
    "islamabad": "Asia/Karachi",
    "st. petersburg": "Europe/Moscow",
    "saint petersburg": "Europe/Moscow",
    "edinburgh": "Europe/London",
    "bern": "Europe/Zurich",
    "munich": "Europe/Berlin",
    "frankfurt": "Europe/Berlin",
    "milan": "Europe/Rome",
    "barcelona": "Europe/Madrid",
    "ottawa": "America/Toronto",
    "montreal": "America/Toronto",
    "washington": "America/New_York",
    "boston": "America/New_York",
    "san francisco": "America/Los_Angeles",
    "seattle": "America/Los_Angeles",
    "brasilia": "America/Sao_Paulo",
    "canberra": "Australia/Sydney",
    "wellington": "Pacific/Auckland",
    "osaka": "Asia/Tokyo",
    # Windows.
    "west asia standard time": "Asia/Tashkent",
    "central asia standard time": "Asia/Bishkek",
    "qyzylorda standard time": "Asia/Qyzylorda",
    "russian standard time": "Europe/Moscow",
    "ekaterinburg standard time": "Asia/Yekaterinburg",
    "n. central asia standard time": "Asia/Novosibirsk",
    "gmt standard time": "Europe/London",
    "w. europe standard time": "Europe/Berlin",
    "romance standard time": "Europe/Paris",
    "central europe standard time": "Europe/Budapest",
    "central european standard time": "Europe/Warsaw",
    "e. europe standard time": "Europe/Chisinau",
    "fle standard time": "Europe/Kyiv",
    "gtb standard time": "Europe/Bucharest",
    "turkey standard time": "Europe/Istanbul",
    "egypt standard time": "Africa/Cairo",
    "south africa standard time": "Africa/Johannesburg",
    "israel standard time": "Asia/Jerusalem",
    "arab standard time": "Asia/Riyadh",
    "arabian standard time": "Asia/Dubai",
    "iran standard time": "Asia/Tehran",
    "pakistan standard time": "Asia/Karachi",
    "india standard time": "Asia/Kolkata",
    "bangladesh standard time": "Asia/Dhaka",
    "se asia standard time": "Asia/Bangkok",
    "china standard time": "Asia/Shanghai",
    "taipei standard time": "Asia/Taipei",
    "singapore standard time": "Asia/Singapore",
    "korea standard time": "Asia/Seoul",
    "tokyo standard time": "Asia/Tokyo",
    "aus eastern standard time": "Australia/Sydney",
    "new zealand standard time": "Pacific/Auckland",
    "eastern standard time": "America/New_York",
    "central standard time": "America/Chicago",
    "mountain standard time": "America/Denver",
    "pacific standard time": "America/Los_Angeles",
    "e. south america standard time": "America/Sao_Paulo",
    "argentina standard time": "America/Argentina/Buenos_Aires",
    "pacific sa standard time": "America/Santiago",
    # Rails.
    "eastern time (us & canada)": "America/New_York",
    "central time (us & canada)": "America/Chicago",
    "mountain time (us & canada)": "America/Denver",
    "pacific time (us & canada)": "America/Los_Angeles",
    "atlantic time (canada)": "America/Halifax",
    "indiana (east)": "America/Indiana/Indianapolis",
}


def meant(name: str, known: Collection[str]) -> str:
    """The zone that the name probably means, '' where nothing is known of it. ``known``: the tz database's names."""
    wanted = name.strip().casefold()
    city = wanted.rpartition("/")[2].replace("_", " ")
    if found := _MEANT.get(wanted) or _MEANT.get(city):
        return found
    named = sorted(
        zone for zone in known if "/" in zone and zone.rpartition("/")[2].replace("_", " ").casefold() == city
    )
    return named[0] if named else ""
