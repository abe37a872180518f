"""Makes a home: the laptop's home, or a stack in an account.

laptop    the stand-in and the application as processes, and the resources that they need
replay    makes the resources of a synthesized template in the stand-in
stack     the calls of the CDK, the changes of a deployment, the deletions of a removal
account   checks whether an account is ready for a stack
"""
