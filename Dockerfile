# The office's image: Debian 12 with its own Python 3.11, everything else locked.
FROM debian:12-slim

RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        ca-certificates python3 python3-venv tini \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz0b libharfbuzz-subset0 poppler-utils \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home --home-dir /var/lib/huimin huimin \
    && install --directory --owner huimin /opt/huimin

WORKDIR /opt/huimin
USER huimin

# What changes seldom first: packages and front-end files are fetched again only when their locks change.
COPY --chown=huimin .npmrc package.json package-lock.json ./
COPY --chown=huimin requirements/run.txt requirements/run.txt
COPY --chown=huimin config/__init__.py config/installation.py config/
COPY --chown=huimin script script
COPY --chown=huimin templates/icons.txt templates/icons.txt
# Keys are made in the volume of an installation, never in the image.
RUN HUIMIN_HOME=/tmp/build script/bootstrap && rm -rf /tmp/build /var/lib/huimin/.cache /var/lib/huimin/.npm

COPY --chown=huimin . .
RUN HUIMIN_HOME=/tmp/build script/bootstrap && rm -rf /tmp/build

ENV HUIMIN_HOME=/var/lib/huimin/home PYTHONUNBUFFERED=1
RUN install --directory --mode 0700 /var/lib/huimin/home
VOLUME /var/lib/huimin/home
EXPOSE 8000
ENTRYPOINT ["tini", "--"]
CMD [".venv/bin/python", "-m", "gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", \
     "--worker-class", "gthread", "--workers", "4", "--threads", "4", "--timeout", "120", "--no-control-socket"]
