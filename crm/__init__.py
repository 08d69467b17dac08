"""The project package: cellar (settings, crm.base) and roof (urls, celery, nightly)."""

from crm.celery import app as celery_app

__all__ = ["celery_app"]
