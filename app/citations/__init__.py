"""Citations: the marks in what a model writes, resolved to quotes of passages.

    disguise -- prompt -- model -- brackets -- marks -- quote -- support -- Citation

`cite` opens the flow; `abstention` is how an answer says that it has nothing to cite. All of it is
pure, and knows passages and texts alone: any flow, and any model, may be cited by it.
"""
