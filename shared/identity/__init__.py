"""Identity providers (OpenID Connect): people who sign in there, and the tokens they bring to the API."""
