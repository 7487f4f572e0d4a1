"""Documents of any university as plain lists of dates, one row an entry: read, proposed, asked about."""
