"""Runs a real Joule node on a PostgreSQL of its own, for as long as standard input stays open.

    node.py --cache FOLDER --postgres FOLDER

Prints one line, `ready URL KEY`, when the node answers. Everything is stopped, and its folder removed, when standard
input ends, on SIGINT and on SIGTERM. The first run fills the node (fill.py) and keeps its state in the cache folder,
under a stamp of everything it was made from; each run works on a copy, so that nothing a test does outlives it.

The node's programs come from the Python environment that runs this, PostgreSQL's from the folder given. PostgreSQL
refuses to run as root; for root it runs as `postgres` or `nobody`. Nothing listens beyond 127.0.0.1.
"""

import argparse
import ctypes
import fcntl
import hashlib
import os
import pwd
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAMS = Path(sys.executable).parent
KEY = "joule-test-key-0123456789abcdef012345"
PATIENCE = 60
PREFIX = "streamscope-joule-"
MADE_FROM = ["requirements.txt", "node.py", "shim.sql", "fill.py"]

DATABASE = """
CREATE ROLE joule LOGIN PASSWORD 'joule' CREATEROLE;
CREATE DATABASE joule OWNER joule;
GRANT pg_read_all_settings TO joule;
GRANT ALL PRIVILEGES ON DATABASE joule TO joule WITH GRANT OPTION;
"""

CONFIGURATION = """
[Main]
Name = streamscope test node
ModuleDirectory = {0}/modules
DataStreamDirectory = {0}/data_streams
EventStreamDirectory = {0}/event_streams
ImporterConfigsDirectory = {0}/importers
ExporterConfigsDirectory = {0}/exporters
ImporterDataDirectory = {0}/importer_data
ExporterDataDirectory = {0}/exporter_data
UsersFile = {0}/users
SocketDirectory = {0}/sockets
IPAddress = 127.0.0.1
Port = {1}
Database = joule:joule@127.0.0.1:{2}/joule
InsertPeriod = 1
CleanupPeriod = 60
[Proxies]
pages = http://127.0.0.1:9/
"""

# Two columns of random numbers, ten rows a second: a stream that is alive.
MODULE = """
[Main]
name = live random
description = random numbers, ten rows a second
exec_cmd = {}/joule-random-reader --width 2 --rate 10
[Outputs]
output = /live/random:float32[x, y]
"""


