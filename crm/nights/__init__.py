"""The nights through pages: what ran and what is next; a failed one is asked for again."""
