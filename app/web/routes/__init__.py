"""The routes, a file a noun. Each has `TAG` and `router(clients, settings)`."""
