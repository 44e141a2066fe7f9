# stdin: look\ntake lamp\nnorth\nlook\nlight lamp\nlook\ntake key\ndance\nsouth\nopen door\neast\ninventory\nquit\n
"""A text adventure: a state machine of generators, structural pattern matching and enums."""

from __future__ import annotations

import enum
import sys
from dataclasses import dataclass, field


class Direction(enum.Enum):
    NORTH = (0, 1)
    SOUTH = (0, -1)
    EAST = (1, 0)
    WEST = (-1, 0)

    @property
    def opposite(self) -> Direction:
        dx, dy = self.value
        return Direction((-dx, -dy))


class Flag(enum.Flag):
    NONE = 0
    DARK = enum.auto()
    LOCKED = enum.auto()
    GOAL = enum.auto()


@dataclass
class Room:
    name: str
    text: str
    flags: Flag = Flag.NONE
    things: list[str] = field(default_factory=list)
    exits: dict[Direction, Room] = field(default_factory=dict, repr=False)

    def join(self, direction: Direction, other: Room) -> None:
        self.exits[direction] = other
        other.exits[direction.opposite] = self


@dataclass
class World:
    here: Room
    carried: set[str] = field(default_factory=set)
    lit: bool = False
    turns: int = 0

    @property
    def dark(self) -> bool:
        return Flag.DARK in self.here.flags and not self.lit


class GameOver(Exception):
    pass


def build() -> World:
    hall = Room("the hall", "A wide hall. A heavy door leads east.", things=["lamp", "rug"])
    cellar = Room("the cellar", "Wet walls, and something glitters.", Flag.DARK, ["key"])
    garden = Room("the garden", "Sunlight! You made it.", Flag.LOCKED | Flag.GOAL)
    hall.join(Direction.NORTH, cellar)
    hall.join(Direction.EAST, garden)
    return World(hall)


def describe(world: World):
    if world.dark:
        yield "It is pitch dark."
        return
    yield f"You are in {world.here.name}. {world.here.text}"
    if world.here.things:
        yield "You see: " + ", ".join(sorted(world.here.things)) + "."
    yield "Exits: " + ", ".join(direction.name.lower() for direction in world.here.exits) + "."


def move(world: World, direction: Direction):
    match world.here.exits.get(direction):
        case None:
            yield "You cannot go that way."
        case Room(flags=flags, name=name) if Flag.LOCKED in flags:
            yield f"The way to {name} is locked."
        case room:
            world.here = room
            yield from describe(world)
            if Flag.GOAL in room.flags:
                raise GameOver(f"You escaped in {world.turns} turns.")


def act(world: World, words: list[str]):
    """Carries out one command; a generator of what to say."""
    match words:
        case []:
            yield "Say something."
        case ["look" | "l"]:
            yield from describe(world)
        case ["north" | "south" | "east" | "west" as name] | ["go", name]:
            try:
                yield from move(world, Direction[name.upper()])
            except KeyError as error:
                yield f"There is no direction {error}."
        case ["take", thing] if world.dark:
            yield f"You cannot see any {thing}."
        case ["take", "rug"]:
            yield "The rug is nailed to the floor."
        case ["take", thing] if thing in world.here.things:
            world.here.things.remove(thing)
            world.carried.add(thing)
            yield f"Taken: {thing}."
        case ["light", "lamp"] if "lamp" in world.carried:
            world.lit = True
            yield "The lamp burns."
        case ["open", "door"]:
            room = world.here.exits.get(Direction.EAST)
            if room is None or Flag.LOCKED not in room.flags:
                yield "There is nothing to open."
            elif "key" in world.carried:
                room.flags &= ~Flag.LOCKED
                yield f"Click. ({room.flags!r})"
            else:
                yield "You need a key."
        case ["inventory" | "i"]:
            yield "You carry " + (", ".join(sorted(world.carried)) or "nothing") + "."
        case ["quit" | "q"]:
            raise GameOver("You give up.")
        case [verb, *rest]:
            yield f"I do not know how to {verb}{' ' + ' '.join(rest) if rest else ''}."


def game(world: World):
    """The whole game as a coroutine: commands are sent in, lists of lines come out."""
    reply = list(describe(world))
    while True:
        command = yield reply
        world.turns += 1
        reply = []
        try:
            for line in act(world, command.lower().split()):
                reply.append(line)
        except GameOver as end:
            reply.append(str(end))
            return reply


def main() -> None:
    world = build()
    session = game(world)
    for line in next(session):
        print(line)
    for command in sys.stdin:
        command = command.strip()
        print(f"> {command}")
        try:
            print("\n".join(session.send(command)))
        except StopIteration as end:
            print("\n".join(end.value))
            break
    session.close()
    print("carried:", sorted(world.carried), "lit:", world.lit, "turns:", world.turns)
    print([flag.name for flag in Flag], list(Flag.LOCKED | Flag.GOAL))


if __name__ == "__main__":
    main()
