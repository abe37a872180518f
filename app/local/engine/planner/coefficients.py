"""What each feature of `choose.py` is worth, as `python -m tests.quality._fit_planner` found it.

`BETTER` ranks tools; `FITTING` are the log-odds that a tool fits at all, per unit of each feature,
and the intercept refuses 3 in 100 requests for which there is a tool.
"""

BETTER = {
    "description": 5.0,
    "named": 5.0,
    "name": 0.0,
    "whole": 5.0,
    "covered": 0.0,
    "name covered": 1.0,
    "description covered": 2.0,
    "covered by head": 0.0,
    "rare covered": 5.0,
}
FITTING = {
    "description": 2.18,
    "named": 1.18,
    "name": 3.43,
    "whole": 3.32,
    "covered": 0.35,
    "name covered": 2.78,
    "description covered": 4.9,
    "covered by head": -5.91,
    "rare covered": 0.66,
}
INTERCEPT = -3.83
