"""Local HTTP simulators of Canvas and Google Calendar, and the demo on top of them.

Part of the product, imported only by the command line's sandbox and demo verbs and by tests. Written from the
services' documented behaviour alone: nothing here imports the connectors or the mapping, so that a mistake
made there cannot be mirrored here.
"""
