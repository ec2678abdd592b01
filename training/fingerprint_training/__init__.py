"""Training: corpora, cleaning, splits, fitting, calibration and evaluation."""
