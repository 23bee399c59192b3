"""How much is worked off at once, so that nobody waits long."""

from articles.models import Owner
from therapydir.derived import catching_up
from therapydir.derived.registry import Note

ALIKE, VARYING = Note("alike", Owner), Note("varying", Owner, varies=True)


def sizes_of(monkeypatch, note, seconds):
    """How many keys each of six slices has, of which each takes so long."""
    sizes, clock = [], [0.0]

    def work_off(notes, size):
        sizes.append(size)
        clock[0] += seconds
        return catching_up._WorkedOff(size, is_left=len(sizes) < 6)

    monkeypatch.setattr(catching_up, "_work_off_some", work_off)
    monkeypatch.setattr(catching_up.time, "monotonic", lambda: clock[0])
    left = [([note], 1), ([], 0)]
    monkeypatch.setattr(catching_up, "_outstanding_kinds", lambda: left[len(sizes) >= 6])
    slices = catching_up._Slices()
    while catching_up._work_off_for_a_moment(slices=slices).is_left:
        pass
    return sizes


def test_work_that_varies_begins_with_few_and_grows_while_it_is_quick(monkeypatch):
    assert sizes_of(monkeypatch, VARYING, 0.1) == [60, 120, 240, 480, 500, 500]


def test_work_that_varies_shrinks_when_others_wait_long(monkeypatch):
    assert sizes_of(monkeypatch, VARYING, 1.5) == [60, 30, 20, 20, 20, 20]


def test_other_work_is_done_in_slices_of_one_size(monkeypatch):
    assert sizes_of(monkeypatch, ALIKE, 0.1) == [500] * 6
