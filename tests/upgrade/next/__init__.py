"""What the release after this one changes, kept as small edits of the code that stands."""
