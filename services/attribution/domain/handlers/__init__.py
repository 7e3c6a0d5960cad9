"""What each fact and each timer makes of the documents, by the rules."""
