"""What each feature is worth, as `python -m tests.quality._fit_languages` found it.

`WITHIN` and `ACROSS` are the log-odds that a candidate is the one that holds the answer: where it
is in the question's language, and where it is in another, which shares no words. `ANSWERABLE`
and `INTERCEPT` are those that there is an answer at all. They are fitted on English questions over
English passages, with the multilingual encoder's vectors, because a sentence and its translation
have nearly the same vector; for `ACROSS`, as if no words were shared. Set by hand are `definition`,
for which hardly any question asks, and the intercepts: they would refuse 5 % at -10.06 and -13.12.
`within` is stricter, as a wrong answer costs more than none; `across` allows for the words of a
translation, which are less near than the same word. Both were set on questions of the parallel set
of `python -m tests.quality languages`.
"""

WITHIN = {
    "cosine": 3.973,
    "cosine above": 1.674,
    "passage best": 5.147,
    "passage cosine": 1.413,
    "covered": 8.918,
    "covered above": 5.266,
    "covered before": 3.138,
    "covered after": 0.37,
    "passage covered": 1.57,
    "top passage": 0.343,
    "first sentence": 0.206,
    "number": 2.239,
    "date": -0.626,
    "person": 0.69,
    "definition": 6.0,
    "lead-in": -1.008,
    "item": -2.093,
    "row": 1.08,
    "code": 3.519,
    "code unwanted": -1.944,
    "block": 2.47,
    "block unwanted": -0.627,
    "exact": 0.448,
}
ACROSS = {
    "cosine": 7.299,
    "cosine above": 5.856,
    "passage best": 5.761,
    "passage cosine": 1.411,
    "covered": 0.0,
    "covered above": 0.0,
    "covered before": 0.0,
    "covered after": 0.0,
    "passage covered": 0.0,
    "top passage": 1.32,
    "first sentence": -0.003,
    "number": 2.379,
    "date": 1.758,
    "person": 0.678,
    "definition": 6.0,
    "lead-in": -1.398,
    "item": -1.988,
    "row": 2.346,
    "code": 2.27,
    "code unwanted": -1.816,
    "block": 2.4,
    "block unwanted": 0.476,
    "exact": 2.873,
}
ANSWERABLE = {
    "within": {
        "likelihood": 3.014,
        "cosine": -0.548,
        "cosine above": -0.359,
        "nearest": 6.822,
        "covered": 1.542,
        "passage covered": 1.387,
        "number": -1.517,
        "exact": 0.496,
        "least near": 1.834,
        "mean near": 7.097,
    },
    "across": {
        "likelihood": 0.688,
        "cosine": 0.741,
        "cosine above": 0.714,
        "nearest": 4.083,
        "covered": 0.0,
        "passage covered": 0.0,
        "number": -1.522,
        "exact": 1.591,
        "least near": 1.898,
        "mean near": 14.142,
    },
}
INTERCEPT = {"within": -10.9, "across": -10.9}
