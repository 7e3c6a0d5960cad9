"""Tables in: a CSV file as rows of bulk intake, read without guessing."""
