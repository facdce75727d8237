"""Pydantic's errors as problems with file, line, column, dotted key, what is allowed and the nearest name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, get_args, get_origin

from pydantic import ValidationError

from impetus_sim.errors import Problem
from impetus_sim.scenario.city_map import MapSource
from impetus_sim.scenario.faults import nearest_name
from impetus_sim.scenario.kinds import OneOf
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Limits, Quantity
from impetus_sim.scenario.spec import Spec
from impetus_sim.scenario.tree import Node

Path = tuple[str | int, ...]

_PLAIN_TEXT = {
    "missing": "is missing",
    "extra_forbidden": "is not a key here",
    "string_type": "is not a text",
    "bool_type": "is not true or false",
    "bool_parsing": "is not true or false",
    "dict_type": "is not a section of keys with values",
    "model_type": "is not a section of keys with values",
    "model_attributes_type": "is not a section of keys with values",
    "tuple_type": "is not a list",
    "list_type": "is not a list",
    "int_type": "is not a whole number",
    "int_parsing": "is not a whole number",
    "int_from_float": "is not a whole number",
}
_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("above", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("below", "lt"),
}


def to_problems(
    error: ValidationError, root: Node, model: type[Spec]
) -> list[tuple[Path, dict[str, Any], Problem]]:
    """Convert a validation error.

    Parameters
    ----------
    error
        Of validating the plain form of `root` by `model`.
    root
        The located tree.
    model
        The top model, for the keys that are allowed.

    Returns
    -------
    One (path, context, problem) for each fault; `context` is that of `spec.refuse` or empty.
    """
    return [_convert(item, root, model) for item in error.errors(include_url=False)]


def _convert(item: Any, root: Node, model: type[Spec]) -> tuple[Path, dict[str, Any], Problem]:
    context = dict(item.get("ctx", {}))
    path: Path = tuple(item["loc"])
    if item["type"] == "refused" and context.get("key"):
        path += tuple(str(context["key"]).split("."))
    path = tuple(step for step in path if step != "[key]")
    message, allowed, nearest = item["msg"], context.get("allowed", ""), context.get("nearest", "")
    if item["type"] == "refused":
        message = context.get("text", message)
    elif item["type"] == "literal_error":
        allowed = str(context["expected"]).replace("'", "").replace(" or ", ", ")
        message = f"'{str(item['input'])[:60]}' is not one of the choices"
        nearest = nearest_name(str(item["input"]), allowed.split(", "))
    elif item["type"] == "extra_forbidden":
        keys = allowed_keys(path[:-1], root, model)
        allowed, nearest = ", ".join(keys), nearest_name(str(path[-1]), keys)
        message = _PLAIN_TEXT["extra_forbidden"]
    elif item["type"] in _BOUNDS:
        sign, bound = _BOUNDS[item["type"]]
        message, allowed = f"{str(item['input'])[:60]} is out of range", f"{sign} {context[bound]}"
    else:
        message = _PLAIN_TEXT.get(item["type"], message[:1].lower() + message[1:])
    node, depth = root.find(path)
    at_key = item["type"] == "extra_forbidden" or depth < len(path)
    mark = node.key_mark if at_key and node.key_mark is not None else node.mark
    problem = Problem(
        file=mark.file,
        line=mark.line,
        column=mark.column,
        key=".".join(str(step) for step in path),
        message=str(message),
        allowed=str(allowed),
        nearest=str(nearest),
    )
    return path, context, problem


def allowed_keys(path: Sequence[str | int], root: Node, model: type[Spec]) -> list[str]:
    """Return the keys allowed in the section at a path."""
    found = _spec_at(path, root, model)
    if found is None:
        return []
    keys = list(found.model_fields)
    return ["kind", *keys] if found.kind and "kind" not in keys else keys


def stand_in(path: Sequence[str | int], root: Node, model: type[Spec]) -> Any:
    """Return a valid value to stand where a required one was faulty; None when none can be made up.

    With it in place the checks between sections can still run on everything else.
    """
    spec = _spec_at(path[:-1], root, model)
    field = None if spec is None else spec.model_fields.get(str(path[-1]))
    if field is None or not field.is_required():
        return None
    quantity = next((item for item in field.metadata if isinstance(item, Quantity)), None)
    if quantity is not None:
        for item in field.metadata:
            quantity = quantity.narrow(item) if isinstance(item, Limits) else quantity
        if quantity.dimension == "time":
            return quantity.high  # the longest run and the latest end clash with the fewest moments
        return min(max(1, quantity.low), quantity.high)
    if field.annotation is MapSource:
        return {"synthetic": {"kind": "room"}}
    return "stand-in" if field.annotation in (str, Place) else None


def _spec_at(path: Sequence[str | int], node: Node, annotation: Any, metadata: Sequence[Any] = ()) -> Any:
    spec = _as_spec(node, annotation, metadata)
    if not path:
        return spec
    step, rest = path[0], path[1:]
    child = node.get(str(step)) or Node(None, node.mark)
    if spec is not None:
        field = spec.model_fields.get(str(step))
        return None if field is None else _spec_at(rest, child, field.annotation, field.metadata)
    for item in _members(annotation):
        if get_origin(item) is dict:
            return _spec_at(rest, child, get_args(item)[1])
    return None


def _as_spec(node: Node, annotation: Any, metadata: Sequence[Any]) -> Any:
    """Return the spec class that an annotation stands for, looking at `kind` where it selects."""
    for mark in metadata:
        if isinstance(mark, OneOf):
            kind = node.get("kind")
            return mark.specs().get(str(kind.value)) if kind is not None else None
    for item in _members(annotation):
        if get_origin(item) is Annotated:
            inner, *marks = get_args(item)
            found = _as_spec(node, inner, marks)
            if found is not None:
                return found
        elif isinstance(item, type) and issubclass(item, Spec):
            return item
    return None


def _members(annotation: Any) -> list[Any]:
    """Return the members of a union, or the annotation alone."""
    import types
    import typing

    if get_origin(annotation) in (types.UnionType, typing.Union):
        return list(get_args(annotation))
    return [annotation]
