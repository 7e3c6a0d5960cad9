"""From a request to an accepted fact: validate, insert the key, seal, append."""
