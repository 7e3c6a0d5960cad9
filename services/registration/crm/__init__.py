"""Native CRM payloads: verified and stored, read as hints, fetched, and told as ordinary opportunity messages."""
