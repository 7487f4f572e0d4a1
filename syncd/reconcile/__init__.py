"""One pass over the calendars: discover, observe, plan, decide, apply. Knows no command line, web or daemon."""
