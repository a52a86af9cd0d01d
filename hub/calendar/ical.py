"""iCalendar (RFC 5545) in the bureaus' own clock: what invitations and feeds have in common."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from icalendar import Calendar, Event, Timezone, vCalAddress, vDuration, vText

from hub.clock import SHANGHAI

PRODUCT = "-//Lianfang//Joint work//ZH"
# Addresses of people are the hub's own: nobody's mail address leaves it.
DOMAIN = "lianfang.invalid"
# How often a program that subscribed should look again (RFC 7986, 5.7).
REFRESH = timedelta(minutes=30)


def calendar_bytes(events: Iterable[Event], method: str, name: str | None = None) -> bytes:
    """A calendar of events with the time zone that they are given in.

    Args:
        method: REQUEST, CANCEL or PUBLISH (RFC 5546).
        name: of a feed, as calendar programs show it.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    if name is not None:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("x-wr-timezone", "Asia/Shanghai")
        calendar.refresh_interval = REFRESH
        # The same, as older programs read it.
        calendar.add("x-published-ttl", vDuration(REFRESH))
    calendar.add_component(Timezone.from_tzinfo(SHANGHAI))
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def address(local: str, name: str) -> vCalAddress:
    """An address of the hub's own that stands for a bureau or a person."""
    return named(f"{local}@{DOMAIN}", name)


def named(mail: str, name: str) -> vCalAddress:
    """A mail address with the name that belongs to it."""
    found = vCalAddress(f"mailto:{mail}")
    found.params["CN"] = vText(name)
    return found
