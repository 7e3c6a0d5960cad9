"""Reading requests: bounded bodies, unambiguous JSON, types of fields."""
