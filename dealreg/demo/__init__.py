"""The demo: a real CRM export as fourteen months of one vendor's channel, imported through the public intake."""
