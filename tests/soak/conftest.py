"""The fixtures of tests/station, for the long run."""
import importlib.util
import pathlib

spec = importlib.util.spec_from_file_location('station_conftest', pathlib.Path(__file__).parents[1] / 'station' / 'conftest.py')
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
programs, place, started, station, farm = (
    module.programs, module.place, module.started, module.station, module.farm)
farm_config, needs_root = module.farm_config, module.needs_root
