"""What may be told: one model a kind of message, as it comes over the wire, and the event it becomes."""
