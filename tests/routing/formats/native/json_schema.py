"""The part of JSON Schema that our own schema uses, to hold the file and the reader together."""

KNOWN = {
    "$defs",
    "$ref",
    "$schema",
    "title",
    "description",
    "default",
    "additionalProperties",
    "type",
    "properties",
    "required",
    "items",
    "anyOf",
    "const",
    "enum",
    "propertyNames",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "minLength",
    "maxLength",
    "minItems",
}
TYPES = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
}
LIMITS = {
    "minimum": lambda value, limit: value >= limit,
    "maximum": lambda value, limit: value <= limit,
    "exclusiveMinimum": lambda value, limit: value > limit,
    "minLength": lambda value, limit: len(value) >= limit,
    "maxLength": lambda value, limit: len(value) <= limit,
    "minItems": lambda value, limit: len(value) >= limit,
    "const": lambda value, limit: value == limit,
    "enum": lambda value, limit: value in limit,
}


def fits(schema, value, whole=None):
    """Whether a value is what a schema says; an unknown keyword is an error of this module."""
    whole = whole or schema
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "$ref" in schema:
        return fits(whole["$defs"][schema["$ref"].rpartition("/")[2]], value, whole)
    if "anyOf" in schema:
        return any(fits(one, value, whole) for one in schema["anyOf"])
    if "type" in schema and not TYPES[schema["type"]](value):
        return False
    if not all(holds(value, schema[key]) for key, holds in LIMITS.items() if key in schema):
        return False
    if isinstance(value, list):
        return all(fits(schema.get("items", {}), entry, whole) for entry in value)
    return not isinstance(value, dict) or _object_fits(schema, value, whole)


def _object_fits(schema, value, whole):
    known, other = schema.get("properties", {}), schema.get("additionalProperties", True)
    if not set(schema.get("required", [])) <= value.keys():
        return False
    if not all(fits(schema.get("propertyNames", {}), key, whole) for key in value):
        return False
    for key, entry in value.items():
        if key not in known and other is False:
            return False
        inner = known.get(key, other if isinstance(other, dict) else {})
        if not fits(inner, entry, whole):
            return False
    return True
