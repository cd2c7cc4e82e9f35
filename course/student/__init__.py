"""The bundle that a class gets: the course without its answers.

`cases` turns questions into stored cases; `bundle` chooses and changes the
files and writes them into one zip.
"""