def say(words):
    print(words, file=sys.stderr, flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def end_with_us():
    """In a child: end when this program ends, however it does (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Postgres:
    """A database server with its data in a folder."""

    def __init__(self, programs, folder):
        self.programs, self.folder, self.port = Path(programs), folder, free_port()
        self.user = {}
        if os.getuid() == 0:
            names = [entry.pw_name for entry in pwd.getpwall()]
            self.user = {"user": "postgres" if "postgres" in names else "nobody", "extra_groups": []}

    def own(self):
        """Hands the folder to the user that the server runs as."""
        if self.user:
            subprocess.run(["chown", "-R", self.user["user"], self.folder], check=True)

    def create(self):
        self.folder.mkdir(mode=0o700)
        self.own()
        options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync"]
        command = [self.programs / "initdb", *options, "--wal-segsize=4", "-D", self.folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **self.user)

    @contextmanager
    def running(self, log):
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "timezone": "UTC",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "wal_level": "minimal",
            "max_wal_senders": 0,
            "min_wal_size": "8MB",
            "max_wal_size": "32MB",
        }
        command = [self.programs / "postgres", "-D", self.folder]
        command += [f"--{name}={value}" for name, value in settings.items()]
        server = subprocess.Popen(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/", start_new_session=True,
            preexec_fn=end_with_us, **self.user
        )
        try:
            wait_for(lambda: subprocess.run(self.psql("postgres", "postgres"), input=b"SELECT 1", capture_output=True)
                     .returncode == 0, server)
            yield
        finally:
            stop(server, signal.SIGINT)

    def psql(self, user, database):
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", user, "-d", database]
        return [self.programs / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", *where]

    def execute(self, user, database, sql):
        subprocess.run(self.psql(user, database), input=sql.encode(), check=True, stdout=subprocess.DEVNULL)


def wait_for(ready, process):
    begun = time.monotonic()
    while not ready():
        if process.poll() is not None:
            raise RuntimeError(f"{Path(str(process.args[0])).name} ended with status {process.returncode}")
        if time.monotonic() - begun > PATIENCE:
            raise RuntimeError(f"{Path(str(process.args[0])).name} did not answer for {PATIENCE} s")
        time.sleep(0.05)


def stop(process, how):
    """Ends a process and its children."""
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            pass
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


@contextmanager
def joule(folder, postgres, log):
    """A node on a running database; gives its URL."""
    port = free_port()
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("modules", "data_streams", "event_streams", "importers", "exporters", "sockets"):
        (folder / name).mkdir(parents=True)
    (folder / "users").write_text(f"tester, {KEY}\n")
    (folder / "modules/live.conf").write_text(MODULE.format(PROGRAMS))
    (folder / "main.conf").write_text(CONFIGURATION.format(folder, port, postgres.port))
    url = f"http://127.0.0.1:{port}"
    request = urllib.request.Request(f"{url}/version.json", headers={"X-API-KEY": KEY})

    def answers():
        try:
            return urllib.request.urlopen(request, timeout=5).status == 200
        except (urllib.error.URLError, OSError):
            return False

    node = subprocess.Popen(
        [PROGRAMS / "jouled", "--config", folder / "main.conf"], stdout=log, stderr=log, stdin=subprocess.DEVNULL,
        start_new_session=True, preexec_fn=end_with_us, env={**os.environ, "PATH": f"{PROGRAMS}:{os.environ['PATH']}"}
    )
    try:
        wait_for(answers, node)
        yield url
    finally:
        stop(node, signal.SIGTERM)


def seed(state, run, postgres, log):
    """Makes a node, fills it, and keeps its database as `state`."""
    say("· filling a Joule node (once) …")
    begun = time.monotonic()
    postgres.create()
    with postgres.running(log):
        postgres.execute("postgres", "postgres", DATABASE)
        postgres.execute("postgres", "joule", "GRANT CREATE ON SCHEMA public TO joule;")
        postgres.execute("joule", "joule", (HERE / "shim.sql").read_text())
        with joule(run / "joule", postgres, log) as url:
            subprocess.run([sys.executable, HERE / "fill.py", url, KEY], check=True, cwd=run)
        postgres.execute("postgres", "joule", "VACUUM ANALYZE; CHECKPOINT;")
    for old in state.parent.glob("state-*"):
        shutil.rmtree(old)
    unfinished = state.parent / "unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    copy(postgres.folder, unfinished)
    unfinished.rename(state)
    say(f"  done in {time.monotonic() - begun:.0f} s")


def copy(source, target):
    reflink = ["--reflink=auto"] if sys.platform == "linux" else []
    subprocess.run(["cp", "-R", "-p", *reflink, source, target], check=True)


def stamp(programs):
    made_from = [(HERE / name).read_bytes() for name in MADE_FROM]
    made_from.append(subprocess.run([programs / "postgres", "--version"], capture_output=True, check=True).stdout)
    return hashlib.sha256(b"\0".join(made_from)).hexdigest()[:16]


def lock(path, wait=False):
    """Holds a file until it is closed; raises OSError where another holds it, unless told to wait."""
    file = open(path, "w")
    fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    return file


def sweep():
    """Removes what runs that were killed have left behind."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            with lock(folder / "lock"):
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            pass


def until_told():
    while select.select([sys.stdin], [], [])[0] and sys.stdin.buffer.read1(4096):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, required=True, help="where the filled node is kept")
    parser.add_argument("--postgres", type=Path, required=True, help="where PostgreSQL's programs are")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options.cache.mkdir(parents=True, exist_ok=True)
    sweep()
    run = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        run.chmod(0o711)
        with lock(run / "lock"), open(run / "log", "wb") as log:
            postgres = Postgres(options.postgres, run / "database")
            state = options.cache / f"state-{stamp(options.postgres)}"
            try:
                with lock(options.cache / "lock", wait=True):
                    if state.exists():
                        copy(state, postgres.folder)
                        postgres.own()
                    else:
                        seed(state, run, postgres, log)
                with postgres.running(log), joule(run / "joule", postgres, log) as url:
                    print(f"ready {url} {KEY}", flush=True)
                    until_told()
            except (RuntimeError, subprocess.CalledProcessError) as error:
                log.flush()
                last = (run / "log").read_text(errors="replace").splitlines()[-40:]
                sys.exit("\n".join([*last, f"error: no Joule node: {error}"]))
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        shutil.rmtree(run, ignore_errors=True)


main()
