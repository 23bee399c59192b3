"""How gunicorn runs the site: `gunicorn -c python:therapydir.gunicorn`."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured

from therapydir import environment

try:
    from therapydir.settings import HOST, PORT, SECRET_KEY
except ImproperlyConfigured as error:
    sys.exit(str(error))
if not SECRET_KEY:  # said here, once and before any worker, for workers are started again and again
    sys.exit(
        "SECRET_KEY is not set: set it in the environment or in .env, "
        "or run `python manage.py quickstart --no-serve` once to make one."
    )

wsgi_app = "therapydir.wsgi"
bind = f"[{HOST}]:{PORT}" if ":" in HOST else f"{HOST}:{PORT}"
try:
    workers = environment.number("WEB_CONCURRENCY", 2, least=1)
    threads = environment.number("WEB_THREADS", 4, least=1)
except ImproperlyConfigured as error:
    sys.exit(str(error))
worker_class = "therapydir.delivery.worker.GatheringWorker"
# Longer than a load balancer or a crawler keeps a connection, so that none sends a request into one that
# ends; an idle one holds no thread.
keepalive = 75
# A client's headers stay what they are, headers: by default gunicorn lets whatever connects from this
# machine, and so whoever comes through a proxy that passes everything on, set where the site begins
# (SCRIPT_NAME), its path and its scheme. Django alone decides what it trusts.
forwarder_headers = ""
forwarded_allow_ips = ""
secure_scheme_headers = {}
# The control socket would be one more file to clean up, and nobody here talks to it.
control_socket_disable = True
# A heartbeat file on a slow disk stalls workers; memory does not.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
