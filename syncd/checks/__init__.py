"""What `syncd check` finds out, as plain lines: data, days off, settings, targets, access, claims.

Asks and tells; writes nothing anywhere and prints nothing.
"""
