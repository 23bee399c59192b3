# The base can be exchanged for any image that has Python 3.12 or newer as `python3`.
ARG BASE=docker.io/library/python:3.13-slim

FROM ${BASE} AS build
WORKDIR /app
RUN python3 -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
RUN STATIC_ROOT=/app/staticfiles /venv/bin/python manage.py collectstatic --no-input -v 0 \
    && /venv/bin/python -m compileall -q therapydir articles locations providers

FROM ${BASE}
# A user without a shell or a home, who owns nothing but the folder for data.
RUN groupadd --system --gid 10001 therapydir \
    && useradd --system --uid 10001 --gid therapydir --no-create-home --shell /usr/sbin/nologin therapydir \
    && install -d -o therapydir -g therapydir /var/lib/therapydir
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    VAR_DIR=/var/lib/therapydir \
    STATIC_ROOT=/app/staticfiles
WORKDIR /app
USER therapydir
VOLUME /var/lib/therapydir
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:%s/healthz' % os.environ['PORT'], timeout=4)"]
CMD ["gunicorn", "-c", "python:therapydir.gunicorn"]
