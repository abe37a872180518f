"""The trades behind the services: what parses, chunks, embeds, indexes and writes.

    bytes -- parsers -- chunk -- transformer -- store -- writer

A trade knows neither AWS nor the wire: what goes in and comes out is its own.
"""
