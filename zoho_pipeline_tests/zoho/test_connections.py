"""What a fault of a connection leaves known, on real sockets."""

import datetime as dt
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from zoho_pipeline.zoho.connections import Connections, Fault
from zoho_pipeline.zoho.exchange import Exchange, Lost
from zoho_pipeline.zoho.ports import About
from zoho_pipeline.zoho.request import Request

POST = Request("POST", "/customers", About(), body={"display_name": "X"})
OK = b'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"code":0}'


@contextmanager
def serving(answer: Callable[[socket.socket], object], context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server that hands each connection to `answer`; its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                answer(context.wrap_socket(connection, server_side=True) if context else connection)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def until_hung_up(connection: socket.socket) -> None:
    """Say nothing for as long as the client is there."""
    while connection.recv(65536):
        pass


def fault_of_post(url: str, timeout_seconds: float = 60.0) -> Fault:
    with pytest.raises(Lost) as caught:
        Exchange(url, "1", timeout_seconds).run(POST, "t")
    assert "example.com" not in str(caught.value)
    return caught.value.fault


def test_a_refused_connection_sent_nothing() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert fault_of_post(f"http://127.0.0.1:{taken.getsockname()[1]}") is Fault.NOT_SENT


def test_an_unknown_host_name_sent_nothing() -> None:
    assert fault_of_post("http://zoho.invalid") is Fault.NOT_SENT


def test_a_connection_that_does_not_come_about_in_time_sent_nothing() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(full.getsockname())
        assert fault_of_post(f"http://127.0.0.1:{full.getsockname()[1]}", 0.3) is Fault.NOT_SENT
        for client in waiting:
            client.close()


def test_a_certificate_that_is_not_trusted_sent_nothing(tmp_path: Path) -> None:
    with serving(lambda connection: None, self_signed(tmp_path)) as port:
        assert fault_of_post(f"https://127.0.0.1:{port}") is Fault.NOT_SENT


def test_a_connection_closed_without_an_answer_may_have_been_a_success() -> None:
    with serving(lambda connection: connection.recv(65536)) as port:
        assert fault_of_post(f"http://127.0.0.1:{port}") is Fault.BROKEN


def test_silence_may_have_been_a_success_and_may_still_go_on() -> None:
    with serving(until_hung_up) as port:
        assert fault_of_post(f"http://127.0.0.1:{port}", 0.3) is Fault.TIMED_OUT


def test_a_body_that_trickles_is_given_up_before_its_end() -> None:
    def trickle(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1000):
            connection.sendall(b" ")
            time.sleep(0.1)

    with serving(trickle) as port:
        assert fault_of_post(f"http://127.0.0.1:{port}", 0.3) is Fault.TIMED_OUT


@pytest.mark.parametrize(
    "answer",
    [
        b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"code":0}',
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n{"code":0}',
        b'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\n{"code":0}',
        b"HTTP/1.1 2",
        b"nonsense\r\n\r\n",
    ],
)
def test_an_answer_that_is_not_whole_may_have_been_a_success(answer: bytes) -> None:
    def cut_short(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(answer)

    with serving(cut_short) as port:
        assert fault_of_post(f"http://127.0.0.1:{port}") is Fault.BROKEN


def test_a_write_reuses_a_connection_only_while_it_is_fresh() -> None:
    seen: list[int] = []

    def keep_alive(connection: socket.socket) -> None:
        seen.append(0)
        while received := connection.recv(65536):
            if received.endswith(b"}"):
                seen[-1] += 1
                connection.sendall(OK)

    now = [0.0]
    with serving(keep_alive) as port:
        exchange = Exchange(f"http://127.0.0.1:{port}", "1", 60.0)
        exchange._connections = Connections(f"http://127.0.0.1:{port}", lambda: now[0])
        for idle in (0.0, 1.5, 2.5):
            now[0] += idle
            assert exchange.run(POST, "t").status == 200
        exchange._connections.pool(for_write=True).close()
    assert seen == [2, 1]


def test_a_kept_connection_that_the_server_has_closed_is_replaced_before_a_write() -> None:
    arrived: list[bytes] = []
    closed = threading.Semaphore(0)

    def one_answer(connection: socket.socket) -> None:
        arrived.append(connection.recv(65536))
        connection.sendall(OK)
        connection.close()
        closed.release()

    with serving(one_answer) as port:
        exchange = Exchange(f"http://127.0.0.1:{port}", "1", 60.0)
        for _ in range(3):
            assert exchange.run(POST, "t").status == 200
            assert closed.acquire(timeout=60)
    assert len(arrived) == 3


@pytest.fixture
def through_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Proxied":
    """A proxy of the environment's, which hands what comes through its tunnel to `answer`; what was asked of both."""

    @contextmanager
    def proxy(
        answer: Callable[[socket.socket], object], head: bytes = b"200 Connection established"
    ) -> Iterator[list[str]]:
        asked: list[str] = []
        context = self_signed(tmp_path, "zoho.invalid")

        def tunnel(connection: socket.socket) -> None:
            asked.append(first_line(whole_request(connection)))
            connection.sendall(b"HTTP/1.1 " + head + b"\r\n\r\n")
            with context.wrap_socket(connection, server_side=True) as inside:
                asked.append(first_line(whole_request(inside)))
                answer(inside)

        with serving(tunnel) as port:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
            monkeypatch.setenv("NO_PROXY", "")
            monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "server.pem"))
            yield asked

    return proxy


def whole_request(connection: socket.socket) -> bytes:
    """A request to its end: CONNECT has no body, and what is posted here ends with a brace."""
    received = b""
    while not received.endswith((b"\r\n\r\n", b"}")) or (received.startswith(b"POST") and received[-1:] != b"}"):
        received += connection.recv(65536)
    return received


def first_line(request: bytes) -> str:
    """Method and target."""
    return request.split(b"\r\n")[0].rpartition(b" ")[0].decode()


Proxied = Callable[..., AbstractContextManager[list[str]]]


def test_the_environment_says_by_which_proxy_and_whose_certificates(through_proxy: Proxied) -> None:
    with through_proxy(lambda inside: inside.sendall(OK)) as asked:
        assert Exchange("https://zoho.invalid/billing/v1", "1", 60.0).run(POST, "t").status == 200
    assert asked == ["CONNECT zoho.invalid:443", "POST /billing/v1/customers"]


def test_an_answer_that_is_lost_behind_a_proxy_may_have_been_a_success(through_proxy: Proxied) -> None:
    with through_proxy(lambda inside: None) as asked:
        assert fault_of_post("https://zoho.invalid") is Fault.BROKEN
    assert asked == ["CONNECT zoho.invalid:443", "POST /customers"]


def test_a_proxy_that_makes_no_tunnel_sent_nothing(through_proxy: Proxied) -> None:
    with through_proxy(lambda inside: None, b"407 Proxy Authentication Required") as asked:
        assert fault_of_post("https://zoho.invalid") is Fault.NOT_SENT
    assert asked == ["CONNECT zoho.invalid:443"]


def test_a_proxy_that_is_not_there_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{taken.getsockname()[1]}")
        monkeypatch.setenv("NO_PROXY", "")
        assert fault_of_post("https://zoho.invalid") is Fault.NOT_SENT


def self_signed(directory: Path, host: str = "localhost") -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = directory / "server.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
