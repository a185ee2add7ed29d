"""A run on clusters whose parts are processes of their own: Dask's scheduler and workers, and MPI. Also when a worker is killed in the middle."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import moecast
import pytest

pytestmark = pytest.mark.slow
PATHS, SEED, UNIT = 4096, 9, 256


@pytest.fixture(scope="module")
def alone():
    return moecast.run("baseline", paths=PATHS, seed=SEED)


@contextlib.contextmanager
def processes():
    """Starts programs; whatever is left of them at the end is killed."""
    begun = []

    def start(*words, **more):
        begun.append(subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more))
        return begun[-1]

    try:
        yield start
    finally:
        for process in begun:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path):
    distributed = pytest.importorskip("distributed")
    file = tmp_path / "scheduler.json"
    with processes() as start:
        start("-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
        words = ("-m", "distributed.cli.dask_worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-dashboard", "--no-nanny", "--local-directory", str(tmp_path))
        workers = [start(*words) for _ in range(3)]
        with distributed.Client(scheduler_file=str(file), timeout=60) as client:
            client.wait_for_workers(3, timeout=60)
            yield client, workers


def test_a_dask_cluster_gives_the_bits_of_one_process_also_when_a_worker_is_killed(cluster, alone):
    client, workers = cluster
    run = moecast.Run("baseline", paths=PATHS, seed=SEED)
    killed = []

    def kill_one(done, total):
        if done and not killed:
            workers[0].send_signal(signal.SIGKILL)
            killed.append(done)

    assert run.advance_on(client, UNIT, progress=kill_one) == PATHS
    assert 0 < killed[0] < PATHS
    result = run.result()
    assert result.digest == alone.digest
    assert (result.inputs.table == alone.inputs.table).all()
    assert [(r.id, r.hits, r.count) for r in result.readings()] == [(r.id, r.hits, r.count) for r in alone.readings()]
    deadline = time.monotonic() + 30
    while len(client.scheduler_info()["workers"]) > 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(client.scheduler_info()["workers"]) == 2
    again = moecast.run("baseline", paths=PATHS, seed=SEED, executor=client.get_executor(), unit_paths=1024)
    assert again.digest == alone.digest


def test_shards_of_a_queue_as_the_docs_have_them_merge_to_the_digest_of_one_run(tmp_path):
    """The commands of the Slurm and Kubernetes examples, with their variables as the queues set them."""
    text = (Path(__file__).parents[2] / "docs/cluster.md").read_text()
    slurm = re.search(r"^moecast run .*SLURM_ARRAY_TASK_ID.*$", text, re.M)[0]
    kubernetes = re.search(r"command: \[sh, -c, '(.*)'\]", text)[1]
    (tmp_path / "study.yaml").write_text("moecast: 1\nname: study\nextends: baseline\n")
    (tmp_path / "moecast").symlink_to(os.environ["MOECAST_BIN"])
    digests = set()
    for name, first, variable in ((slurm, 1, "SLURM_ARRAY_TASK_ID"), (kubernetes, 0, "JOB_COMPLETION_INDEX")):
        command = name.replace("10000000", "600").replace("/64", "/3").replace("/data/", f"{tmp_path}/{variable}/")
        folder = tmp_path / variable
        folder.mkdir()
        (folder / "study.yaml").write_text((tmp_path / "study.yaml").read_text())
        for index in range(first, first + 3):
            words = os.environ | {variable: str(index), "PATH": f"{tmp_path}:{os.environ['PATH']}"}
            subprocess.run(["sh", "-c", command], cwd=folder, env=words, check=True, stdout=subprocess.DEVNULL)
        shards = sorted(str(path) for path in folder.glob("**/shard-*"))
        subprocess.run([str(tmp_path / "moecast"), "merge", *shards, "-o", str(folder / "whole"), "--no-report", "--no-contrasts"], check=True, stdout=subprocess.DEVNULL)
        digests.add(moecast.load(folder / "whole").digest)
    assert digests == {moecast.run(tmp_path / "study.yaml", paths=600).digest}


MPI = """
import sys, moecast
from mpi4py.futures import MPIPoolExecutor
if __name__ == "__main__":
    with MPIPoolExecutor() as executor:
        print(moecast.run("baseline", paths=int(sys.argv[1]), seed=int(sys.argv[2]), executor=executor, unit_paths=512).digest)
"""


def mpiexec():
    """That of the environment's own MPI, else the system's."""
    beside = Path(sys.executable).parent / "mpiexec"
    return str(beside) if beside.exists() else shutil.which("mpiexec")


def test_mpi_gives_the_bits_of_one_process(tmp_path, alone):
    pytest.importorskip("mpi4py", reason="mpi4py is not installed")
    if not mpiexec():
        pytest.skip("there is no mpiexec")
    script = tmp_path / "spread.py"
    script.write_text(MPI)
    words = [mpiexec(), "-n", "3", sys.executable, "-m", "mpi4py.futures", str(script), str(PATHS), str(SEED)]
    found = subprocess.run(words, capture_output=True, text=True, timeout=120, env=os.environ | {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"})
    assert found.stdout.strip() == alone.digest, found.stderr
