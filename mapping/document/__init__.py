"""Plain documents to values: calendar and targets files checked whole, every problem at once, with its place.

Knows the shape of the files and nothing of YAML, paths or the network; `syncd.source.folder` hands the documents in.
"""
