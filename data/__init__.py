"""Holds the canonical calendar and the default routing as YAML, read through importlib.resources.

There is no code in here and there will be none: whatever the files mean is decided by `mapping`.
"""
