"""Every process of the system killed at random moments of a compile: one package a deadline, nothing lost or doubled."""

import random
import re
import shutil
from types import SimpleNamespace

import pytest

from reports.tests.faults.system import KINDS, System, packages, part_zips, run
from reports.tests.faults.told import told
from tools.children import Children
from tools.servers import KILLED, Postgres, Redis, _temporary_folder

pytestmark = pytest.mark.prove
SCHOOLS = 40
TABLES = {  # what is frozen, without ids and times
    "reports_compilation": "kind, revision, as_of, known_at, state, missing",
    "reports_snapshot": "school_class_id, dimension, due, visited, declined, in_person, nearby, at_school, video, phone",
    "reports_schoolsnapshot": "code, classes, pupils, due_households, visited_households, teachers, help_times, stories",
    "reports_submissionline": "school_id, code, state, late, count, filed_at",
    "reports_schoolpart": "school_id, papers",
}


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory):
    """A filled SQLite file, and what is compiled of it in peace."""
    made = tmp_path_factory.mktemp("made")
    session = run("reports.tests.faults.district", str(SCHOOLS), folder=made, url=f"sqlite:///{made}/test.sqlite3")
    peace = tmp_path_factory.mktemp("peace")
    shutil.copy(made / "test.sqlite3", peace)
    url = f"sqlite:///{peace}/test.sqlite3"
    run("reports.tests.faults.peace", folder=peace, url=url)
    return SimpleNamespace(made=made, session=session.split(), peace=System(None, peace, url, ""))


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    with Children() as children, _temporary_folder() as folder:
        server = Postgres(children, folder, KILLED)
        made = tmp_path_factory.mktemp("made")
        session = run("reports.tests.faults.district", str(SCHOOLS), folder=made, url=server.url)
        server.create("peace", "homevisit")
        peace = tmp_path_factory.mktemp("peace")
        run("reports.tests.faults.peace", folder=peace, url=server.url_of("peace"))
        found = System(None, peace, server.url_of("peace"), "", database=server)
        yield SimpleNamespace(server=server, session=session.split(), peace=found, children=children)


@pytest.fixture
def children():
    with Children() as those:
        yield those


@pytest.fixture
def embedded(sqlite, children, tmp_path):
    """As `make run` has it: SQLite, a broker of files."""
    shutil.copy(sqlite.made / "test.sqlite3", tmp_path)
    system = System(children, tmp_path, f"sqlite:///{tmp_path}/test.sqlite3", sqlite.session[0], FAULTS_SLOW="0.1")
    system.programme, system.peace = sqlite.session[1], sqlite.peace
    return system


@pytest.fixture
def production(postgres, children, tmp_path, request):
    """PostgreSQL and Redis; a database of its own a test."""
    name = re.sub(r"\W+", "_", request.node.name).lower()[-50:]
    postgres.server.create(name, "homevisit")
    with _temporary_folder() as folder:
        system = System(
            children, tmp_path, postgres.server.url_of(name), postgres.session[0], database=postgres.server,
            broker=Redis(children, folder), FAULTS_SLOW="0.1", **getattr(request, "param", {}),
        )  # fmt: skip
        system.programme, system.peace = postgres.session[1], postgres.peace
        yield system


def killed_on_the_way(system, names, times, seed):
    """So many kills at random moments between the first school and the last, each while the work goes on."""
    chance = random.Random(seed)
    moments = sorted(chance.randrange(KINDS * SCHOOLS - 5) for _ in range(times))
    killed = []
    for moment in moments:
        at = max(moment, system.done() + 1)
        system.wait(lambda at=at: system.done() >= at)
        name = chance.choice(names)
        assert not system.is_ready()
        system.kill(name)
        killed.append(name)
    system.wait(system.is_ready)
    return killed


def without_sums(rows):
    """Papers bear the time at which they were made, so do their checksums; their text is compared below."""
    return sorted(re.sub(r"\b[0-9a-f]{64}\b", "sum", str(row)) for row in rows)


def assert_as_in_peace(system):
    peace = system.peace
    for table, columns in TABLES.items():
        sql = f"select {columns} from {table}"  # noqa: S608
        assert without_sums(system.rows(sql)) == without_sums(peace.rows(sql)), table
    counted = "select action, count(*) from core_auditentry where action like 'compilation.%' group by action"
    assert system.rows(counted) == [("compilation.ready", KINDS), ("compilation.start", KINDS)]
    assert system.rows("select state, count(*) from core_job group by state") == [("done", KINDS * (SCHOOLS + 1))]
    heard = "select user_id, text from schools_message where about_type = 'reports.compilation' order by user_id, text"
    said = system.rows(heard)
    assert said == peace.rows(heard) and len(set(said)) == len(said)
    names = sorted(name for (name,) in system.rows("select file from reports_compilation"))
    assert [f"compilations/{path.name}" for path in packages(system.folder)] == names
    written = sorted(name for (name,) in system.rows("select file from reports_schoolpart"))
    assert len(part_zips(system.folder)) == len(written) == KINDS * SCHOOLS
    for here, there in zip(packages(system.folder), packages(peace.folder), strict=True):
        assert told(here) == told(there), here.name


@pytest.mark.parametrize("seed", range(2))
def test_embedded_worker_and_web_are_killed(embedded, seed):
    embedded.worker()
    embedded.begin(embedded.programme, kill=seed / 20)
    with embedded.watching():
        killed_on_the_way(embedded, ["worker", "worker", "web"], 9, seed)
    embedded.wait(lambda: embedded.request("/reports/") == 200)
    assert_as_in_peace(embedded)


@pytest.mark.parametrize("seed", range(3))
def test_worker_web_and_database_are_killed(production, seed):
    production.worker("worker-1")
    production.worker("worker-2")
    production.begin(production.programme, kill=seed / 20)
    with production.watching():
        killed_on_the_way(production, ["worker-1", "worker-2", "database", "web"], 9, seed)
    production.wait(lambda: production.request("/reports/") == 200)
    assert_as_in_peace(production)


def test_the_broker_is_restarted_and_has_forgotten_everything(production):
    production.worker()
    production.begin(production.programme)
    killed_on_the_way(production, ["broker"], 2, 7)
    assert_as_in_peace(production)


@pytest.mark.parametrize("production", [{"FAULTS_COPIES": "3"}], indirect=True)
def test_messages_that_come_three_times_two_workers_and_two_beats(production):
    production.beats = ["beat-1", "beat-2"]
    for name in ("worker-1", "worker-2"):
        production.worker(name)
    production.begin(production.programme)
    production.wait(production.is_ready)
    assert_as_in_peace(production)
    assert production.rows("select max(attempts) from core_job where parent_id is not null") == [(1,)]
