"""Everything goes wrong at once, for as long as a test may take; longer: tests/soak."""
import os

import pytest
from conftest import needs_root
from storm import assert_storm_is_survived

pytestmark = [needs_root, pytest.mark.measures]

SEED = int(os.environ.get('STORM_SEED', 1))  # by hand: other networks, intervals, more rounds
EVERY_S = int(os.environ.get('STORM_EVERY', 2))
ROUNDS = int(os.environ.get('STORM_ROUNDS', 7))


def test_everything_at_once_invents_nothing_and_loses_nothing(station, farm):
    assert_storm_is_survived(station, farm, SEED, EVERY_S, ROUNDS)
