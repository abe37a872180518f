"""The tools for orders: a function over the table of orders."""
