"""What people read, made from values: plans, status, feeds, tables. Writes nothing and asks no service."""
