"""Small languages inside manifests: quantities, cron schedules, selectors, names, durations."""
