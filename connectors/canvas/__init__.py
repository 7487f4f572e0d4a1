"""Canvas course and account calendars.

`connector` fulfils the port, `client` alone talks to Canvas and knows its vendor library, `translate` and
`html` are pure. Nothing here decides what a course should hold.
"""
