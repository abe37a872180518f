"""The agent's tools: each folder is an action group, and a Lambda function of its own.

    contract.py     the contract of tools: functions with typed parameters, called by an event
    orders/         the status of an order, the orders of the person who asks, to cancel one
    products/       search, prices
    seed.py         the tables' first items
    laptop.py       the entry point on the laptop, which makes the table at the first call
    __main__.py     writes what models and agents are told of the functions

A folder has the functions (`handler.py`), what they need beside their code (`tool.toml`), the first
items of the table (`seed.json`), and what `python -m lambdas.tools` writes of the functions: their
description for a Bedrock agent (`action_group.json`) and for a model (`tool_specs.json`).
"""
