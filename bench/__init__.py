"""Side-by-side measurements of lossviz and of other ways to do the same.

``python -m bench`` measures everything in one run and in one process, so
that its ratios hold on a slow or busy machine where its times do not.
"""
