#!/usr/bin/env python3
"""Prints a scenario for each combination of what the language has: each manager with each of its fields, used in each
way, around each kind of body; and each pair of exits on one stack, ended in each way.

usage: combinations.py > combinations.jsonl
"""
import itertools
import json

BODIES = [[], [{"op": "log", "text": "in"}, {"op": "pause"}, {"op": "log", "text": "on"}], [{"op": "raise", "error": "E1"}],
          [{"op": "return", "value": None}], [{"op": "return", "value": [3, {"a": "b"}]}]]


def some(**fields):
    """Every combination of the fields' values; None leaves the field out."""
    for values in itertools.product(*fields.values()):
        yield {k: v for k, v in zip(fields, values) if v is not None}


def with_errors(spec):
    """Names an error of its own for each field that raises."""
    return spec | {k + "_error": "E2" if k != "finally" else "E3" for k, v in spec.items() if v == "raise"}


def managers():
    yield {"kind": "null", "name": "m"}
    for later in [{}, {"await_enter": True, "await_exit": True}]:
        for spec in some(enter=[None, "raise"], exit=[None, "none", "false", "true", "raise", "reraise"]):
            yield {"kind": "class", "name": "m"} | later | with_errors(spec)
        for spec in some(before=[None, "raise", "no_yield"], on_error=[None, "propagate", "swallow", "raise", "yield_again"],
                         after=[None, "second_yield"], **{"finally": [None, "raise"]}):
            yield {"kind": "generator", "name": "m"} | later | with_errors(spec)


def entries():
    """What can be put on a stack, in a few forms each."""
    for exit in ["none", "true", "raise", "reraise"]:
        yield {"op": "push", "manager": {"kind": "class", "name": "p", "exit": exit, "exit_error": "E3"}}
    yield {"op": "enter", "manager": {"kind": "class", "name": "c", "await_exit": True, "exit": "raise", "exit_error": "E2"}}
    yield {"op": "enter", "manager": {"kind": "generator", "name": "g", "await_exit": True}}
    yield {"op": "enter", "manager": {"kind": "generator", "name": "g", "on_error": "swallow"}}
    yield {"op": "enter", "manager": {"kind": "generator", "name": "g", "after": "second_yield"}}
    yield {"op": "callback", "name": "b"}
    yield {"op": "callback", "name": "b", "error": "E2"}


def renamed(entry, name):
    if entry["op"] == "callback":
        return entry | {"name": entry["name"] + name}
    return entry | {"manager": entry["manager"] | {"name": entry["manager"]["name"] + name}}


def programs():
    for manager, body in itertools.product(managers(), BODIES):
        yield [{"op": "with", "manager": manager, "body": body}, {"op": "log", "text": "after"}]
    for manager, body in itertools.product(managers(), BODIES):
        for way in ["enter", "push"]:
            yield [{"op": "stack", "body": [{"op": way, "manager": manager}] + body}]
    for manager in managers():
        yield [{"op": "try", "body": [{"op": "with", "manager": manager, "body": [{"op": "raise", "error": "E1"}]}],
                "catch": ["E2", "E1"], "handler": [{"op": "log", "text": "handled"}, {"op": "raise", "error": "E3"}]}]
    ends = [[], [{"op": "close"}], [{"op": "pop_all", "then": "close"}], [{"op": "pop_all", "then": "drop"}],
            [{"op": "raise", "error": "E1"}], [{"op": "close"}, {"op": "raise", "error": "E1"}],
            [{"op": "pop_all", "then": "drop"}, {"op": "raise", "error": "E1"}], [{"op": "return", "value": 5}]]
    for one, two, end in itertools.product(entries(), entries(), ends):
        stack = {"op": "stack", "body": [renamed(one, "1"), renamed(two, "2")] + end}
        yield [{"op": "try", "body": [stack], "catch": ["E1", "E2", "E3"], "handler": []}, {"op": "log", "text": "after"}]


def main():
    for n, body in enumerate(programs()):
        print(json.dumps({"id": n, "body": body}))


if __name__ == "__main__":
    main()
