"""The demo: import a real CRM export, fourteen months of one vendor's channel, through the public API."""
