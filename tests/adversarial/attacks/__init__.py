"""Attacks on the grader, each on answers that are wrong.

What an attack wins, it wins by the attack: the answers alone earn nothing.
"""

from adversarial.attacks import forging, marking, running, spying, values

ATTACKS = [
    *running.ATTACKS,
    *forging.ATTACKS,
    *values.ATTACKS,
    *spying.ATTACKS,
    *marking.ATTACKS,
]
