"""What each principal spends, and what it may: tokens and dollars, by day and by month.

    enter     a turn begins      refused where a budget is spent, or too many turns are under way
    reserve   a call of a model  takes the most that the call can cost, before it is made
    settle    the call has ended puts what it did cost in the place of that, however it ended

    limits    the budgets of the settings, and what is left of them
    table     one item in DynamoDB for each principal and month: `Table`
    ledger    the three steps above: `Ledger`

Days and months are those of UTC. Each step is one conditional write, which DynamoDB carries out
alone: of any number of calls at once, none takes what another has taken. The rule is that

    spent + reserved + the most that this call can cost  <=  the limit

so that a budget is exceeded only by what an estimate is short of: the model counts the tokens of a
prompt, and `app.models.estimate` can only guess them, on the high side. A reservation that nobody
settles, because the process has died, ends by itself: then the prompt counts as read.
"""

from app.budgets.ledger import Ledger, ledger
from app.budgets.limits import Limits, limits_of
from app.budgets.table import Month, Table

__all__ = ["Ledger", "Limits", "Month", "Table", "ledger", "limits_of"]
