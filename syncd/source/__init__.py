"""Data files to documents: folders, YAML with line numbers, JSON Schemas, the check against public holidays."""
