"""Files in and out: what every kind of file has in common. Each room states its own kinds in
`exchange.py`; `crm.exchange` names them all.

    file ─> table (rows) ─> columns (cells) ─> staging (a temporary table) ─> checks ─> verdicts ─> the kind's writes
"""
