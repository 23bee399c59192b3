"""Which coordinates can be meant."""

from django.core.validators import MaxValueValidator, MinValueValidator

# The United States with Hawaii, Alaska and Puerto Rico; the Aleutians past 180° aside.
LATITUDE = [
    MinValueValidator(17, "In the United States, latitude is between 17 and 72 degrees north."),
    MaxValueValidator(72, "In the United States, latitude is between 17 and 72 degrees north."),
]
LONGITUDE = [
    MinValueValidator(-180, "Longitude is between -180 and -64 degrees in the United States."),
    MaxValueValidator(-64, "In the United States, longitude is negative: is a minus sign missing?"),
]
