"""The faults that the commands of the course tell in one sentence."""


class Trouble(Exception):
    """Something cannot be done; the message is one sentence for a person."""
