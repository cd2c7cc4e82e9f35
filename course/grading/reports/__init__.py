"""What people get of a graded class: tables, gradebooks and pages.

`tables` are files of our own, `gradebooks` those of an LMS filled in
(`exports` knows their headers, `people` finds the students, `csvfile` keeps
the rest as it was). `pages` are for students and `overview` for the teacher;
`look` and `charts` draw both. `cells` are what nbgrader's own pages tell.
"""
