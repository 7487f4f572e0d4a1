"""Canvas course and account calendars.

`connector` fulfils the port, `client` alone talks to Canvas, `vendor` knows its library, `translate` and
`description` are pure. Nothing here decides what a course should hold.
"""
