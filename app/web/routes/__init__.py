"""The routes, one module for each noun. Each has `TAG` and `router(clients, settings)`."""
