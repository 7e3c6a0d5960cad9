"""The database schema, in the order it grew."""
