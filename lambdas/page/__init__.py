"""The custom resource that puts the page's files into the bucket from which CloudFront has them.

handler.py    CloudFormation's event: Create, Update, Delete
files.py      the build's files, each with its type and how long a browser may keep it
"""
