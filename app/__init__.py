"""Videoberatung: counselling by video. This module holds the product's name and version and imports nothing."""

PRODUCT_NAME = "Videoberatung"
__version__ = "0.1.0"
