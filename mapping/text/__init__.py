"""What people read in an event: titles, descriptions, dates in words, and the markup of each service."""
