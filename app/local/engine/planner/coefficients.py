"""What each feature of `choose.py` is worth, as `python -m tests.quality._fit_planner` found it.

`BETTER` are the log-odds that a tool is the right one of several, per unit of each feature.
`FITTING` and `INTERCEPT` are those that it is for the request at all; the intercept refuses 23 in
1,000 requests that have a tool.
"""

BETTER = {
    "description": 6.13,
    "named": 3.98,
    "name": 0.35,
    "whole": 5.14,
    "covered": 2.21,
    "name covered": 0.85,
    "description covered": 3.74,
    "covered by head": -0.73,
    "rare covered": 4.46,
    "values there": -0.08,
    "values lacking": -2.06,
    "other act": -0.29,
    "open": -0.29,
}
FITTING = {
    "description": 2.75,
    "named": 0.18,
    "name": 3.4,
    "whole": 2.71,
    "covered": -1.01,
    "name covered": 3.08,
    "description covered": 4.06,
    "covered by head": -4.23,
    "rare covered": 1.27,
    "values there": 0.49,
    "values lacking": -3.16,
    "other act": -0.68,
    "open": 3.0,
}
INTERCEPT = -2.914
