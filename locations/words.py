"""Numbers about a place in words."""

SIGNIFICANT_DIGITS = 2


def about(number):
    """A count to two significant digits, with commas: 350,742 is «350,000»."""
    step = 10 ** max(0, len(str(number)) - SIGNIFICANT_DIGITS)
    return f"{round(number / step) * step:,}"
