"""The tools for products: a function over the table of products."""
