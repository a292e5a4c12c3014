"""Figures: one call a figure."""
