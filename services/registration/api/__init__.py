"""The HTTP side of the edge: `app.create_app` is all of it."""
