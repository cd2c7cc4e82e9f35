"""Stands for a package of the course of which a sandbox has some modules."""

import course


def __getattr__(name):
    return getattr(course, name)
