FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1
COPY requirements.txt /
RUN python -m venv /venv && /venv/bin/pip install --require-hashes -r /requirements.txt

FROM python:3.11-slim
# pg_dump and pg_restore of the server's version, for `backup` and `restore`; and find, for health checks.
RUN apt-get update && apt-get install -y --no-install-recommends findutils postgresql-common ca-certificates \
    && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
    && apt-get install -y --no-install-recommends postgresql-client-18 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --create-home --uid 10001 rounds
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=crm.settings
WORKDIR /rounds
COPY . .
# Neither command reads the database: the values only satisfy the settings' readers.
RUN export SECRET_KEY=only-for-the-build DATABASE_URL=postgresql://x:x@localhost/x REDIS_URL=redis://localhost \
    && python manage.py words && python manage.py collectstatic --noinput
RUN mkdir /files && chown rounds /files && chmod 700 /files
USER rounds
EXPOSE 8000
CMD ["gunicorn", "crm.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4"]
