# Build: dependencies with hashes, the package, and nothing that is not needed at run time.
FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements/runtime.txt requirements/runtime.txt
RUN python -m venv /opt/guardian \
 && /opt/guardian/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt
COPY pyproject.toml README.md LICENSE ./
COPY guardian guardian
COPY config config
COPY docs/methods.md docs/methods.md
RUN /opt/guardian/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
 && find /opt/guardian -path '*/discovery_cache/documents/*.json' ! -name 'calendar.v3.json' ! -name 'admin.directory_v1.json' ! -name 'index.json' -delete \
 && find /opt/guardian -name __pycache__ -prune -exec rm -rf {} +

FROM python:3.11-slim
RUN useradd --uid 10001 --create-home --home-dir /srv/guardian guardian \
 && install -d -o guardian -g guardian -m 0700 /srv/guardian/data
COPY --from=build /opt/guardian /opt/guardian
ENV PATH=/opt/guardian/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/guardian
USER 10001
VOLUME /srv/guardian/data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["guardian"]
CMD ["serve", "--host", "0.0.0.0"]
