from dataclasses import replace

from api.access.auth import FirstStartSession, Seals, hash_password
from data.model import Role, User, UserId

SARA = User(UserId(1), "sara", (Role.OPERATOR,), "en", hash_password("snow at dawn"))


def test_a_text_is_taken_for_the_purpose_that_it_was_signed_for_alone() -> None:
    seals = Seals(b"ours")
    token, right = seals.new_token(), seals.seal_password(SARA)
    begun = seals.seal_session(FirstStartSession("token", "stamp"))
    assert seals.genuine(token)
    assert seals.read_password(right, lambda _: SARA) == SARA
    assert not any(seals.genuine(other) for other in (right, begun))
    assert all(seals.read_password(other, lambda _: SARA) is None for other in (token, begun))
    assert all(seals.read_session(other) is None for other in (token, right))


def test_a_text_of_another_server_or_a_changed_one_is_worth_nothing() -> None:
    token = Seals(b"theirs").new_token()
    assert not Seals(b"ours").genuine(token)
    text, rest = token.split(".", 1)
    assert not Seals(b"theirs").genuine(text[::-1] + "." + rest)
    assert not Seals(b"theirs").genuine("")


def test_a_right_password_is_worth_nothing_once_it_was_changed_or_its_owner_shut_out() -> None:
    seals = Seals(b"ours")
    right = seals.seal_password(SARA)
    changed = replace(SARA, password_hash=hash_password("snow at dusk"))
    for now in (changed, replace(SARA, disabled=True), None):
        assert seals.read_password(right, lambda _, now=now: now) is None
