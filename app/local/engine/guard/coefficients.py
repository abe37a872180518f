"""Coefficients of the guard's logistic regressions, each as the command above it prints them."""

from collections.abc import Mapping

# python -m tests.quality._fit_guard_attacks
ATTACKS: Mapping[str, float] = {
    "network": 0.546,
    "likeness": 12.63,
    "override": 11.665,
    "persona": 1.183,
    "unbound": 1.643,
    "leak": 5.942,
    "model": 1.823,
    "marks": 7.329,
    "foreign": -1.354,
    "variety": 0.326,
}
ATTACKS_INTERCEPT = -2.806

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
        "harmful": 11.162,
        "margin": 10.351,
        "linear": 0.671,
        "toxic": 0.117,
        "severe": -0.822,
        "obscene": 0.071,
        "threat": 0.363,
        "insult": 0.086,
        "hate": 0.387,
        "about": -0.818,
        "addressed": 0.545,
        "document": -0.073,
        "about others": -2.315,
        "like others": -0.73,
        "addressed in document": 0.825,
    },
    "INSULTS": {
        "harmful": 5.838,
        "margin": 7.029,
        "linear": 0.765,
        "toxic": 0.079,
        "severe": 0.206,
        "obscene": 0.244,
        "threat": -0.043,
        "insult": 0.221,
        "hate": -0.651,
        "about": -2.154,
        "addressed": 0.317,
        "document": -0.191,
        "about others": 0.62,
        "like others": -0.816,
        "addressed in document": 0.902,
    },
    "SEXUAL": {
        "harmful": 11.631,
        "margin": 6.205,
        "linear": 0.682,
        "toxic": 0.159,
        "severe": 0.26,
        "obscene": 0.181,
        "threat": -0.411,
        "insult": 0.158,
        "hate": -0.545,
        "about": 0.386,
        "addressed": 0.683,
        "document": -0.311,
        "about others": -2.562,
        "like others": -0.847,
        "addressed in document": 1.21,
    },
    "VIOLENCE": {
        "harmful": 7.488,
        "margin": 12.176,
        "linear": 0.521,
        "toxic": 0.038,
        "severe": -0.435,
        "obscene": 0.092,
        "threat": 0.612,
        "insult": 0.171,
        "hate": -0.513,
        "about": -1.355,
        "addressed": 0.022,
        "document": -0.901,
        "about others": -0.669,
        "like others": -1.844,
        "addressed in document": 1.606,
    },
    "MISCONDUCT": {
        "harmful": 9.621,
        "margin": 7.475,
        "linear": 0.507,
        "toxic": 0.074,
        "severe": -0.353,
        "obscene": 0.088,
        "threat": -0.773,
        "insult": 0.312,
        "hate": -0.352,
        "about": -1.552,
        "addressed": 0.762,
        "document": -0.176,
        "about others": -1.17,
        "like others": -1.404,
        "addressed in document": 0.964,
    },
}
HARM_INTERCEPTS: Mapping[str, float] = {
    "HATE": -4.396,
    "INSULTS": -2.843,
    "SEXUAL": -7.144,
    "VIOLENCE": -3.922,
    "MISCONDUCT": -10.841,
}
