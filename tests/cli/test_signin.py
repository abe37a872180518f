"""Signing in with a browser, against a Cognito that checks the proof."""

import os
import socket
import stat
import time
import webbrowser
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli.signin import Pool, TokenAuth, Tokens, refresh, save, sign_in
from app.errors import OperatorError
from tests import http_calls
from tests.cli.api_gateway import Gateway, bearer
from tests.cli.cognito import CLIENT, Cognito


class Person(webbrowser.BaseBrowser):
    """Goes where the page leads."""

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        del new, autoraise
        http_calls.get(url, follow_redirects=True)
        return True


webbrowser.register("person", None, Person("person"), preferred=True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture
def cognito() -> Iterator[Cognito]:
    with Cognito(f"http://localhost:{free_port()}/") as cognito:
        yield cognito


@pytest.fixture
def pool(cognito: Cognito) -> Pool:
    return Pool.of(cognito.sign_in_url, CLIENT)


def test_a_person_signs_in_with_a_proof_that_cognito_checks(cognito: Cognito, pool: Pool) -> None:
    tokens = sign_in(pool)
    assert tokens.id_token in cognito.valid
    assert 3500 < tokens.expires - time.time() < 3700


def test_a_refresh_token_brings_another_token_and_stays(cognito: Cognito, pool: Pool) -> None:
    first = sign_in(pool)
    second = refresh(pool, first.refresh_token)
    assert second.id_token in cognito.valid - {first.id_token}
    assert second.refresh_token == first.refresh_token


def test_who_does_not_sign_in_is_told_why(cognito: Cognito, pool: Pool) -> None:
    cognito.fault = "access_denied"
    with pytest.raises(OperatorError, match="Nobody signed in: access_denied"):
        sign_in(pool)


def test_a_code_of_another_sign_in_is_not_taken(cognito: Cognito, pool: Pool) -> None:
    cognito.state = "of somebody else"
    with pytest.raises(OperatorError, match=r"0\.3 s have passed"):
        sign_in(pool, patience=0.3)
    assert cognito.visits == 1


def test_a_callback_that_is_not_registered_is_not_served(cognito: Cognito, pool: Pool) -> None:
    with pytest.raises(OperatorError, match="Nobody signed in"):
        sign_in(replace(pool, redirect=f"http://localhost:{free_port()}/"), patience=0.3)
    assert cognito.visits == 0


def test_a_connection_that_says_nothing_holds_nobody_up(cognito: Cognito, pool: Pool) -> None:
    class Hasty(Person):
        def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
            address = ("127.0.0.1", int(pool.redirect.rsplit(":", 1)[1].strip("/")))
            with socket.create_connection(address):
                return super().open(url, new, autoraise)

    webbrowser.register("hasty", None, Hasty("hasty"), preferred=True)
    try:
        assert sign_in(pool).id_token in cognito.valid
    finally:
        webbrowser.register("person", None, Person("person"), preferred=True)


def test_a_port_that_is_taken_is_named(pool: Pool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(OperatorError, match=f"port {port} of this machine"):
            sign_in(replace(pool, redirect=f"http://localhost:{port}/"))


def test_a_cognito_that_is_not_there_is_named(cognito: Cognito, pool: Pool) -> None:
    absent_pool = replace(pool, url=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(OperatorError, match="No tokens from"):
        refresh(absent_pool, "any")
    assert cognito.visits == 0


@pytest.fixture
def gateway(cognito: Cognito) -> Iterator[Gateway]:
    """In front of nothing: what is let through is answered 502 by the lack of it."""
    with Gateway(cognito.url, bearer(cognito.valid)) as gateway:
        yield gateway


def kept(pool: Pool, folder: Path, tokens: Tokens) -> Path:
    """Tokens, as an earlier command has kept them."""
    file = folder / f"{pool.client_id}.json"
    save(file, tokens)
    return file


def status(gateway: Gateway, auth: TokenAuth) -> int:
    return http_calls.get(f"{gateway.url}oauth2/authorize", auth=auth).status_code


LET_THROUGH, REFUSED = 400, 401  # what stands behind does not know such a request


def test_tokens_are_kept_from_everyone_else(pool: Pool, tmp_path: Path) -> None:
    usual = os.umask(0)  # so that the mode is not the umask's doing
    try:
        file = kept(pool, tmp_path / "sign-in", Tokens("id", "refresh", 0))
    finally:
        os.umask(usual)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_kept_token_is_used_until_it_ends(
    cognito: Cognito, pool: Pool, gateway: Gateway, tmp_path: Path
) -> None:
    kept(pool, tmp_path, sign_in(pool))
    assert status(gateway, TokenAuth("Outcrop", pool, tmp_path)) == LET_THROUGH
    assert cognito.visits == 1


def test_a_token_that_ends_is_renewed_and_kept(
    cognito: Cognito, pool: Pool, gateway: Gateway, tmp_path: Path
) -> None:
    old = replace(sign_in(pool), expires=time.time() + 5)
    file = kept(pool, tmp_path, old)
    assert status(gateway, TokenAuth("Outcrop", pool, tmp_path)) == LET_THROUGH
    assert old.id_token not in file.read_text()
    assert len(gateway.requests) == 1
    assert cognito.visits == 1


def test_a_token_that_was_revoked_is_renewed_once(
    cognito: Cognito, pool: Pool, gateway: Gateway, tmp_path: Path
) -> None:
    old = sign_in(pool)
    kept(pool, tmp_path, old)
    cognito.valid.discard(old.id_token)
    assert status(gateway, TokenAuth("Outcrop", pool, tmp_path)) == LET_THROUGH
    assert len(gateway.requests) == 2


def test_without_a_terminal_nobody_is_asked(
    cognito: Cognito, pool: Pool, gateway: Gateway, tmp_path: Path
) -> None:
    auth = TokenAuth("Outcrop", pool, tmp_path)
    with pytest.raises(OperatorError, match="Nobody is signed in to the stack Outcrop"):
        status(gateway, auth)
    kept(pool, tmp_path, sign_in(pool))
    cognito.revoke()
    with pytest.raises(OperatorError, match="set OUTCROP_TOKEN"):
        status(gateway, auth)
    assert cognito.visits == 1


def test_a_token_of_the_environment_is_taken_as_it_is(
    cognito: Cognito, pool: Pool, gateway: Gateway, tmp_path: Path
) -> None:
    token = sign_in(pool).id_token
    assert status(gateway, TokenAuth("Outcrop", pool, tmp_path, token)) == LET_THROUGH
    cognito.revoke()
    assert status(gateway, TokenAuth("Outcrop", pool, tmp_path, token)) == REFUSED
    assert not list(tmp_path.iterdir())


def test_a_damaged_file_is_no_token(pool: Pool, gateway: Gateway, tmp_path: Path) -> None:
    (tmp_path / f"{CLIENT}.json").write_text('{"id_token": ')
    with pytest.raises(OperatorError, match="Nobody is signed in"):
        status(gateway, TokenAuth("Outcrop", pool, tmp_path))
