"""Coefficients of the guard's logistic regressions, each as the command above it prints them."""

from collections.abc import Mapping

# python -m tests.quality._fit_guard_attacks
ATTACKS: Mapping[str, float] = {
    "network": 0.648,
    "likeness": 8.614,
    "override": 9.124,
    "persona": 1.289,
    "unbound": 1.458,
    "leak": 7.103,
    "model": 1.263,
    "marks": 2.798,
    "foreign": 0.322,
    "variety": 1.102,
}
ATTACKS_INTERCEPT = -3.623

DOCUMENTS: Mapping[str, float] = {
    "request": 0.449,
    "nearest": 2.715,
    "mean": 15.479,
    "your answer": 2.784,
    "an answer": 3.022,
    "assistant": 3.382,
    "question": 0.111,
    "prose": 1.083,
    "edge": 0.969,
    "length": 0.715,
    "sentences": 1.341,
    "far request": 0.214,
    "far answer": 4.577,
    "far order": 4.964,
    "far question": 4.27,
}
DOCUMENTS_INTERCEPT = -20.716

# python -m tests.quality._fit_guard_topics
TOPICS: Mapping[str, float] = {
    "example": 2.202,
    "second example": 9.875,
    "definition": 7.337,
    "background": -7.972,
    "no examples": -0.435,
}
TOPICS_INTERCEPT = -4.113

# python -m tests.quality._fit_guard_harm
HARM: Mapping[str, Mapping[str, float]] = {
    "HATE": {
        "harmful": 24.73,
        "margin": 6.269,
        "about": -0.741,
        "toxic": 0.101,
        "severe": -0.609,
        "obscene": 0.028,
        "threat": 0.718,
        "insult": 0.128,
        "hate": 0.382,
    },
    "INSULTS": {
        "harmful": 20.153,
        "margin": 4.408,
        "about": -0.25,
        "toxic": 0.162,
        "severe": 0.694,
        "obscene": -0.009,
        "threat": 0.546,
        "insult": 0.334,
        "hate": -0.924,
    },
    "SEXUAL": {
        "harmful": 23.618,
        "margin": 7.93,
        "about": -1.445,
        "toxic": 0.144,
        "severe": 0.01,
        "obscene": -0.111,
        "threat": -0.363,
        "insult": 0.289,
        "hate": 0.193,
    },
    "VIOLENCE": {
        "harmful": 24.037,
        "margin": 11.515,
        "about": -2.403,
        "toxic": 0.177,
        "severe": -0.419,
        "obscene": 0.023,
        "threat": 0.007,
        "insult": 0.242,
        "hate": -0.239,
    },
    "MISCONDUCT": {
        "harmful": 27.497,
        "margin": -3.522,
        "about": -3.02,
        "toxic": 0.162,
        "severe": -0.478,
        "obscene": 0.086,
        "threat": -0.856,
        "insult": 0.292,
        "hate": -0.684,
    },
}
HARM_INTERCEPTS: Mapping[str, float] = {
    "HATE": -5.901,
    "INSULTS": -4.212,
    "SEXUAL": -9.546,
    "VIOLENCE": -10.836,
    "MISCONDUCT": -19.01,
}
