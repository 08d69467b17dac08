"""The demo country: an invented field force with its customers, sales and visits, to try Rounds with."""
