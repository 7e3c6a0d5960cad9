"""Program templates: policies to begin with, each beside a vendor document and scenarios; presets say their sources."""
