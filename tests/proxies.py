"""nginx and HAProxy in front of the site, as an operator may put them there."""

import shutil
import subprocess
import time
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import urlopen

from tests.serving import free_port

NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; underscores_in_headers on;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{behind};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Connection "";
    }}
  }}
}}
"""
HAPROXY = """
defaults
  mode http
  timeout connect 5s
  timeout client 10s
  timeout server 10s
frontend site
  bind 127.0.0.1:{port}
  default_backend site
backend site
  server one 127.0.0.1:{behind}
"""
PROGRAMS = {
    "nginx": (NGINX, lambda file, folder: ["-p", folder, "-c", file]),
    "haproxy": (HAPROXY, lambda file, folder: ["-db", "-f", file]),
}


def program(name):
    """The path of a proxy's program, or None. Debian keeps them where only root looks."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


# A machine without them runs the other tests; .ci/run brings both.
INSTALLED = [name for name in PROGRAMS if program(name)]


@contextmanager
def proxy(name, folder, behind):
    """A running proxy of that name before the site at port `behind`; yields its own port."""
    configuration, arguments = PROGRAMS[name]
    port, file = free_port(), folder / f"{name}.conf"
    file.write_text(configuration.format(folder=folder, port=port, behind=behind))
    command = [program(name), *map(str, arguments(file, folder))]
    with (folder / f"{name}.log").open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log)
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", process, folder / f"{name}.log")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for(address, process, log):
    for _ in range(100):
        assert process.poll() is None, log.read_text()
        try:
            urlopen(address, timeout=5).close()
            return
        except HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"Nothing answers at {address}: {log.read_text()}")
