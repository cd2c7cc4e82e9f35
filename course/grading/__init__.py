"""Grading: submissions go in, points and pages for people come out.

A submission runs in a sandbox that knows nothing of what is right. The
trusted side sends it plain values, gets plain values back, and judges those
with `course.questions`:

`submissions` finds what was handed in (`files` walks and `owners` tells
whose it is, `choice` picks one of several, `reading` puts damaged notebooks
right, `cells` and `source` look into them); `wire`, `worker`, `sandbox`
and `session` run it; `grade` judges it; `batch` does so for a whole class;
`records` is what is kept of it; `tables` and `pages` are what people get.
"""
