"""Carries plans to Google calendars, one context per calendar id.

Nothing of Google's client is imported before a first request; no vendor error or type leaves the package.
"""

from connectors.google_calendar.connector import GoogleCalendarConnector
from connectors.google_calendar.settings import GoogleSettings
from connectors.http import RequestNote, Timeouts

__all__ = ["GoogleCalendarConnector", "GoogleSettings", "RequestNote", "Timeouts"]
