"""The state in PostgreSQL, and what the instances of a fleet share there. Only this room and the queue know psycopg.

It is loaded where the state lies there alone: an installation without the extra ``fleet`` never comes here.
"""
