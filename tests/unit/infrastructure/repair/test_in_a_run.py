"""Crews and tankers as parts of the infrastructure of a run: from the damage to the return, by causes."""

from impetus_sim.infrastructure.repair.depot import CrewSpec
from impetus_sim.infrastructure.repair.repairs import Repairs
from impetus_sim.infrastructure.repair.tankers import Tankers
from impetus_sim.infrastructure.services.services import Services
from impetus_sim.infrastructure.system import InfrastructureSystem
from impetus_sim.world.assets import Order, asset_orders_table

from .town import KEY, Town, drive_s

RESOLUTION_US = 10_000
TICKS_PER_H = 3600 * 100


class World:
    """As much of a world as the system asks for."""

    def __init__(self, assets):
        self.assets, self.asset_orders, self.coverage = assets, asset_orders_table(), None
        self.resolution_us, self.tick, self.time_s = RESOLUTION_US, 0, 0.0
        self.events = []

    def log(self, kind, subject, causes=(), **data):
        self.events.append((self.tick / TICKS_PER_H, kind, subject, causes[0] if causes else -1))
        return len(self.events) - 1


def test_a_broken_transformer_is_mended_and_the_generator_refuelled_meanwhile():
    services = Services(Town(fuel_h=2.0).services.assets, KEY)
    world = World(services.assets)
    crew = CrewSpec(depot="depot", skills=frozenset({"power"}))
    system = InfrastructureSystem(
        world,
        services,
        supplies=[
            Repairs(services, [crew], draw_key=KEY, travel_s=drive_s),
            Tankers(services, {"depot": 1}, travel_s=drive_s),
        ],
        record_ticks=100,
    )
    system.begin()
    order = {"tick": 0, "asset": services.row("east"), "kind": Order.DAMAGE, "value": 3.0, "cause": -1}
    world.asset_orders.append(order)
    system.advance(0)
    while (tick := system.next_tick(world.tick)) is not None:
        world.tick = tick
        system.advance(tick)
    # 12 min on the road; fuel is low after an hour, and half an hour after the tanker came the tank is full
    assert world.events == [
        (0.0, "damaged", "east", -1),
        (0.0, "level_fell", "east", 0),
        (0.0, "buffer_in_use", "generator", 1),
        (0.0, "crew_sent", "east", 0),
        (0.2, "crew_arrived", "east", 3),
        (1.0, "fuel_low", "generator", 2),
        (1.0, "tanker_sent", "generator", 5),
        (1.2, "tanker_arrived", "generator", 6),
        (1.7, "fuel_delivered", "generator", 7),
        (1.7, "refuelled", "generator", 8),
        (2.7, "fuel_low", "generator", 2),
        (2.7, "tanker_sent", "generator", 10),
        (2.9, "tanker_arrived", "generator", 11),
        (3.2, "repair_done", "east", 4),
        (3.2, "repaired", "east", 13),
        (3.2, "level_rose", "east", 14),
        (3.2, "buffer_spared", "generator", 15),
        (3.4, "fuel_delivered", "generator", 12),
        (3.4, "refuelled", "generator", 17),
    ]
