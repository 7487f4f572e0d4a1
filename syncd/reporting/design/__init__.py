"""How a calendar looks, once for every page: month grid, order of weight, palette, names of days, stylesheet.

The calendar page, the plan and the year sheet draw with these alone. Values in, values and marks out: nothing
here knows a request, a plan or the state.
"""
