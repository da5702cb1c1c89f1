"""What a run is told: configuration files, ignores, rules of one's own, words of other linters."""
