"""One module per verb of the command line. Each has ``run(arguments) -> exit code``.

stdout carries the answer, stderr the log. A module is imported only when its verb is used.
"""
