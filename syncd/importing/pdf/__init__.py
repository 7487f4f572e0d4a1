"""PDF files as tables and lines: letters, ruled grids, what is drawn through them, and which way they run."""
