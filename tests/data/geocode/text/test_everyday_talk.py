"""What people say beside an address, in any person and with the endings of spoken language."""

import pytest

from data.geocode.text.everyday_talk import is_ordinary, may_be_name
from data.geocode.text.tokens import Token


@pytest.mark.parametrize("word", ["گیر", "نمیگیرم", "نرفتید", "بخوریم", "تعطیله", "ماشینتون"])
def test_a_verb_in_any_person_and_a_word_with_an_ending_are_everyday_talk(word: str) -> None:
    assert is_ordinary(Token(word, 0))
    assert not may_be_name(Token(word, 0))


@pytest.mark.parametrize("word", ["قندهاری", "کریمزاده", "خداپرستنژاد", "پرهام", "schneider"])
def test_surnames_are_known_by_a_list_or_by_their_end(word: str) -> None:
    assert may_be_name(Token(word, 0))
    assert not is_ordinary(Token(word, 0))
