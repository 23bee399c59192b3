"""Times as Americans write them, beside what the admin's own buttons fill in."""

TIME_INPUT_FORMATS = ["%H:%M:%S", "%H:%M:%S.%f", "%H:%M", "%I:%M %p", "%I:%M%p", "%I %p", "%I%p"]
