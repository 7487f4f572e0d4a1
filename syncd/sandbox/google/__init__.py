"""A local Google Calendar: the API of calendar.v3 over HTTP, and the people who edit calendars by hand.

Written from Google's documented and measured behaviour alone. `world.World` is the state,
`app.create_app` serves it; start with `seed.seed_university`. Where the sources disagree, `switches.Switches`
has a switch.
"""
