"""What each feature is worth, as `python -m tests.quality._fit` found it on real questions.

`WEIGHTS` are the log-odds that a candidate is the one that holds the answer, per unit of each
feature of `evidence.py`. `ANSWERABLE` and `INTERCEPT` are those that there is an answer at all, per
unit of each of the signs of `choose.py`; the intercept refuses 3 in 100 answerable questions.
"""

WEIGHTS = {
    "cosine": 5.044,
    "cosine before": 1.076,
    "passage cosine": 2.374,
    "passage best": 3.845,
    "covered": 7.237,
    "covered above": 5.515,
    "covered before": 2.328,
    "covered after": 1.284,
    "passage covered": 2.241,
    "top passage": 1.026,
    "first sentence": 0.474,
    "names none": 0.312,
    "number": 1.735,
    "date": 1.54,
    "person": 1.847,
    "place": 0.862,
    "way": 1.622,
    "pointer": -3.44,
    "lead-in": -2.112,
    "item": -0.829,
    "row": 0.876,
    "list": 2.281,
}
ANSWERABLE = {"likelihood": 2.017, "nearest": 10.285, "covered": 3.684, "passage covered": 2.899}
INTERCEPT = -7.286
