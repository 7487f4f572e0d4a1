"""Health, metrics, status page and calendar feeds over HTTP on loopback, for a reverse proxy on this host.

Reads what the daemon knows and changes nothing: there is no route that takes anything but a question.
Imported only where ``SYNCD_HTTP_LISTEN`` is set.
"""
