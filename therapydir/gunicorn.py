"""How gunicorn runs the site: `gunicorn -c python:therapydir.gunicorn`."""

import os

from therapydir.settings import HOST, PORT, env

wsgi_app = "therapydir.wsgi"
bind = f"{HOST}:{PORT}"
workers = env.int("WEB_CONCURRENCY", default=2)
threads = env.int("WEB_THREADS", default=4)
# The control socket would be one more file to clean up, and nobody here talks to it.
control_socket_disable = True
# A heartbeat file on a slow disk stalls workers; memory does not.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
