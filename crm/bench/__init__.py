"""Benchmarks: `./dev bench NAME --size S|M|L`, on servers of their own. Each checks its own result first."""
