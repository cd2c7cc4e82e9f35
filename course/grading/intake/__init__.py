"""What was handed in: found, read without trust, and taken apart.

`submissions` is what the rest of grading asks. It finds whose each file is
(`files`, `owners`, `choice`) and reads it (`reading`); `cells`, `source` and
`begun` say what of a notebook is run and what answers a question.
"""
