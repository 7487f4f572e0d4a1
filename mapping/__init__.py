"""Decides what every context should show, and which changes lead there: values in, values out.

Nothing in here reads a file, a clock, the environment or the network, and nothing writes a log.
Today's date, limits and routes come in as arguments. Imports the standard library and pydantic only.
"""
