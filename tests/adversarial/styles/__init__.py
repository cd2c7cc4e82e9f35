"""Right answers in many styles, each of which must get full marks."""

from adversarial.styles import around, cells, writing
from adversarial.styles.base import STYLES, right

__all__ = ["STYLES", "around", "cells", "right", "writing"]
