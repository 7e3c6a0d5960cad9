"""HTTP as every service speaks it: problem documents, bodies, fields."""
