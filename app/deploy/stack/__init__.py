"""A stack in an account: the calls of the CDK, their changes, and the deletions of a removal."""
