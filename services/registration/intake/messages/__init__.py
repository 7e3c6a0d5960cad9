"""Request bodies: one model per kind of message, and the event that it becomes."""
