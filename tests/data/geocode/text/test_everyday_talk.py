"""What people say beside an address, in any person and with the endings of spoken language."""

import pytest

from data.geocode.text.everyday_talk import is_ordinary, may_be_name
from data.geocode.text.finglish import heard_tokens
from data.geocode.text.tokens import Token, query_tokens


@pytest.mark.parametrize("word", ["گیر", "نمیگیرم", "نرفتید", "بخوریم", "تعطیله", "ماشینتون"])
def test_a_verb_in_any_person_and_a_word_with_an_ending_are_everyday_talk(word: str) -> None:
    assert is_ordinary(Token(word, 0))
    assert not may_be_name(Token(word, 0))


@pytest.mark.parametrize("word", ["قندهاری", "کریمزاده", "خداپرستنژاد", "پرهام", "schneider"])
def test_surnames_are_known_by_a_list_or_by_their_end(word: str) -> None:
    assert may_be_name(Token(word, 0))
    assert not is_ordinary(Token(word, 0))


@pytest.mark.parametrize(
    "sentence", ["slm hanuz barfesh jam nashode", "dg khaste shodim", "ham jozve hamin shahre"]
)
def test_persian_talk_in_latin_letters_is_known_by_its_sound(sentence: str) -> None:
    known = [is_ordinary(token) for token in heard_tokens(query_tokens(sentence))]
    assert sum(known) >= len(known) - 1


@pytest.mark.parametrize("word", ["homayun", "parastu", "frhad", "karim", "shirazi", "برف"])
def test_names_and_persian_letters_are_no_talk_by_ear(word: str) -> None:
    assert not any(token.talk for token in heard_tokens(query_tokens(word)))
