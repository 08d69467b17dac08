"""The door for a WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
application = get_wsgi_application()

from crm.starting import refuse_unsafe_start  # noqa: E402  settings and apps come first

refuse_unsafe_start()
