"""What an agent may call: an action group a folder, each a Lambda of its own.

    contract.py   the one tool contract: functions with typed parameters, called by an event
    orders/       the status of an order, the orders of whoever asks
    products/     search, prices
    seed.py       what the tables hold for a first try

A folder holds the functions (`handler.py`); what an agent is told of them, as
CreateAgentActionGroup takes it (`action_group.json`, written by `python -m lambdas.tools`); and
what its table holds for a first try (`seed.json`).
"""
