"""From a registrar's document to proposed entries: pure parts that decide and touch nothing.

`syncd.importing` reads the foreign file and writes the results; here its cells become rows, dates,
matches with the entries of last year, and an account of every word.
"""
