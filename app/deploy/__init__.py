"""How a home comes to be: the laptop's, and a stack in an account.

laptop    the stand-in and the application as processes, and the resources that they need
replay    a synthesized template, made in the stand-in
stack     the CDK's calls, what a deployment changes, what a removal deletes
account   whether an account is ready for a stack
"""
