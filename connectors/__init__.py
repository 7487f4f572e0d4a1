"""Carries plans to the services that show calendars: one port, and one connector per kind of target.

A connector observes a context and applies a plan to it. It refuses to decide what a context should
hold, never imports another connector, and lets no vendor's error or type past its own boundary.
"""
