"""What comes over the wire: bodies bounded while they stream, JSON with one meaning, the types of fields."""
