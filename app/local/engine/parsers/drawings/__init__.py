"""What stands in the files of Word, Excel and PowerPoint alike beside their own text: charts,
diagrams, equations and pictures.
"""
