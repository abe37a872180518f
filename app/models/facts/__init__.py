"""Every fact about a model, written once: its names, its limits, what it can do."""
