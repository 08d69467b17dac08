"""Files in and out through pages: an import is checked, decided upon, loaded by a worker; exports; columns."""
