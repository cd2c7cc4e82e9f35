"""Submissions that cheat, that are damaged, and that are unusual but right.

All of them, and honest ones, are graded in one batch; see `batch`.
"""
