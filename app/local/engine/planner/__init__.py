"""The offline planner: chooses tools and fills their arguments, without a generating model.

    plan        what it decides: calls to make, or a text
    reading     Prompt -> what the user asks for now; passages and results are data, never requests
    clauses     a request -> the things that it asks for
    choose      a request and tools -> which tool fits best, and whether it fits at all
    mentions    a text -> what it mentions: numbers, days, names, addresses, quotes, phrases
    fill        mentions and parameters -> arguments (by affinity, choices, texts, groups, values)
    dialogue    follow-ups, answers to questions, and what "it" is
    extract     a text and a schema -> an object, made of what stands in the text
    results     what tools answered -> a sentence that quotes it
    ask         what is missing -> a question

    planner     all of this in a row

It says nothing that stands neither in the conversation nor in a tool's schema: an argument that
nobody gave is asked for, left out, or null where the schema allows it.
"""

from app.local.engine.planner.plan import Call, Plan
from app.local.engine.planner.planner import Planner

__all__ = ["Call", "Plan", "Planner"]
