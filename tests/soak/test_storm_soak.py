"""Everything goes wrong at once, on several networks, at intervals of 5 s and 10 s. STORM_SEEDS from the environment."""
import os
import sys

import pytest
from conftest import TREE, needs_root

sys.path.insert(0, str(TREE / 'tests' / 'station'))
from storm import assert_storm_is_survived  # noqa: E402

pytestmark = needs_root

SEEDS = [int(seed) for seed in os.environ.get('STORM_SEEDS', '11 12 13 14').split()]


@pytest.mark.parametrize('every_s, rounds', [(5, 20), (10, 20)])
@pytest.mark.parametrize('seed', SEEDS)
def test_everything_at_once_for_long(station, farm, seed, every_s, rounds):
    assert_storm_is_survived(station, farm, seed, every_s, rounds)
