"""Real data sets that come with scikit-learn; nothing is downloaded."""

from __future__ import annotations

import numpy as np

__all__ = ["breast_cancer", "diabetes", "digits"]


def diabetes() -> tuple[np.ndarray, np.ndarray]:
    """Return X (442, 10), scaled measurements of patients, and y (442,).

    The target is how far their diabetes went within a year. From Efron,
    Hastie, Johnstone & Tibshirani (2004), Least angle regression.
    """
    from sklearn.datasets import load_diabetes

    return load_diabetes(return_X_y=True)


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Return X (1797, 64), brightness 0 to 16 of 8 × 8 pixels, and y (1797,).

    The target is the digit somebody wrote. From Alpaydin & Kaynak (1998),
    Optical recognition of handwritten digits.
    """
    from sklearn.datasets import load_digits

    return load_digits(return_X_y=True)


def breast_cancer() -> tuple[np.ndarray, np.ndarray]:
    """Return X (569, 30), measurements of tumours, and y (569,).

    The target is 1 for benign and 0 for malignant. From Street, Wolberg &
    Mangasarian (1993), Nuclear feature extraction for breast tumor diagnosis.
    """
    from sklearn.datasets import load_breast_cancer

    return load_breast_cancer(return_X_y=True)
