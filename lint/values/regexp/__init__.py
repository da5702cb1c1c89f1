"""Go's regular expressions: their syntax, and a search that never backtracks."""
