"""A stack in an account: the calls of the CDK, what they would change, what a removal deletes."""
