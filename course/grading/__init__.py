"""Grading: submissions go in, points and pages for people come out.

A submission runs in a sandbox that knows nothing of what is right. The
trusted side sends it plain values, gets plain values back, and judges those
with `course.questions`.

=====================  ==================================================
`intake`               what was handed in, found and read without trust
`session`              runs a submission: its cells once, then functions
`sandbox`, `mounts`,   the walls around it, and the talk through them
`child`, `wire`,
`replies`
`launch`, `worker`,    what runs inside the walls, with the `stub` of
`magics`               this package that a submission sees
`sheet`, `grade`       what is asked and for how much; one submission
`batch`, `desk`,       a class: resumable, on one worker or many
`jobs`, `journal`,
`single`, `cluster`,
`seeds`
`records`              what is kept of it
`reports`              what people get: tables, gradebooks, pages
`command`              the command line, with `assignment`, `times`,
                       `lateness`, `progress`, `told` and `outputs`
=====================  ==================================================
"""
