"""`python -m syncd` is the same as the installed script."""

from syncd.cli import console

console()
