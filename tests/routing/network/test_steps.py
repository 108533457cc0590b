"""Work in steps: all of it is done once, and what may end it is heard between two steps."""

import pytest

from routing.network.steps import LEAST, Steps


class WithdrawnError(Exception):
    """Nobody wants the answer any more."""


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("count", [0, 1, LEAST, 10 * LEAST + 7])
def test_everything_is_done_once(count, threads):
    done = []
    Steps(threads).work(lambda first, last: done.extend(range(first, last)), count)
    assert sorted(done) == list(range(count))


def test_no_step_begins_after_a_withdrawal():
    done, asked = [], []

    def heed():
        asked.append(len(done))
        if len(done) == 3:
            raise WithdrawnError

    with pytest.raises(WithdrawnError):
        Steps(1, heed).work(lambda *step: done.append(step), 10 * LEAST)
    assert asked == [1, 2, 3]


def test_threads_begin_no_step_after_a_withdrawal_but_those_at_hand():
    done = []

    def heed():
        raise WithdrawnError

    with pytest.raises(WithdrawnError):
        Steps(2, heed).work(lambda *step: done.append(step), 100 * LEAST)
    assert len(done) <= 32
