"""The agent's tools: each folder is an action group, and a Lambda function of its own.

    contract.py     the contract of tools: functions with typed parameters, called by an event
    orders/         the status of an order, the orders of the person who asks
    products/       search, prices
    seed.py         the tables' first items

A folder has the functions (`handler.py`), their description for an agent as parameters of
CreateAgentActionGroup (`action_group.json`, written by `python -m lambdas.tools`), and the first
items of its table (`seed.json`).
"""
