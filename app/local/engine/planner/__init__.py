"""The offline planner: chooses tools and fills their arguments, without a generating model.

    plan        what it decides: calls to make, or a text
    reading     Prompt -> what the user asks for now; passages and results are data, never requests
    clauses     a request -> the things that it asks for, what they wait for, on which condition
    attempts    each of them and the tools -> the tool that fits, and the arguments that words give
                (choose ranks tools; mentions are what a text may give; fill hands them out, by
                affinity, choices, texts, groups, values, and by exemplars of ids)
    steps       attempts and results -> the calls to make now, or what is said
                (supplies: results, the conversation, tools that find what is missing; harvest: the
                values of results; selection: which of several records; references: what words name)
    dialogue    follow-ups, answers to questions, and what "it" is
    extract     a text and a schema -> an object, made of what stands in the text
    results     what tools answered -> what is told of it; telling: a record in sentences
    ask         what is missing -> a question

    planner     all of this in a row

It says nothing that stands neither in the conversation nor in a tool's schema: an argument that
nobody gave is asked for, left out, or null where the schema allows it.
"""

from app.local.engine.planner.plan import Call, Plan
from app.local.engine.planner.planner import Planner

__all__ = ["Call", "Plan", "Planner"]
