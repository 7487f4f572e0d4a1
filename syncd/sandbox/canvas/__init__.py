"""A local Canvas LMS: the calendar API and what surrounds it, faithful to its documented behaviour and traps.

`World` holds what exists, `canvas_app` serves it, `seed_university` fills it. Where the real behaviour is
inferred and not confirmed, a switch in `switches.py` names both readings. What is outside (assignments,
scheduler bookings, web conferences, GraphQL) is left out.
"""
