"""Word files as tables and lines: elements, styles, numbering, tracked changes."""
