"""What each feature of `choose.py` is worth, as `python -m tests.quality._fit_planner` found it.

`BETTER` are the log-odds that a tool is the right one of several, per unit of each feature.
`FITTING` and `INTERCEPT` are those that it is for the request at all; the intercept refuses 25 in
1,000 requests that have a tool.
"""

BETTER = {
    "description": 6.37,
    "named": 4.14,
    "name": 0.37,
    "whole": 4.78,
    "covered": 2.14,
    "name covered": 0.84,
    "description covered": 3.74,
    "covered by head": -0.86,
    "rare covered": 4.62,
    "values there": -0.43,
    "values lacking": -2.04,
    "other act": -0.31,
    "open": -1.58,
}
FITTING = {
    "description": 3.66,
    "named": 0.03,
    "name": 2.69,
    "whole": 2.6,
    "covered": -1.89,
    "name covered": 2.92,
    "description covered": 3.67,
    "covered by head": -4.32,
    "rare covered": 1.95,
    "values there": 0.33,
    "values lacking": -3.27,
    "other act": -0.97,
    "open": 2.66,
}
INTERCEPT = -2.496
