"""Many universities on several machines: one worker process a machine, a turn of one instance at a time.

A turn is a child process under the instance's lease. Who is due stands in the state (`syncd.state.postgresql.fleet_tables`);
Procrastinate only carries the news, and whatever it loses or tells twice does no harm.
"""
