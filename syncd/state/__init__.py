"""What syncd remembers: claims, ids, intents, journal, approvals, calendars. SQL lives here only.

Everything here can be lost: ids are rebuilt from the markers on the events. What only this file
knows (history, approvals, respected deletions, guard baselines) is said at start when it is new.
"""
