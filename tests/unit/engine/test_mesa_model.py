"""The city model that researchers hold: agents, steps, and no memory kept by finished models."""

import gc
import weakref

import mesa
import pytest


def test_it_is_a_mesa_model_with_deciding_agents(room, start):
    simulation = start(room())
    model = simulation.model
    assert isinstance(model, mesa.Model) and callable(model.agents.select) and callable(model.agents.do)
    assert [agent.name for agent in model.agents] == ["commander"]
    assert model.crowd is simulation.crowd.people
    assert len(model.agents.select(lambda agent: agent.name == "commander")) == 1


def test_a_step_is_one_decision_interval_through_the_engine(room, start):
    simulation = start(
        room({"hazards": {"cry": {"kind": "false_alarm", "at": {"xy": [6, 2]}, "start": 0.5}}})
    )
    simulation.model.step()
    assert (simulation.model.tick, simulation.model.time_s) == (100, 1.0)
    assert len(simulation.world.events) == 1
    simulation.model.step()
    assert simulation.time_s == 2.0
    whole = start(
        room({"hazards": {"cry": {"kind": "false_alarm", "at": {"xy": [6, 2]}, "start": 0.5}}}), until=2.0
    )
    assert whole.digest.value == simulation.digest.value


def test_steps_after_the_end_do_nothing(room, start):
    simulation = start(room({"time": {"duration": 1}}))
    for _ in range(3):
        simulation.model.step()
    assert simulation.tick == 100


def test_mesas_random_numbers_are_never_drawn(eventful, start):
    simulation = start(eventful())
    before = simulation.model.random.getstate(), simulation.model.rng.bit_generator.state
    simulation.run_until(4)
    assert (simulation.model.random.getstate(), simulation.model.rng.bit_generator.state) == before


def test_200_models_are_freed(room, start):
    scenario = room({"crowd": {"populations": {"guests": {"count": 5}}}})
    city, alive = scenario.open_map(), []
    for _ in range(200):
        simulation = start(scenario, city=city)
        alive += [weakref.ref(simulation), weakref.ref(simulation.model)]
        del simulation
    gc.collect()
    assert sum(ref() is not None for ref in alive) == 0


def test_agents_of_two_models_count_on_their_own(room, start):
    ids = [[agent.unique_id for agent in start(room()).model.agents] for _ in range(2)]
    assert ids == [[1], [1]]
    with pytest.raises(AttributeError):
        _ = start(room()).model.nothing
