"""An MCP server for assistants: it reads the public API and proposes writes; a person confirms each at a terminal."""
