"""Small languages inside manifests, each a module of pure functions on plain values.

Quantities, cron schedules, time zones, selectors, names, durations and times, whole numbers or percentages, addresses;
and the nearest of some known words. A form is asked with a function that returns None for a good value, else the
reason in plain words; a reader (`parse`) raises a ValueError of its own with the same words.

What all rooms stand on is here too: records (immutable values) and places in texts.
"""
